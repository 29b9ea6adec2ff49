//! The interpreter: frames, the loop, instructions by family, specialisation, monitoring.

pub mod frame;
pub mod monitoring;
pub mod stackref;
