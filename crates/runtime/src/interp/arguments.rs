//! Distribution of call arguments over the locals of a new frame, with CPython's messages.

use super::stackref::StackRef;
use crate::abstract_::ObjectExt;
use crate::errors::type_error;
use crate::types::code::PyCode;
use crate::types::{PyDict, PyFunction, PyStr, PyTuple};
use bytecode::code::flags;
use object::{PyLayout, PyResult, Python, Raised};

/// Moves `nargs` positional and the keyword arguments behind them into `locals` (`initialize_locals`). Takes over all references in
/// `args`, also when it fails; what it stored stays in `locals`.
///
/// # Safety
/// `locals` has room for the code's locals, all `NULL`; `args` is as in [`push_frame`](super::call::push_frame).
pub unsafe fn fill_arguments(
    py: Python,
    func: &PyFunction,
    code: &PyCode,
    locals: *mut StackRef,
    args: *const StackRef,
    nargs: usize,
    kwnames: Option<&PyTuple>,
) -> PyResult<()> {
    let flags_ = code.co_flags.get() as u32;
    let argcount = code.co_argcount.get() as usize;
    let positional = nargs.min(argcount);
    // SAFETY: the caller's promise; locals begin with the parameters.
    unsafe {
        std::ptr::copy_nonoverlapping(args, locals, positional);
        // The plain case: exactly the positional parameters.
        if kwnames.is_none()
            && nargs == argcount
            && code.co_kwonlyargcount.get() == 0
            && flags_ & (flags::VARARGS | flags::VARKEYWORDS) == 0
        {
            return Ok(());
        }
        let mut keywords = kwnames.map_or(0, |k| k.len());
        let result = general(py, func, code, locals, args, nargs, kwnames, &mut keywords);
        if result.is_err() {
            // `keywords` counts the keyword values nobody has taken over.
            let total = nargs + kwnames.map_or(0, |k| k.len());
            for i in total - keywords..total {
                (*args.add(i)).close();
            }
        }
        result
    }
}

/// # Safety
/// As [`fill_arguments`]; the positional parameters are moved already.
#[allow(clippy::too_many_arguments)]
unsafe fn general(
    py: Python,
    func: &PyFunction,
    code: &PyCode,
    locals: *mut StackRef,
    args: *const StackRef,
    nargs: usize,
    kwnames: Option<&PyTuple>,
    untaken: &mut usize,
) -> PyResult<()> {
    let flags_ = code.co_flags.get() as u32;
    let argcount = code.co_argcount.get() as usize;
    let total_args = argcount + code.co_kwonlyargcount.get() as usize;
    // SAFETY: as above.
    unsafe {
        if nargs > argcount {
            let rest = (argcount..nargs).map(|i| (*args.add(i)).into_owned());
            if flags_ & flags::VARARGS != 0 {
                *locals.add(total_args) = StackRef::from_owned(PyTuple::new(py, rest)?);
            } else {
                rest.for_each(drop);
            }
        } else if flags_ & flags::VARARGS != 0 {
            *locals.add(total_args) = StackRef::from_owned(PyTuple::empty(py));
        }
        let mut kwdict = None;
        if flags_ & flags::VARKEYWORDS != 0 {
            let d = PyDict::new(py)?;
            let at = total_args + (flags_ & flags::VARARGS != 0) as usize;
            *locals.add(at) = StackRef::from_new(d.as_object());
            kwdict = Some(d);
        }
        if let Some(names) = kwnames {
            for (i, keyword) in names.items().iter().enumerate() {
                let value = *args.add(nargs + i);
                *untaken = names.len() - i;
                let Some(keyword) = keyword.downcast::<PyStr>() else {
                    return Err(type_error(py, format!("{}() keywords must be strings", qualname(func))));
                };
                if let Some(j) = find_parameter(code, keyword, total_args) {
                    if !(*locals.add(j)).is_null() {
                        return Err(type_error(
                            py,
                            format!(
                                "{}() got multiple values for argument '{}'",
                                qualname(func),
                                keyword.to_string_lossy()
                            ),
                        ));
                    }
                    *locals.add(j) = value;
                } else if let Some(d) = &kwdict {
                    d.set_item(py, keyword.as_object(), value.obj())?;
                    *untaken -= 1;
                    value.close();
                } else {
                    return Err(unexpected_keyword(py, func, code, names, keyword, total_args));
                }
            }
            *untaken = 0;
        }
        if nargs > argcount && flags_ & flags::VARARGS == 0 {
            return Err(too_many_positional(py, func, code, nargs, locals));
        }
        if nargs < argcount {
            let defaults = func.func_defaults.get_owned();
            let count = defaults.as_ref().map_or(0, |d| d.len());
            let required = argcount.saturating_sub(count);
            if (nargs..required).any(|i| (*locals.add(i)).is_null()) {
                return Err(missing(py, func, code, 0..required, "positional", locals));
            }
            if let Some(d) = &defaults {
                // More defaults than parameters are possible: the last ones count.
                let skip = count.saturating_sub(argcount);
                for i in nargs.max(required)..argcount {
                    if (*locals.add(i)).is_null() {
                        *locals.add(i) = StackRef::from_new(d.items()[i - required + skip]);
                    }
                }
            }
        }
        if total_args > argcount {
            let defaults = func.func_kwdefaults.get_owned();
            let mut lacking = false;
            for i in argcount..total_args {
                if !(*locals.add(i)).is_null() {
                    continue;
                }
                if let Some(d) = &defaults
                    && let Some(v) = d.get_item(py, code.local_name(i).as_object())?
                {
                    *locals.add(i) = StackRef::from_owned(v);
                } else {
                    lacking = true;
                }
            }
            if lacking {
                return Err(missing(py, func, code, argcount..total_args, "keyword-only", locals));
            }
        }
    }
    Ok(())
}

