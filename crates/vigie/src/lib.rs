//! The faces of a node: web, TAXII server, command line, configuration.
