//! The `_random` module: the Mersenne Twister MT19937 behind `random.Random`.

use crate::system::*;
use object::libc;
use runtime::abstract_::number;
use runtime::prelude::*;

const N: usize = 624;
const M: usize = 397;
const MATRIX_A: u32 = 0x9908_b0df;
const UPPER: u32 = 0x8000_0000;
const LOWER: u32 = 0x7fff_ffff;

/// The generator's state.
struct Twister {
    state: [u32; N],
    /// The next word to use; `N` when new ones must be made.
    index: usize,
}

impl Twister {
    fn new(seed: u32) -> Twister {
        let mut t = Twister { state: [0; N], index: N };
        t.state[0] = seed;
        for i in 1..N {
            let last = t.state[i - 1];
            t.state[i] = 1_812_433_253u32.wrapping_mul(last ^ (last >> 30)).wrapping_add(i as u32);
        }
        t
    }

    /// The state for a key of any length (never empty).
    fn from_key(key: &[u32]) -> Twister {
        let mut t = Twister::new(19_650_218);
        let mut i = 1;
        let mix = |last: u32, factor: u32| (last ^ (last >> 30)).wrapping_mul(factor);
        for j in 0..N.max(key.len()) {
            let k = j % key.len();
            t.state[i] =
                (t.state[i] ^ mix(t.state[i - 1], 1_664_525)).wrapping_add(key[k]).wrapping_add(k as u32);
            i += 1;
            if i == N {
                t.state[0] = t.state[N - 1];
                i = 1;
            }
        }
        for _ in 0..N - 1 {
            t.state[i] = (t.state[i] ^ mix(t.state[i - 1], 1_566_083_941)).wrapping_sub(i as u32);
            i += 1;
            if i == N {
                t.state[0] = t.state[N - 1];
                i = 1;
            }
        }
        t.state[0] = UPPER;
        t
    }

    fn refill(&mut self) {
        let s = &mut self.state;
        for k in 0..N {
            let y = (s[k] & UPPER) | (s[(k + 1) % N] & LOWER);
            let odd = if y & 1 != 0 { MATRIX_A } else { 0 };
            s[k] = s[(k + M) % N] ^ (y >> 1) ^ odd;
        }
        self.index = 0;
    }

    /// The next 32 random bits.
    fn next(&mut self) -> u32 {
        if self.index >= N {
            self.refill();
        }
        let mut y = self.state[self.index];
        self.index += 1;
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c_5680;
        y ^= (y << 15) & 0xefc6_0000;
        y ^ (y >> 18)
    }
}

/// `random.Random`'s base.
#[repr(C)]
pub struct PyRandom {
    pub ob_base: PyObject,
    twister: std::cell::RefCell<Twister>,
}

/// A seed nobody can guess.
fn system_key() -> Vec<u32> {
    let mut key = vec![0u32; N];
    // SAFETY: the buffer has that many bytes.
    let got = unsafe { libc::getrandom(key.as_mut_ptr() as *mut _, N * 4, libc::GRND_NONBLOCK) };
    if got != (N * 4) as isize {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let mono = std::time::Instant::now();
        key = vec![
            now.as_nanos() as u32,
            (now.as_nanos() >> 32) as u32,
            std::process::id(),
            &raw const mono as usize as u32,
        ];
    }
    key
}

