//! `_struct`: Python values as the bytes of C structures.

mod convert;
mod layout;

use crate::system::cached_exception;
use layout::{Layout, Run};
use runtime::prelude::*;
use runtime::state::interpreter;
use runtime::types::buffer::{self, Buffer};
use runtime::types::tuple::TupleBuilder;
use std::cell::RefCell;
use std::rc::Rc;

/// What the module keeps: its exception and the formats used last.
#[derive(Default)]
struct State {
    error: Slot<PyTypeObject>,
    /// By `str` and by `bytes`: the two are not compared with each other.
    text_cache: Slot<PyDict>,
    bytes_cache: Slot<PyDict>,
}

/// Formats kept ready.
const CACHE_SIZE: usize = 100;

fn error_type(py: Python) -> PyResult<Py<PyTypeObject>> {
    let state = interpreter(py).module_state::<State>();
    cached_exception(py, &state.error, "struct.error", &exceptions::PyExc_Exception_Type)
}

/// Raises `struct.error`.
#[cold]
fn error(py: Python, text: &str) -> Raised {
    match error_type(py) {
        Ok(ty) => raise(py, &ty, text),
        Err(e) => e,
    }
}

/// A parsed format, with the conversions as methods.
#[repr(C)]
#[derive(Traverse)]
pub struct PyStruct {
    pub ob_base: PyObject,
    /// Bytes of the structure, as C code reads it; -1 before `__init__`.
    s_size: Cell<isize>,
    /// Number of its values.
    s_len: Cell<isize>,
    #[traverse(skip)]
    layout: Cell<Option<Rc<Layout>>>,
    format: Slot<PyBytes>,
    weakreflist: Cell<*mut PyObject>,
}

fn format_bytes(py: Python, format: &PyObject) -> PyResult<Py<PyBytes>> {
    if let Some(s) = format.downcast::<PyStr>() {
        return runtime::codecs::single::encode_ascii(py, s, "strict");
    }
    match format.downcast::<PyBytes>() {
        Some(b) => Ok(b.owned()),
        None => Err(type_error(
            py,
            format!("Struct() argument 1 must be a str or bytes object, not {}", tp_name(format)),
        )),
    }
}

impl PyStruct {
    fn layout(&self, py: Python) -> PyResult<Rc<Layout>> {
        let layout = self.layout.take();
        self.layout.set(layout.clone());
        match layout {
            Some(l) => Ok(l),
            None => Err(runtime_error(py, "Struct object is not initialized")),
        }
    }

    fn set_format(&self, py: Python, format: &PyObject) -> PyResult<()> {
        let bytes = format_bytes(py, format)?;
        let layout = Layout::parse(py, bytes.as_bytes())?;
        self.s_size.set(layout.size as isize);
        self.s_len.set(layout.items as isize);
        self.layout.set(Some(Rc::new(layout)));
        self.format.set(Some(bytes));
        Ok(())
    }

    /// An empty one.
    fn alloc(py: Python, cls: &PyTypeObject) -> PyResult<Py<PyStruct>> {
        new_object(
            py,
            cls,
            PyStruct {
                ob_base: PyObject::header(cls),
                s_size: Cell::new(-1),
                s_len: Cell::new(-1),
                layout: Cell::new(None),
                format: Slot::empty(),
                weakreflist: Cell::new(std::ptr::null_mut()),
            },
        )
    }

    /// The one for a format, from the cache if it is there.
    fn cached(py: Python, format: &PyObject) -> PyResult<Py<PyStruct>> {
        let state = interpreter(py).module_state::<State>();
        let slot = if PyStr::check(format) { &state.text_cache } else { &state.bytes_cache };
        let cache = match slot.get_owned() {
            Some(c) => c,
            None => {
                let c = PyDict::new(py)?;
                slot.set(Some(c.clone()));
                c
            }
        };
        let hashable = PyStr::check(format) || PyBytes::check(format);
        if hashable
            && let Some(s) = cache.get_item(py, format)?
            && let Ok(s) = s.downcast_into::<PyStruct>()
        {
            return Ok(s);
        }
        let s = Self::alloc(py, PyStruct::type_object())?;
        s.set_format(py, format)?;
        if hashable {
            if cache.len() >= CACHE_SIZE {
                cache.clear();
            }
            cache.set_item(py, format, &s)?;
        }
        Ok(s)
    }
}

