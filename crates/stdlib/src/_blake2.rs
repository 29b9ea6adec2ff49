//! The `_blake2` module: the hash functions BLAKE2b and BLAKE2s with all their parameters.

use crate::digest::{GIL_MINSIZE, Hasher, Kind, Shared, data, hex, initial};
use runtime::abstract_::number;
use runtime::prelude::*;
use runtime::types::type_::TypeExt;

/// The parameters, checked.
struct Parameters {
    digest_size: usize,
    key: Vec<u8>,
    salt: Vec<u8>,
    person: Vec<u8>,
    fanout: u8,
    depth: u8,
    leaf_size: u32,
    node_offset: u64,
    node_depth: u8,
    inner_size: usize,
    last_node: bool,
}

/// What the two functions differ in.
struct Limits {
    name: &'static str,
    out: i32,
    key: usize,
    salt: usize,
    max_offset: u64,
}

const B: Limits = Limits { name: "Blake2b", out: 64, key: 64, salt: 16, max_offset: u64::MAX };
const S: Limits = Limits { name: "Blake2s", out: 32, key: 32, salt: 8, max_offset: (1 << 48) - 1 };

/// A number without sign.
fn unsigned(py: Python, o: Option<&PyObject>, c_type: &str) -> PyResult<u64> {
    let Some(o) = o else { return Ok(0) };
    let n = number::index(py, o)?;
    if n.is_negative() {
        return Err(value_error(py, "Cannot convert negative int"));
    }
    n.as_u64().ok_or_else(|| overflow_error(py, format!("Python int too large for C {c_type}")))
}

#[allow(clippy::too_many_arguments)]
fn parameters(
    py: Python,
    l: &Limits,
    digest_size: i32,
    key: Option<&PyObject>,
    salt: Option<&PyObject>,
    person: Option<&PyObject>,
    fanout: i32,
    depth: i32,
    leaf_size: Option<&PyObject>,
    node_offset: Option<&PyObject>,
    node_depth: i32,
    inner_size: i32,
    last_node: bool,
) -> PyResult<Parameters> {
    if !(1..=l.out).contains(&digest_size) {
        return Err(value_error(
            py,
            format!(
                "digest_size for {} must be between 1 and {} bytes, here it is {digest_size}",
                l.name, l.out
            ),
        ));
    }
    let bytes = |o: Option<&PyObject>| match o {
        Some(o) => buffer::Buffer::get_simple(py, o).map(|b| b.as_slice().to_vec()),
        None => Ok(Vec::new()),
    };
    let (key, salt, person) = (bytes(key)?, bytes(salt)?, bytes(person)?);
    if salt.len() > l.salt {
        return Err(value_error(py, format!("maximum salt length is {} bytes", l.salt)));
    }
    if person.len() > l.salt {
        return Err(value_error(py, format!("maximum person length is {} bytes", l.salt)));
    }
    let Ok(fanout) = u8::try_from(fanout) else {
        return Err(value_error(py, "fanout must be between 0 and 255"));
    };
    let Some(depth) = u8::try_from(depth).ok().filter(|&d| d > 0) else {
        return Err(value_error(py, "depth must be between 1 and 255"));
    };
    let leaf_size = unsigned(py, leaf_size, "unsigned long")?;
    let Ok(leaf_size) = u32::try_from(leaf_size) else {
        return Err(overflow_error(py, "leaf_size is too large"));
    };
    let node_offset = unsigned(py, node_offset, "unsigned long long")?;
    if node_offset > l.max_offset {
        return Err(overflow_error(py, "node_offset is too large"));
    }
    let Ok(node_depth) = u8::try_from(node_depth) else {
        return Err(value_error(py, "node_depth must be between 0 and 255"));
    };
    if !(0..=l.out).contains(&inner_size) {
        return Err(value_error(py, format!("inner_size must be between 0 and is {}", l.out)));
    }
    if key.len() > l.key {
        return Err(value_error(py, format!("maximum key length is {} bytes", l.key)));
    }
    Ok(Parameters {
        digest_size: digest_size as usize,
        key,
        salt,
        person,
        fanout,
        depth,
        leaf_size,
        node_offset,
        node_depth,
        inner_size: inner_size as usize,
        last_node,
    })
}

macro_rules! start {
    ($krate:ident, $p:expr) => {{
        let p = $p;
        let mut params = $krate::Params::new();
        params
            .hash_length(p.digest_size)
            .key(&p.key)
            .salt(&p.salt)
            .personal(&p.person)
            .fanout(p.fanout)
            .max_depth(p.depth)
            .max_leaf_length(p.leaf_size)
            .node_offset(p.node_offset)
            .node_depth(p.node_depth)
            .inner_hash_length(p.inner_size)
            .last_node(p.last_node);
        Box::new(params.to_state())
    }};
}

fn start_b(p: &Parameters) -> Hasher {
    Hasher::Blake2b(start!(blake2b_simd, p))
}

fn start_s(p: &Parameters) -> Hasher {
    Hasher::Blake2s(start!(blake2s_simd, p))
}

