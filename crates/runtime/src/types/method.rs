//! Bound methods, and `instancemethod` of the C API.

use crate::abstract_::call::{self, ARGUMENTS_OFFSET, nargs};
use crate::prelude::*;
use crate::state::enter_recursive_call;
use crate::types::type_::TypeExt;
use crate::types::{PyDict, PyStr, PyTuple, object_};
use object::typeobj::VectorcallFunc;
use std::ptr::null_mut;

/// `PyMethodObject`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyMethod {
    pub ob_base: PyObject,
    pub im_func: Py,
    pub im_self: Py,
    #[traverse(skip)]
    pub im_weakreflist: Cell<*mut PyObject>,
    #[traverse(skip)]
    pub vectorcall: Cell<Option<VectorcallFunc>>,
}

const _: () = assert!(size_of::<PyMethod>() == 48);

/// Calls the function with the receiver in front.
unsafe extern "C" fn vectorcall(
    m: *mut PyObject,
    args: *const *mut PyObject,
    nargsf: usize,
    kwnames: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: called through the vectorcall protocol with a live method. With the offset bit set `args[-1]` is writable and
    // is put back; otherwise the arguments are copied.
    unsafe {
        let py = Python::assume_attached();
        let method: &PyMethod = (*m).downcast_unchecked();
        let this = method.im_self.as_ptr();
        let func = method.im_func.clone();
        let n = nargs(nargsf);
        let kw = kwnames.as_ref().and_then(|k| k.downcast::<PyTuple>());
        let result = if nargsf & ARGUMENTS_OFFSET != 0 {
            let start = args.sub(1) as *mut *mut PyObject;
            let saved = start.replace(this);
            let r = call::vectorcall(py, &func, start, n + 1, kw);
            start.write(saved);
            r
        } else {
            let total = n + kw.map_or(0, |k| k.len());
            if total == 0 {
                call::vectorcall(py, &func, &this, 1, None)
            } else if total < 8 {
                let mut buf = [null_mut(); 9];
                buf[1] = this;
                std::ptr::copy_nonoverlapping(args, buf.as_mut_ptr().add(2), total);
                call::vectorcall(py, &func, buf.as_ptr().add(1), (n + 1) | ARGUMENTS_OFFSET, kw)
            } else {
                let mut v = Vec::with_capacity(total + 1);
                v.push(this);
                v.extend_from_slice(std::slice::from_raw_parts(args, total));
                call::vectorcall(py, &func, v.as_ptr(), n + 1, kw)
            }
        };
        result.map_or(null_mut(), Py::into_raw)
    }
}

impl PyMethod {
    /// A method that calls `func` with `this` in front.
    pub fn new(py: Python, func: &PyObject, this: &PyObject) -> PyResult<Py<PyMethod>> {
        let ty = PyMethod::type_object();
        new_object(
            py,
            ty,
            PyMethod {
                ob_base: PyObject::header(ty),
                im_func: func.owned(),
                im_self: this.owned(),
                im_weakreflist: Cell::new(null_mut()),
                vectorcall: Cell::new(Some(vectorcall)),
            },
        )
    }
}

/// A method bound to an object.
#[pytype(name = "method", symbol = "PyMethod_Type", flags(GC), weaklistoffset = im_weakreflist, vectorcall_offset = vectorcall, members(im_func as __func__: object readonly "The function that the method calls.", im_self as __self__: object readonly "The object that it is bound to."))]
impl PyMethod {
    #[slot(tp_new, sig = "(function, instance, /)")]
    fn tp_new(
        py: Python,
        _cls: &PyTypeObject,
        function: &PyObject,
        instance: &PyObject,
    ) -> PyResult<Py<PyMethod>> {
        if !function.is_callable() {
            return Err(type_error(py, "first argument must be callable"));
        }
        if instance.is_none() {
            return Err(type_error(py, "instance must not be None"));
        }
        PyMethod::new(py, function, instance)
    }

    #[slot(tp_call)]
    fn call(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        call::call_tuple_dict(py, self.as_object(), args, kwargs)
    }

