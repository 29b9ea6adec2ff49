//! Hashing of text and bytes: SipHash-1-3 keyed by the process's secret, as `PYTHONHASHSEED` says.

use std::cell::Cell;

/// `_Py_HashSecret`: 24 bytes, of which the first 16 key SipHash.
#[repr(C, align(8))]
pub struct HashSecret {
    bytes: Cell<[u8; 24]>,
    keys: Cell<(u64, u64)>,
}

// SAFETY: written once at start-up, before any second thread exists; read afterwards.
unsafe impl Sync for HashSecret {}

static SECRET: HashSecret = HashSecret { bytes: Cell::new([0; 24]), keys: Cell::new((0, 0)) };

/// Sets the secret: `None` is random, 0 is all zero, another number seeds a small generator. Called at
/// start-up, before the first string is hashed.
pub fn init_secret(seed: Option<u32>) {
    let mut bytes = [0u8; 24];
    match seed {
        Some(0) => {}
        Some(seed) => {
            let mut x = seed;
            for b in &mut bytes {
                x = x.wrapping_mul(214013).wrapping_add(2531011);
                *b = (x >> 16) as u8;
            }
        }
        None => random(&mut bytes),
    }
    let word = |i: usize| {
        let mut w = [0u8; 8];
        w.copy_from_slice(&bytes[i..i + 8]);
        u64::from_le_bytes(w)
    };
    SECRET.keys.set((word(0), word(8)));
    SECRET.bytes.set(bytes);
}

/// The whole secret, for hash functions outside the runtime (`pyexpat` reads bytes 16 to 24).
pub fn secret() -> [u8; 24] {
    SECRET.bytes.get()
}

fn random(bytes: &mut [u8; 24]) {
    let mut at = 0;
    while at < bytes.len() {
        // SAFETY: the rest of the buffer is writable for that length.
        let n = unsafe { libc::getrandom(bytes[at..].as_mut_ptr().cast(), bytes.len() - at, 0) };
        if n <= 0 {
            // Before the kernel's pool is ready, or without the system call: the time and an address must do.
            let t = std::time::SystemTime::now()
                .duration_since(std::time::UNIX_EPOCH)
                .map_or(0, |d| d.as_nanos() as u64);
            let mixed = sip13(t, bytes.as_ptr() as u64, &t.to_le_bytes());
            let fill = mixed.to_le_bytes();
            let m = (bytes.len() - at).min(8);
            bytes[at..at + m].copy_from_slice(&fill[..m]);
            at += m;
        } else {
            at += n as usize;
        }
    }
}

/// `Py_HashBuffer`: the hash of a byte sequence; never -1, and 0 for an empty one.
#[inline]
pub fn hash_bytes(data: &[u8]) -> isize {
    if data.is_empty() {
        return 0;
    }
    let (k0, k1) = SECRET.keys.get();
    match sip13(k0, k1, data) as isize {
        -1 => -2,
        h => h,
    }
}

/// `_Py_KeyedHash`: SipHash-1-3 under a given key (its second half zero); `importlib`'s source hash.
pub fn keyed_hash(key: u64, data: &[u8]) -> u64 {
    sip13(key, 0, data)
}

#[inline(always)]
fn round(v: &mut [u64; 4]) {
    v[0] = v[0].wrapping_add(v[1]);
    v[2] = v[2].wrapping_add(v[3]);
    v[1] = v[1].rotate_left(13) ^ v[0];
    v[3] = v[3].rotate_left(16) ^ v[2];
    v[0] = v[0].rotate_left(32);
    v[2] = v[2].wrapping_add(v[1]);
    v[0] = v[0].wrapping_add(v[3]);
    v[1] = v[1].rotate_left(17) ^ v[2];
    v[3] = v[3].rotate_left(21) ^ v[0];
    v[2] = v[2].rotate_left(32);
}

/// SipHash with one compression and three finalisation rounds.
fn sip13(k0: u64, k1: u64, data: &[u8]) -> u64 {
    let mut v = [
        k0 ^ 0x736f_6d65_7073_6575,
        k1 ^ 0x646f_7261_6e64_6f6d,
        k0 ^ 0x6c79_6765_6e65_7261,
        k1 ^ 0x7465_6462_7974_6573,
    ];
    let (words, tail) = data.as_chunks::<8>();
    for w in words {
        let m = u64::from_le_bytes(*w);
        v[3] ^= m;
        round(&mut v);
        v[0] ^= m;
    }
    let mut last = [0u8; 8];
    last[..tail.len()].copy_from_slice(tail);
    let b = ((data.len() as u64) << 56) | u64::from_le_bytes(last);
    v[3] ^= b;
    round(&mut v);
    v[0] ^= b;
    v[2] ^= 0xff;
    round(&mut v);
    round(&mut v);
    round(&mut v);
    (v[0] ^ v[1]) ^ (v[2] ^ v[3])
}
