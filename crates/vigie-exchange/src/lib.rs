//! Speak to others: TAXII 2.1 client and the federation between nodes.
