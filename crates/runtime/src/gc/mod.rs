//! The cycle collector: three generations, as in CPython 3.14.10 (`Python/gc.c`'s ground before the incremental one).
//!
//! A collection works on one list of containers. Each container's reference count is copied into its head; references
//! from inside the list are subtracted. What is left above zero is reachable from outside, and so is all it refers to. The rest is
//! garbage: weak references to it are cleared, finalisers run, and, unless those revived something, `tp_clear` breaks the
//! cycles so that reference counting frees them.

mod list;
mod module;
mod phases;

pub use module::gc_module;

use crate::prelude::*;
use crate::state::interpreter;
use crate::sys::hooks::write_stderr;
use crate::types::*;
use list::List;
use object::gc::{self, state};
use std::cell::RefCell;

/// Figures of one generation since the start.
#[derive(Clone, Copy, Default)]
pub struct Stats {
    pub collections: usize,
    pub collected: usize,
    pub uncollectable: usize,
}

/// What the `gc` module keeps.
#[derive(Default)]
pub struct GcModuleState {
    pub garbage: Slot<PyList>,
    pub callbacks: Slot<PyList>,
    pub stats: RefCell<[Stats; 3]>,
    pub debug: Cell<i32>,
    /// Containers that survived the last full collection, and those that came to the oldest generation since: a full collection
    /// is only worth its time when the latter are a quarter of the former.
    long_lived_total: Cell<isize>,
    long_lived_pending: Cell<isize>,
}

/// `gc.set_debug` bits.
pub const DEBUG_STATS: i32 = 1;
pub const DEBUG_COLLECTABLE: i32 = 2;
pub const DEBUG_UNCOLLECTABLE: i32 = 4;
pub const DEBUG_SAVEALL: i32 = 32;

/// The list of a generation.
pub(crate) fn generation(i: usize) -> List {
    List::of(&state().generations[i].head)
}

/// At a safepoint with `GC_SCHEDULED` set: collects the oldest generation whose threshold is exceeded.
pub fn run_scheduled(py: Python) {
    let st = state();
    if !st.enabled.get() || st.collecting.get() {
        return;
    }
    let module = interpreter(py).module_state::<GcModuleState>();
    for i in (0..3).rev() {
        let g = &st.generations[i];
        if g.threshold.get() != 0 && g.count.get() > g.threshold.get() {
            if i == 2 && module.long_lived_pending.get() < module.long_lived_total.get() / 4 {
                continue;
            }
            collect_with_callbacks(py, i);
            return;
        }
    }
}

/// Collects generation `i` and all younger ones; the number of unreachable objects found. Does nothing while a
/// collection is under way.
pub fn collect(py: Python, i: usize) -> usize {
    if state().collecting.get() { 0 } else { collect_with_callbacks(py, i) }
}

fn collect_with_callbacks(py: Python, i: usize) -> usize {
    state().collecting.set(true);
    call_callbacks(py, "start", i, 0, 0);
    let (collected, uncollectable) = collect_generation(py, i.min(2));
    if i >= 2 {
        object::alloc::clear_tuple_lists();
    }
    call_callbacks(py, "stop", i, collected, uncollectable);
    state().collecting.set(false);
    collected + uncollectable
}

fn call_callbacks(py: Python, phase: &str, generation: usize, collected: usize, uncollectable: usize) {
    let Some(callbacks) = interpreter(py).module_state::<GcModuleState>().callbacks.get_owned() else {
        return;
    };
    if callbacks.is_empty() {
        return;
    }
    let run = || -> PyResult<()> {
        let info = PyDict::new(py)?;
        for (k, v) in [("generation", generation), ("collected", collected), ("uncollectable", uncollectable)]
        {
            info.set_text(py, k, PyInt::from_usize(py, v)?.as_object())?;
        }
        let phase = PyStr::new(py, phase)?;
        for f in callbacks.snapshot() {
            if let Err(e) = f.call(py, &[phase.as_object(), info.as_object()]) {
                write_unraisable(py, e, None, Some(&f));
            }
        }
        Ok(())
    };
    if let Err(e) = run() {
        write_unraisable(py, e, None, None);
    }
}