fn unpack_all(py: Python, l: &Layout, bytes: &[u8]) -> PyResult<Py<PyTuple>> {
    if l.items == 0 {
        return Ok(PyTuple::empty(py));
    }
    let mut items = TupleBuilder::new(py, l.items)?;
    for run in &l.runs {
        for i in 0..run.count {
            let at = run.offset + i * run.size;
            let part = bytes.get(at..at + run.size).unwrap_or_default();
            items.push(convert::unpack(py, l.mode, run.code, part)?);
        }
    }
    Ok(items.finish())
}

/// Packs values, whose number has been checked. Python code runs between items, so they go into memory of our own.
fn pack_all(py: Python, l: &Layout, values: &[&PyObject]) -> PyResult<Vec<u8>> {
    let mut out = Vec::new();
    if out.try_reserve_exact(l.size).is_err() {
        return Err(memory_error(py));
    }
    out.resize(l.size, 0);
    let mut values = values.iter();
    for run in &l.runs {
        for i in 0..run.count {
            let at = run.offset + i * run.size;
            if let (Some(v), Some(part)) = (values.next(), out.get_mut(at..at + run.size))
                && let Err(e) = convert::pack(py, l.mode, run, v, part)
            {
                if !PyInt::check(v) {
                    return Err(e);
                }
                drop(catch(py, e, &exceptions::PyExc_OverflowError_Type)?);
                return Err(error(py, "int too large to convert"));
            }
        }
    }
    Ok(out)
}

fn check_count(py: Python, name: &str, l: &Layout, n: usize) -> PyResult<()> {
    if n == l.items {
        return Ok(());
    }
    Err(error(py, &format!("{name} expected {} items for packing (got {n})", l.items)))
}

fn pack(py: Python, l: &Layout, values: &[&PyObject]) -> PyResult<Py<PyBytes>> {
    check_count(py, "pack", l, values.len())?;
    PyBytes::new(py, &pack_all(py, l, values)?)
}

/// A place in a buffer: negative ones count from the end.
fn place(py: Python, l: &Layout, len: usize, offset: isize, packing: bool) -> PyResult<usize> {
    let size = l.size as isize;
    let (name, gerund, space) = if packing {
        ("pack_into", "packing", "no space to pack")
    } else {
        ("unpack_from", "unpacking", "not enough data to unpack")
    };
    let mut at = offset;
    if at < 0 {
        if at + size > 0 {
            return Err(error(py, &format!("{space} {size} bytes at offset {offset}")));
        }
        at += len as isize;
        if at < 0 {
            return Err(error(py, &format!("offset {offset} out of range for {len}-byte buffer")));
        }
    }
    if (len as isize - at) < size {
        return Err(error(
            py,
            &format!(
                "{name} requires a buffer of at least {} bytes for {gerund} {size} bytes at offset {at} (actual buffer size is {len})",
                at as i128 + size as i128
            ),
        ));
    }
    Ok(at as usize)
}

fn pack_into(py: Python, l: &Layout, args: &[&PyObject]) -> PyResult<()> {
    let [target, offset, values @ ..] = args else {
        let missing = if args.is_empty() { "buffer" } else { "offset" };
        return Err(error(py, &format!("pack_into expected {missing} argument")));
    };
    check_count(py, "pack_into", l, values.len())?;
    let view = Buffer::get(py, target, buffer::request::WRITABLE).map_err(|e| {
        drop(fetch(py, e));
        type_error(py, format!("argument must be read-write bytes-like object, not {}", tp_name(target)))
    })?;
    let offset = offset.index_isize(py, Some(&exceptions::PyExc_IndexError_Type))?;
    let at = place(py, l, view.len(), offset, true)?;
    let bytes = pack_all(py, l, values)?;
    // SAFETY: `place` made sure that the bytes fit behind `at`; padding in between stays zero as in `bytes`.
    unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), view.data_ptr().add(at), bytes.len()) };
    Ok(())
}

fn unpack(py: Python, l: &Layout, b: &Buffer) -> PyResult<Py<PyTuple>> {
    if b.len() != l.size {
        return Err(error(py, &format!("unpack requires a buffer of {} bytes", l.size)));
    }
    unpack_all(py, l, b.as_slice())
}