macro_rules! blake2_type {
    ($ty:ident, $name:tt, $kind:expr, $limits:expr, $start:ident, $size:tt, $text:tt, $doc:tt) => {
        /// A computation under way.
        #[repr(C)]
        pub struct $ty {
            pub ob_base: PyObject,
            state: Shared,
            size: usize,
        }

        impl $ty {
            fn with(py: Python, cls: &PyTypeObject, hasher: Hasher, size: usize) -> PyResult<Py<$ty>> {
                let state = Shared::new(hasher);
                new_object(py, cls, $ty { ob_base: PyObject::header(cls), state, size })
            }
        }

        #[pytype(name = $name, module = "_blake2", flags(HEAPTYPE, IMMUTABLETYPE), text = $text, doc = $doc)]
        impl $ty {
            #[slot(tp_new, sig = $size)]
            #[allow(clippy::too_many_arguments)]
            fn tp_new(
                py: Python,
                cls: &PyTypeObject,
                data: Option<&PyObject>,
                digest_size: i32,
                key: Option<&PyObject>,
                salt: Option<&PyObject>,
                person: Option<&PyObject>,
                fanout: i32,
                depth: i32,
                leaf_size: Option<&PyObject>,
                node_offset: Option<&PyObject>,
                node_depth: i32,
                inner_size: i32,
                last_node: bool,
                usedforsecurity: bool,
                string: Option<&PyObject>,
            ) -> PyResult<Py<$ty>> {
                let _ = usedforsecurity;
                let data_object = initial(py, data, string)?;
                if let Some(d) = data_object {
                    drop(crate::_blake2::data(py, d)?);
                }
                let p = parameters(
                    py,
                    &$limits,
                    digest_size,
                    key,
                    salt,
                    person,
                    fanout,
                    depth,
                    leaf_size,
                    node_offset,
                    node_depth,
                    inner_size,
                    last_node,
                )?;
                let h = Self::with(py, cls, $start(&p), p.digest_size)?;
                if let Some(d) = data_object {
                    h.state.update(py, d)?;
                }
                Ok(h)
            }

            /// Return a copy of the hash object.
            #[pymethod]
            fn copy(&self, py: Python) -> PyResult<Py<$ty>> {
                Self::with(py, self.ty(), self.state.snapshot(), self.size)
            }

            /// Return the digest value as a bytes object.
            #[pymethod]
            fn digest(&self, py: Python) -> PyResult<Py<PyBytes>> {
                PyBytes::new(py, &self.state.digest(0))
            }

            /// The digest in hexadecimal digits, as str.
            #[pymethod]
            fn hexdigest(&self, _py: Python) -> String {
                hex(&self.state.digest(0))
            }

            /// Feeds bytes into the hash.
            #[pymethod]
            fn update(&self, py: Python, data: &PyObject) -> PyResult<()> {
                self.state.update(py, data)
            }

            #[getter]
            fn name(&self, _py: Python) -> &'static str {
                $kind.name()
            }

            #[getter]
            fn block_size(&self, _py: Python) -> usize {
                $kind.block_size()
            }

            #[getter]
            fn digest_size(&self, _py: Python) -> usize {
                self.size
            }
        }
    };
}
blake2_type!(
    PyBlake2b,
    "blake2b",
    Kind::Blake2b,
    B,
    start_b,
    "(data=<unrepresentable>, *, digest_size=64, key=<unrepresentable>, salt=<unrepresentable>, person=<unrepresentable>, fanout=1, depth=1, leaf_size=<unrepresentable>, node_offset=<unrepresentable>, node_depth=0, inner_size=0, last_node=False, usedforsecurity=True, string=<unrepresentable>)",
    "(data=b'', *, digest_size=_blake2.blake2b.MAX_DIGEST_SIZE,\n        key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0,\n        node_offset=0, node_depth=0, inner_size=0, last_node=False,\n        usedforsecurity=True, string=None)",
    "Return a new BLAKE2b hash object."
);
blake2_type!(
    PyBlake2s,
    "blake2s",
    Kind::Blake2s,
    S,
    start_s,
    "(data=<unrepresentable>, *, digest_size=32, key=<unrepresentable>, salt=<unrepresentable>, person=<unrepresentable>, fanout=1, depth=1, leaf_size=<unrepresentable>, node_offset=<unrepresentable>, node_depth=0, inner_size=0, last_node=False, usedforsecurity=True, string=<unrepresentable>)",
    "(data=b'', *, digest_size=_blake2.blake2s.MAX_DIGEST_SIZE,\n        key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0,\n        node_offset=0, node_depth=0, inner_size=0, last_node=False,\n        usedforsecurity=True, string=None)",
    "Return a new BLAKE2s hash object."
);

/// _blake2b provides BLAKE2b for hashlib
#[pymodule(name = "_blake2", types(PyBlake2b, PyBlake2s))]
pub mod _blake2 {
    use super::*;
    use crate::system::int;

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        let m = module.as_object();
        m.setattr_str(py, "_GIL_MINSIZE", &*int(py, GIL_MINSIZE as i64)?)?;
        for (prefix, ty, l) in
            [("BLAKE2B", PyBlake2b::type_object(), &B), ("BLAKE2S", PyBlake2s::type_object(), &S)]
        {
            for (name, value) in [
                ("SALT_SIZE", l.salt),
                ("PERSON_SIZE", l.salt),
                ("MAX_KEY_SIZE", l.key),
                ("MAX_DIGEST_SIZE", l.out as usize),
            ] {
                let v = int(py, value as i64)?;
                m.setattr_str(py, &format!("{prefix}_{name}"), &v)?;
                if let Some(d) = ty.dict() {
                    d.set_text(py, name, &v)?;
                }
            }
        }
        Ok(())
    }
}