/// The collection proper: (collected, uncollectable).
fn collect_generation(py: Python, i: usize) -> (usize, usize) {
    let st = state();
    let module = interpreter(py).module_state::<GcModuleState>();
    // A pending exception is not the collection's business.
    let pending = take(py);
    let started = (module.debug.get() & DEBUG_STATS != 0).then(|| {
        write_stderr(py, &format!("gc: collecting generation {i}...\ngc: objects in each generation:"));
        for k in 0..3 {
            write_stderr(py, &format!(" {}", generation(k).len()));
        }
        let frozen = List::of(&state().permanent.head).len();
        write_stderr(py, &format!("\ngc: objects in permanent generation: {frozen}\n"));
        std::time::Instant::now()
    });
    if let Some(older) = st.generations.get(i + 1) {
        older.count.set(older.count.get() + 1);
    }
    for g in &st.generations[..=i] {
        g.count.set(0);
    }
    let young = generation(i);
    for k in 0..i {
        young.append_all(generation(k));
    }
    let old = if i < 2 { generation(i + 1) } else { young };

    // The heads live on this frame while the lists are in use.
    let unreachable_head = List::new_head();
    let unreachable = List::of(&unreachable_head);
    // SAFETY: the collector is attached, and `young` holds live, complete containers only; see `phases`.
    let (collected, uncollectable) = unsafe {
        phases::deduce_unreachable(young, unreachable);
        phases::untrack_tuples(young);
        if i < 2 {
            if i == 1 {
                module.long_lived_pending.set(module.long_lived_pending.get() + young.len() as isize);
            }
            old.append_all(young);
        } else {
            phases::untrack_dicts(young);
            module.long_lived_pending.set(0);
            module.long_lived_total.set(young.len() as isize);
        }
        let finalizers_head = List::new_head();
        let finalizers = List::of(&finalizers_head);
        phases::move_legacy_finalizers(unreachable, finalizers);
        phases::move_legacy_finalizer_reachable(finalizers);
        let found = unreachable.len();
        phases::handle_weakrefs(py, unreachable, old);
        phases::finalize_garbage(py, unreachable);
        let still_head = List::new_head();
        let still = List::of(&still_head);
        phases::handle_resurrected(unreachable, still, old);
        phases::clear_weakref_leftovers(py, still);
        let dead = still.len().min(found);
        phases::delete_garbage(py, still, old, module.debug.get(), &module.garbage);
        let legacy = finalizers.len();
        phases::keep_legacy(py, finalizers, old, module.debug.get(), &module.garbage);
        (dead, legacy)
    };
    if let Some(t) = started {
        let seconds = t.elapsed().as_secs_f64();
        let found = collected + uncollectable;
        write_stderr(
            py,
            &format!("gc: done, {found} unreachable, {uncollectable} uncollectable, {seconds:.4}s elapsed\n"),
        );
    }
    {
        let mut stats = module.stats.borrow_mut();
        stats[i].collections += 1;
        stats[i].collected += collected;
        stats[i].uncollectable += uncollectable;
    }
    if let Some(e) = pending {
        let _ = raise_object(py, e);
    }
    (collected, uncollectable)
}

/// All tracked containers, except those that `gc.freeze` put aside.
pub fn tracked_objects(generations: std::ops::Range<usize>) -> Vec<Py> {
    let mut v = Vec::new();
    for i in generations {
        generation(i).for_each(|o| {
            // SAFETY: list entries are live containers.
            v.push(unsafe { Py::from_raw_borrowed(o) });
        });
    }
    v
}

/// Moves everything to the permanent generation (`gc.freeze`).
pub fn freeze() {
    let permanent = List::of(&state().permanent.head);
    for i in 0..3 {
        permanent.append_all(generation(i));
        state().generations[i].count.set(0);
    }
}

/// Moves everything back to the oldest generation (`gc.unfreeze`).
pub fn unfreeze() {
    generation(2).append_all(List::of(&state().permanent.head));
}

/// How many objects are frozen.
pub fn freeze_count() -> usize {
    List::of(&state().permanent.head).len()
}

/// Is the object tracked by the collector?
pub fn is_tracked(o: &PyObject) -> bool {
    // SAFETY: only containers are looked at.
    is_container(o) && unsafe { gc::is_tracked(o.as_ptr()) }
}

/// Does the object have a collector's head? (`PyObject_IS_GC`)
pub fn is_container(o: &PyObject) -> bool {
    let ty = o.ty();
    ty.has_flag(flags::HAVE_GC)
        // SAFETY: a slot called with a live object of its type.
        && ty.tp_is_gc.get().is_none_or(|f| unsafe { f(o.as_ptr()) != 0 })
}
