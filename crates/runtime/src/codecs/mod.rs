//! Text encodings: the registry, error handlers and the built-in codecs.

pub mod raise;

pub use raise::{raise_decode_error, raise_encode_error, raise_translate_error};