    #[slot(tp_descr_get)]
    fn get(&self, _py: Python, _obj: Option<&PyObject>, _ty: Option<&PyObject>) -> PyResult {
        Ok(self.as_object().owned())
    }

    #[slot(tp_getattro)]
    fn getattro(&self, py: Python, name: &PyObject) -> PyResult {
        let Some(name) = name.downcast::<PyStr>() else { return Err(object_::bad_attribute_name(py, name)) };
        // Attributes of the method itself come first, then the function's.
        if let Some(d) = PyMethod::type_object().lookup(py, name).map(|d| d.owned()) {
            return match d.ty().tp_descr_get.get() {
                // SAFETY: a slot called with live objects.
                Some(f) => unsafe { from_c(py, f(d.as_ptr(), self.as_ptr(), self.ty().as_ptr())) },
                None => Ok(d),
            };
        }
        self.im_func.getattr(py, name)
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let mut name = self.im_func.getattr_opt(py, intern!(py, "__qualname__"))?;
        if name.is_none() {
            name = self.im_func.getattr_opt(py, intern!(py, "__name__"))?;
        }
        let name = name.and_then(|n| n.downcast_into::<PyStr>().ok());
        let head = match &name {
            Some(n) => PyStr::concat3(py, "<bound method ", n, " of ")?,
            None => PyStr::new(py, "<bound method ? of ")?,
        };
        let this = self.im_self.repr(py)?;
        PyStr::concat(py, &head, &*PyStr::concat3(py, "", &this, ">")?)
    }

    #[slot(tp_hash)]
    fn hash(&self, py: Python) -> PyResult<isize> {
        enter_recursive_call(py, " while hashing a method")?;
        let h = (self.im_self.as_ptr() as usize).rotate_right(4) as isize ^ self.im_func.hash(py)?;
        Ok(if h == -1 { -2 } else { h })
    }

    #[slot(tp_richcompare)]
    fn compare(&self, py: Python, other: &PyObject, op: CompareOp) -> PyResult {
        let (CompareOp::Eq | CompareOp::Ne, Some(o)) = (op, other.downcast::<PyMethod>()) else {
            return Ok(not_implemented().owned());
        };
        let equal = self.im_func.eq(py, &o.im_func)? && self.im_self.is(&o.im_self);
        Ok(py_bool(equal == (op == CompareOp::Eq)).owned().into_object())
    }

    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let name = self.im_func.getattr(py, intern!(py, "__name__"))?;
        let getattr = crate::interp::builtin(py, intern!(py, "getattr"))?;
        PyTuple::new(py, [getattr, PyTuple::new(py, [self.im_self.clone(), name])?.into_object()])
    }

    #[getter]
    fn __doc__(&self, py: Python) -> PyResult {
        self.im_func.getattr(py, intern!(py, "__doc__"))
    }
}

/// `PyInstanceMethodObject`: lets a C function act as a method.
#[repr(C)]
#[derive(Traverse)]
pub struct PyInstanceMethod {
    pub ob_base: PyObject,
    pub func: Py,
}

/// Binds any callable to instances.
#[pytype(name = "instancemethod", symbol = "PyInstanceMethod_Type", flags(GC), members(func as __func__: object readonly))]
impl PyInstanceMethod {
    #[slot(tp_new, sig = "(func, /)")]
    fn tp_new(py: Python, _cls: &PyTypeObject, func: &PyObject) -> PyResult<Py<PyInstanceMethod>> {
        if !func.is_callable() {
            return Err(type_error(py, "first argument must be callable"));
        }
        let ty = PyInstanceMethod::type_object();
        new_object(py, ty, PyInstanceMethod { ob_base: PyObject::header(ty), func: func.owned() })
    }

    #[slot(tp_call)]
    fn call(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        call::call_tuple_dict(py, &self.func, args, kwargs)
    }

    #[slot(tp_descr_get)]
    fn get(&self, py: Python, obj: Option<&PyObject>, _ty: Option<&PyObject>) -> PyResult {
        match obj {
            None => Ok(self.func.clone()),
            Some(o) => Ok(PyMethod::new(py, &self.func, o)?.into_object()),
        }
    }
}