fn unpack_from(py: Python, l: &Layout, b: &Buffer, offset: isize) -> PyResult<Py<PyTuple>> {
    let at = place(py, l, b.len(), offset, false)?;
    unpack_all(py, l, b.as_slice().get(at..at + l.size).unwrap_or_default())
}

/// Conversion between values and the bytes of C structures, of one format.
#[pytype(name = "Struct", module = "_struct", flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE, OWN_GETATTRO, OWN_SETATTRO), weaklistoffset = weakreflist, nosig)]
impl PyStruct {
    #[slot(tp_new)]
    fn py_new(
        py: Python,
        cls: &PyTypeObject,
        _args: &PyTuple,
        _kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyStruct>> {
        PyStruct::alloc(py, cls)
    }

    #[slot(tp_init, sig = "(format)")]
    fn init(&self, py: Python, format: &PyObject) -> PyResult<()> {
        self.set_format(py, format)
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<String> {
        let _ = self.layout(py)?;
        let format = self.format.get_owned().map(|b| String::from_utf8_lossy(b.as_bytes()).into_owned());
        Ok(format!("{}('{}')", self.ty().short_name(), format.unwrap_or_default()))
    }

    /// The bytes of the given values.
    #[pymethod(name = "pack", raw, nosig)]
    fn py_pack(&self, py: Python, args: &[&PyObject]) -> PyResult<Py<PyBytes>> {
        let l = self.layout(py)?;
        pack(py, &l, args)
    }

    /// Writes the given values: pack_into(buffer, offset, v1, v2, ...).
    #[pymethod(name = "pack_into", raw, nosig)]
    fn py_pack_into(&self, py: Python, args: &[&PyObject]) -> PyResult<()> {
        let l = self.layout(py)?;
        pack_into(py, &l, args)
    }

    /// The values of a buffer of exactly the structure's size.
    #[pymethod(name = "unpack")]
    fn py_unpack(&self, py: Python, buffer: Buffer) -> PyResult<Py<PyTuple>> {
        let l = self.layout(py)?;
        unpack(py, &l, &buffer)
    }

    /// The values at an offset of a buffer.
    #[pymethod(name = "unpack_from", sig = "(buffer, offset=0)")]
    fn py_unpack_from(&self, py: Python, buffer: Buffer, offset: isize) -> PyResult<Py<PyTuple>> {
        let l = self.layout(py)?;
        unpack_from(py, &l, &buffer, offset)
    }

    /// Iterator over the structures in a buffer.
    #[pymethod]
    fn iter_unpack(&self, py: Python, buffer: &PyObject) -> PyResult<Py<PyUnpackIter>> {
        PyUnpackIter::make(py, self, buffer)
    }

    /// Size in memory, in bytes.
    #[pymethod(name = "__sizeof__")]
    fn sizeof(&self, py: Python) -> PyResult<usize> {
        let runs = self.layout(py)?.runs.len() + 1;
        Ok(self.ty().tp_basicsize.get() as usize + runs * size_of::<Run>())
    }

    /// The format string.
    #[getter(name = "format")]
    fn py_format(&self, py: Python) -> PyResult<Py<PyStr>> {
        let _ = self.layout(py)?;
        match self.format.get_owned() {
            Some(b) => PyStr::from_latin1(py, b.as_bytes()),
            None => Err(runtime_error(py, "Struct object is not initialized")),
        }
    }

    /// Size of the structure in bytes.
    #[getter]
    fn size(&self) -> isize {
        self.s_size.get()
    }
}

/// Iterator over the structures in a buffer.
#[repr(C)]
#[derive(Traverse)]
pub struct PyUnpackIter {
    pub ob_base: PyObject,
    #[traverse(skip)]
    layout: Rc<Layout>,
    #[traverse(skip)]
    buffer: RefCell<Option<Buffer>>,
    at: Cell<usize>,
}

#[pytype(
    name = "unpack_iterator",
    module = "_struct",
    flags(GC, DISALLOW_INSTANTIATION, HEAPTYPE, IMMUTABLETYPE, OWN_GETATTRO)
)]
impl PyUnpackIter {
    fn make(py: Python, s: &PyStruct, object: &PyObject) -> PyResult<Py<PyUnpackIter>> {
        let layout = s.layout(py)?;
        if layout.size == 0 {
            return Err(error(py, "cannot iteratively unpack with a struct of length 0"));
        }
        let buffer = Buffer::get_simple(py, object)?;
        if buffer.len() % layout.size != 0 {
            return Err(error(
                py,
                &format!("iterative unpacking requires a buffer of a multiple of {} bytes", layout.size),
            ));
        }
        let ty = PyUnpackIter::type_object();
        new_object(
            py,
            ty,
            PyUnpackIter {
                ob_base: PyObject::header(ty),
                layout,
                buffer: RefCell::new(Some(buffer)),
                at: Cell::new(0),
            },
        )
    }

