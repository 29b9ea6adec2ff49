//! What the incremental decompressors of `_bz2` and `_lzma` have in common.

use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use crate::system::nogil;
use runtime::prelude::*;

/// A decoder that is fed in parts.
pub trait Decode: Send {
    type Error: Send;

    /// Decodes until the input is used up, the output has reached `limit` bytes, or the stream has ended: the bytes used, and
    /// whether it has ended.
    fn decode(&mut self, input: &[u8], out: &mut Vec<u8>, limit: usize)
    -> Result<(usize, bool), Self::Error>;

    /// Input that was used and yet is not part of the stream, known at its end.
    fn returned(&self) -> &[u8] {
        &[]
    }
}

/// A decoder with the input it could not use yet. One thread at a time uses it, without the interpreter lock.
pub struct Inflow<D>(Mutex<Flow<D>>);

struct Flow<D> {
    decoder: D,
    pending: Vec<u8>,
    failed: bool,
}

/// What a call gave.
pub struct Portion {
    pub out: Vec<u8>,
    /// At the end of the stream: what followed it.
    pub unused: Option<Vec<u8>>,
    pub needs_input: bool,
}

/// Why a call failed.
pub enum Trouble<E> {
    Decoder(E),
    /// It had failed before.
    Unusable,
}

/// Locks a mutex that is held while the interpreter lock is not.
pub fn lock<'a, T>(py: Python, mutex: &'a Mutex<T>) -> MutexGuard<'a, T> {
    match mutex.try_lock() {
        Ok(g) => g,
        Err(TryLockError::Poisoned(p)) => p.into_inner(),
        // Others need the interpreter lock to finish.
        Err(TryLockError::WouldBlock) => nogil!(py, mutex.lock().unwrap_or_else(PoisonError::into_inner)),
    }
}

impl<D: Decode> Inflow<D> {
    pub fn new(decoder: D) -> Inflow<D> {
        Inflow(Mutex::new(Flow { decoder, pending: Vec::new(), failed: false }))
    }

    /// Looks at the decoder.
    pub fn with<R>(&self, py: Python, f: impl FnOnce(&D) -> R) -> R {
        f(&lock(py, &self.0).decoder)
    }

    /// Decodes what is pending and the data, to at most `max_length` bytes unless that is negative.
    pub fn run(&self, py: Python, data: &[u8], max_length: isize) -> Result<Portion, Trouble<D::Error>> {
        let mut guard = lock(py, &self.0);
        let flow = &mut *guard;
        if flow.failed {
            return Err(Trouble::Unusable);
        }
        let mut input = std::mem::take(&mut flow.pending);
        input.extend_from_slice(data);
        let limit = usize::try_from(max_length).unwrap_or(usize::MAX);
        let mut out = Vec::new();
        let decoder = &mut flow.decoder;
        let (used, ended) = match nogil!(py, decoder.decode(&input, &mut out, limit)) {
            Ok(r) => r,
            Err(e) => {
                flow.failed = true;
                return Err(Trouble::Decoder(e));
            }
        };
        let rest = input.split_off(used.min(input.len()));
        if ended {
            let mut unused = flow.decoder.returned().to_vec();
            unused.extend_from_slice(&rest);
            return Ok(Portion { out, unused: Some(unused), needs_input: false });
        }
        let needs_input = rest.is_empty() && out.len() < limit;
        flow.pending = rest;
        Ok(Portion { out, unused: None, needs_input })
    }
}
