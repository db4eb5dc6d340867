//! Who may bring in, see and pass on: both doors of the node.