/// The key a seed object stands for.
fn key_of(py: Python, arg: Option<&PyObject>) -> PyResult<Vec<u32>> {
    let Some(arg) = arg.filter(|a| !a.is_none()) else { return Ok(system_key()) };
    let magnitude = match arg.downcast::<PyInt>() {
        // Negative seeds are as good as positive ones.
        Some(i) => PyInt::abs(py, i)?,
        None => PyInt::from_u64(py, arg.hash(py)? as usize as u64)?,
    };
    let words = magnitude.bit_length().div_ceil(32).max(1);
    let mut bytes = vec![0u8; words * 4];
    magnitude.write_bytes(py, &mut bytes, false, false)?;
    Ok(bytes.chunks_exact(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect())
}

/// A generator of random numbers with a state of its own.
#[pytype(name = "Random", module = "_random", flags(BASETYPE, HEAPTYPE), nosig)]
impl PyRandom {
    #[slot(tp_new)]
    fn tp_new(
        py: Python,
        cls: &PyTypeObject,
        args: &PyTuple,
        kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyRandom>> {
        let _ = (args, kwargs);
        let twister = std::cell::RefCell::new(Twister::new(0));
        new_object(py, cls, PyRandom { ob_base: PyObject::header(cls), twister })
    }

    #[slot(tp_init)]
    fn init(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()> {
        let plain = std::ptr::eq(self.ty(), PyRandom::type_object());
        if plain && kwargs.is_some_and(|k| !k.is_empty()) {
            return Err(type_error(py, "Random() takes no keyword arguments"));
        }
        if args.len() > 1 {
            return Err(type_error(
                py,
                format!("{} expected at most 1 argument, got {}", self.ty().short_name(), args.len()),
            ));
        }
        let key = key_of(py, args.get(0))?;
        self.twister.replace(Twister::from_key(&key));
        Ok(())
    }

    /// random() -> x in the interval [0, 1).
    #[pymethod]
    fn random(&self, _py: Python) -> f64 {
        let mut t = self.twister.borrow_mut();
        let (a, b) = (t.next() >> 5, t.next() >> 6);
        (a as f64 * 67_108_864.0 + b as f64) * (1.0 / 9_007_199_254_740_992.0)
    }

    /// Sets the state from an object: an int, or the hash of anything else; without one from the system.
    #[pymethod(sig = "(n=None, /)")]
    fn seed(&self, py: Python, n: &PyObject) -> PyResult<()> {
        let key = key_of(py, Some(n))?;
        self.twister.replace(Twister::from_key(&key));
        Ok(())
    }

    /// The state as a tuple, for setstate().
    #[pymethod]
    fn getstate(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let t = self.twister.borrow();
        let mut v = Vec::with_capacity(N + 1);
        for &w in &t.state {
            v.push(int(py, w as i64)?);
        }
        v.push(int(py, t.index as i64)?);
        drop(t);
        PyTuple::new(py, v)
    }

    /// Goes back to a state that getstate() gave.
    #[pymethod]
    fn setstate(&self, py: Python, state: &PyObject) -> PyResult<()> {
        let Some(items) = state.downcast::<PyTuple>() else {
            return Err(type_error(py, "state vector must be a tuple"));
        };
        if items.len() != N + 1 {
            return Err(value_error(py, "state vector is the wrong size"));
        }
        let mut new = Twister { state: [0; N], index: N };
        for (word, o) in new.state.iter_mut().zip(items.items()) {
            let Some(i) = o.downcast::<PyInt>() else {
                return Err(type_error(
                    py,
                    format!("'{}' object cannot be interpreted as an integer", type_name(o)),
                ));
            };
            if i.is_negative() {
                return Err(overflow_error(py, "can't convert negative value to unsigned int"));
            }
            *word = i.to_u64(py)? as u32;
        }
        let index = number::index(py, items.get(N).unwrap_or(none()))?.to_i64(py)?;
        new.index = match usize::try_from(index) {
            Ok(i) if i <= N => i,
            _ => return Err(value_error(py, "invalid state")),
        };
        self.twister.replace(new);
        Ok(())
    }

    /// A random int below 2**k.
    #[pymethod]
    fn getrandbits(&self, py: Python, k: &PyObject) -> PyResult<Py<PyInt>> {
        let i = number::index(py, k)?;
        if i.is_negative() {
            return Err(value_error(py, "Cannot convert negative int"));
        }
        let Some(k) = i.as_u64() else {
            return Err(overflow_error(py, "Python int too large for C uint64_t"));
        };
        if k <= 32 {
            if k == 0 {
                return PyInt::from_i64(py, 0);
            }
            let bits = self.twister.borrow_mut().next() >> (32 - k);
            return PyInt::from_i64(py, bits as i64);
        }
        let words = (k - 1) / 32 + 1;
        if words > (isize::MAX / 4) as u64 {
            return Err(memory_error(py));
        }
        let mut bytes: Vec<u8> = Vec::new();
        if bytes.try_reserve_exact(words as usize * 4).is_err() {
            return Err(memory_error(py));
        }
        let mut left = k;
        let mut t = self.twister.borrow_mut();
        while left > 0 {
            let mut word = t.next();
            if left < 32 {
                word >>= 32 - left;
            }
            bytes.extend_from_slice(&word.to_le_bytes());
            left = left.saturating_sub(32);
        }
        drop(t);
        PyInt::from_byte_slice(py, &bytes, false, false)
    }
}

/// The Mersenne Twister behind the module random.
#[pymodule(name = "_random", types(PyRandom))]
pub mod _random {}