/// The parameter a keyword names: by identity first, since nearly all names are interned.
fn find_parameter(code: &PyCode, keyword: &PyStr, total: usize) -> Option<usize> {
    let names = code.co_localsplusnames.items();
    let first = code.co_posonlyargcount.get() as usize;
    let range = first.min(total)..total.min(names.len());
    if let Some(j) = range.clone().find(|&j| names[j].is(keyword.as_object())) {
        return Some(j);
    }
    range.into_iter().find(|&j| names[j].downcast::<PyStr>().is_some_and(|n| n.equals(keyword)))
}

fn qualname(func: &PyFunction) -> String {
    func.func_qualname.get_owned().map_or_else(String::new, |q| q.to_string_lossy())
}

#[cold]
fn unexpected_keyword(
    py: Python,
    func: &PyFunction,
    code: &PyCode,
    names: &PyTuple,
    keyword: &PyStr,
    total: usize,
) -> Raised {
    let posonly = code.co_posonlyargcount.get() as usize;
    let parameters = code.co_localsplusnames.items();
    let given: Vec<String> = parameters[..posonly.min(parameters.len())]
        .iter()
        .filter_map(|p| p.downcast::<PyStr>())
        .filter(|p| names.items().iter().any(|k| k.downcast::<PyStr>().is_some_and(|k| k.equals(p))))
        .map(|p| p.to_string_lossy())
        .collect();
    let function = qualname(func);
    if !given.is_empty() {
        return type_error(
            py,
            format!(
                "{function}() got some positional-only arguments passed as keyword arguments: '{}'",
                given.join(", ")
            ),
        );
    }
    let possible: Vec<String> = parameters[posonly.min(total)..total]
        .iter()
        .filter_map(|p| p.downcast::<PyStr>())
        .map(|p| p.to_string_lossy())
        .collect();
    let key = keyword.to_string_lossy();
    let text = match crate::suggest::closest(&key, possible.iter().map(String::as_str)) {
        Some(s) => {
            format!("{function}() got an unexpected keyword argument '{key}'. Did you mean '{s}'?")
        }
        None => format!("{function}() got an unexpected keyword argument '{key}'"),
    };
    type_error(py, text)
}

#[cold]
unsafe fn too_many_positional(
    py: Python,
    func: &PyFunction,
    code: &PyCode,
    given: usize,
    locals: *mut StackRef,
) -> Raised {
    let argcount = code.co_argcount.get() as usize;
    let total = argcount + code.co_kwonlyargcount.get() as usize;
    // SAFETY: the caller's locals.
    let kwonly = (argcount..total).filter(|&i| unsafe { !(*locals.add(i)).is_null() }).count();
    let defaults = func.func_defaults.get_owned().map_or(0, |d| d.len());
    let (signature, plural) = if defaults > 0 {
        (format!("from {} to {argcount}", argcount.saturating_sub(defaults)), true)
    } else {
        (argcount.to_string(), argcount != 1)
    };
    let s = |b: bool| if b { "s" } else { "" };
    let kwonly_text = if kwonly > 0 {
        format!(
            " positional argument{} (and {kwonly} keyword-only argument{})",
            s(given != 1),
            s(kwonly != 1)
        )
    } else {
        String::new()
    };
    type_error(
        py,
        format!(
            "{}() takes {signature} positional argument{} but {given}{kwonly_text} {} given",
            qualname(func),
            s(plural),
            if given == 1 && kwonly == 0 { "was" } else { "were" }
        ),
    )
}

#[cold]
unsafe fn missing(
    py: Python,
    func: &PyFunction,
    code: &PyCode,
    range: std::ops::Range<usize>,
    kind: &str,
    locals: *mut StackRef,
) -> Raised {
    let names: Vec<String> = range
        // SAFETY: the caller's locals.
        .filter(|&i| unsafe { (*locals.add(i)).is_null() })
        .filter_map(|i| code.co_localsplusnames.get(i))
        .map(|n| n.repr(py).map_or_else(|_| "?".into(), |r| r.to_string_lossy()))
        .collect();
    let list = match names.as_slice() {
        [] => String::new(),
        [a] => a.clone(),
        [a, b] => format!("{a} and {b}"),
        [rest @ .., last] => format!("{}, and {last}", rest.join(", ")),
    };
    type_error(
        py,
        format!(
            "{}() missing {} required {kind} argument{}: {list}",
            qualname(func),
            names.len(),
            if names.len() == 1 { "" } else { "s" }
        ),
    )
}
