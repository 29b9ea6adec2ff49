//! Argument parsing (see CONTRACT).
