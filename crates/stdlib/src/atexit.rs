//! `atexit`: functions to call when the interpreter ends.

use macros::pymodule;
use runtime::prelude::*;
use runtime::state::interpreter;
use std::cell::RefCell;
use std::rc::Rc;

struct Callback {
    id: u64,
    function: Py,
    args: Py<PyTuple>,
    kwargs: Option<Py<PyDict>>,
}

#[derive(Default)]
struct State {
    callbacks: RefCell<Vec<Rc<Callback>>>,
    next_id: Cell<u64>,
}

fn state(py: Python) -> Rc<State> {
    interpreter(py).module_state::<State>()
}

/// Calls the functions, last registered first, each once. Errors are reported.
fn run(py: Python) {
    let st = state(py);
    loop {
        let Some(c) = st.callbacks.borrow_mut().pop() else { return };
        let r = c.function.call_tuple_dict(py, &c.args, c.kwargs.as_deref());
        if let Err(e) = r {
            let exc = fetch(py, e);
            let shown = match c.function.repr(py) {
                Ok(s) => s.to_string_lossy(),
                Err(_) => {
                    drop(take(py));
                    "<object repr() failed>".to_owned()
                }
            };
            let e = raise_object(py, exc);
            write_unraisable(py, e, Some(&format!("Exception ignored in atexit callback {shown}")), None);
        }
    }
}

/// Functions to call when the interpreter ends: register() adds one, unregister() takes one away.
#[pymodule(name = "atexit")]
pub mod atexit {
    use super::*;

    #[pyexec]
    fn exec(py: Python, _module: &PyModule) -> PyResult<()> {
        runtime::lifecycle::register_atexit(py, run);
        Ok(())
    }

    /// Has a function called at the end, with these arguments. Returns the function, so that it can be a decorator.
    #[pyfunction(sig = "(*args, **kwargs)", text = "($module, func, /, *args, **kwargs)")]
    pub fn register(py: Python, args: &[&PyObject], kwargs: Option<Py<PyDict>>) -> PyResult {
        let Some((function, rest)) = args.split_first() else {
            return Err(type_error(py, "register() takes at least 1 argument (0 given)"));
        };
        if !function.is_callable() {
            return Err(type_error(py, "the first argument must be callable"));
        }
        let st = state(py);
        let id = st.next_id.get();
        st.next_id.set(id + 1);
        let args = PyTuple::new(py, rest.iter().map(|a| a.owned()))?;
        let callback = Callback { id, function: function.owned(), args, kwargs };
        st.callbacks.borrow_mut().push(Rc::new(callback));
        Ok(function.owned())
    }

    /// Takes back every registration of functions equal to this one.
    #[pyfunction(sig = "(func, /)")]
    pub fn unregister(py: Python, func: &PyObject) -> PyResult<()> {
        let st = state(py);
        // Comparing runs Python code, which may register and unregister: go by the callbacks' numbers.
        let all: Vec<_> = st.callbacks.borrow().clone();
        for c in all.iter().rev() {
            if c.function.eq(py, func)? {
                let mut v = st.callbacks.borrow_mut();
                let removed = v.iter().position(|d| d.id == c.id).map(|i| v.remove(i));
                drop(v);
                drop(removed);
            }
        }
        Ok(())
    }

    /// Takes back all registrations.
    #[pyfunction]
    pub fn _clear(py: Python) {
        let all = state(py).callbacks.take();
        drop(all);
    }

    /// Calls the functions now.
    #[pyfunction]
    pub fn _run_exitfuncs(py: Python) {
        run(py)
    }

    /// How many registrations there are.
    #[pyfunction]
    pub fn _ncallbacks(py: Python) -> usize {
        state(py).callbacks.borrow().len()
    }
}