    #[slot(tp_iter)]
    fn iter(&self) -> Py<PyUnpackIter> {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py<PyTuple>>> {
        let at = self.at.get();
        let end = at + self.layout.size;
        {
            let held = self.buffer.borrow();
            if let Some(part) = held.as_ref().and_then(|b| b.as_slice().get(at..end)) {
                self.at.set(end);
                return unpack_all(py, &self.layout, part).map(Some);
            }
        }
        // Exhausted: let go of the memory.
        drop(self.buffer.take());
        Ok(None)
    }

    /// How many structures are left.
    #[pymethod(name = "__length_hint__")]
    fn length_hint(&self) -> usize {
        let n = self.buffer.borrow().as_ref().map_or(0, Buffer::len);
        n.saturating_sub(self.at.get()) / self.layout.size
    }
}

/// Conversion between Python values and the bytes of C structures.
///
/// A format string describes a structure. Its first character may give byte order, sizes and alignment: '@' the
/// machine's, '=' its byte order with standard sizes, '<' little-endian, '>' or '!' big-endian. Each
/// further one is an item, with a count before it: x pad byte, c char, b B h H i I l L q Q n N integers, ?
/// truth value, e f d floats, F D complex numbers, s bytes, p Pascal string, P pointer.
#[pymodule(name = "_struct", types(PyStruct), hidden_types(PyUnpackIter))]
pub mod _struct {
    use super::*;

    /// Forgets the formats kept ready.
    #[pyfunction(name = "_clearcache")]
    fn clearcache(py: Python) {
        let state = interpreter(py).module_state::<State>();
        for cache in [&state.text_cache, &state.bytes_cache] {
            if let Some(c) = cache.get_owned() {
                c.clear();
            }
        }
    }

    /// Size in bytes of the structure of a format.
    #[pyfunction]
    fn calcsize(py: Python, format: &PyObject) -> PyResult<isize> {
        Ok(PyStruct::cached(py, format)?.size())
    }

    /// The bytes of values in a format: pack(format, v1, v2, ...).
    #[pyfunction(raw, nosig)]
    fn pack(py: Python, args: &[&PyObject]) -> PyResult<Py<PyBytes>> {
        let Some((format, values)) = args.split_first() else {
            return Err(type_error(py, "missing format argument"));
        };
        let l = PyStruct::cached(py, format)?.layout(py)?;
        super::pack(py, &l, values)
    }

    /// Writes values into a buffer: pack_into(format, buffer, offset, v1, v2, ...).
    #[pyfunction(raw, nosig)]
    fn pack_into(py: Python, args: &[&PyObject]) -> PyResult<()> {
        let Some((format, rest)) = args.split_first() else {
            return Err(type_error(py, "missing format argument"));
        };
        let l = PyStruct::cached(py, format)?.layout(py)?;
        super::pack_into(py, &l, rest)
    }

    /// The values of a buffer of exactly the structure's size.
    #[pyfunction]
    fn unpack(py: Python, format: &PyObject, buffer: Buffer) -> PyResult<Py<PyTuple>> {
        let l = PyStruct::cached(py, format)?.layout(py)?;
        super::unpack(py, &l, &buffer)
    }

    /// The values at an offset of a buffer.
    #[pyfunction(sig = "(format, /, buffer, offset=0)")]
    fn unpack_from(py: Python, format: &PyObject, buffer: Buffer, offset: isize) -> PyResult<Py<PyTuple>> {
        let l = PyStruct::cached(py, format)?.layout(py)?;
        super::unpack_from(py, &l, &buffer, offset)
    }

    /// Iterator over the structures in a buffer.
    #[pyfunction]
    fn iter_unpack(py: Python, format: &PyObject, buffer: &PyObject) -> PyResult<Py<PyUnpackIter>> {
        PyUnpackIter::make(py, &*PyStruct::cached(py, format)?, buffer)
    }

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        module.as_object().setattr_str(py, "error", error_type(py)?.object())
    }
}
