//! What the library dependency changed for its own interpreter, undone; and files it lacks.
//!
//! Each entry changes one piece of text, which must occur exactly once, so that a new version of the dependency
//! that no longer has it stops the build. The fixes of 3.14.10 that the package lacks stand in `fixes/*.patch`: `@@ path`
//! names a file, a block of lines is one change (` ` stays, `-` goes, `+` comes), an empty line ends it, `#` is a comment.

use super::File;

/// One change in one file.
struct Patch {
    path: &'static str,
    change: Change,
}

enum Change {
    /// A piece of text and what stands in its place.
    Replace(&'static str, &'static str),
    /// What begins with the first text, up to the second one, which stays (the end of the file if it is empty).
    Cut(&'static str, &'static str),
}

const fn replace(path: &'static str, old: &'static str, new: &'static str) -> Patch {
    Patch { path, change: Change::Replace(old, new) }
}

const fn cut(path: &'static str, from: &'static str, to: &'static str) -> Patch {
    Patch { path, change: Change::Cut(from, to) }
}

const PATCHES: &[Patch] = &[
    // Names of the other interpreter.
    cut("_compat_pickle.py", "# NOTE: RUSTPYTHON exceptions", "for excname in PYTHON2_EXCEPTIONS"),
    cut("json/decoder.py", "    # RUSTPYTHON SPECIFIC", "    # Note that this exception"),
    cut("platform.py", "        # XXX: RUSTPYTHON support", "            name = 'CPython'"),
    replace(
        "platform.py",
        "            name = 'CPython'\n        if builddate",
        "        name = 'CPython'\n        if builddate",
    ),
    replace("site.py", "'RustPython' # XXX: RUSTPYTHON; for site-packages", "'Python'"),
    replace("site.py", "    # XXX: RUSTPYTHON\n    return", "    return"),
    replace("site.py", "/lib/rustpython{", "/lib/python{"),
    replace("sysconfig/__init__.py", "'RustPython'  # XXX: RUSTPYTHON; For site-packages", "'Python'"),
    cut("unittest/__init__.py", "\n\n\n# XXX: RUSTPYTHON\n# This is very useful", ""),
    // Lines of the library's files, which are in memory: for tracebacks, inspect, pdb, trace.
    replace("linecache.py", "    try:\n        stat = os.stat(fullname)\n", LINES_FROM_MEMORY),
    // The prompt needs no tool that looks into other processes.
    replace("asyncio/__main__.py", "import asyncio.tools\n", ""),
    replace(
        "asyncio/__main__.py",
        "            asyncio.tools.display_awaited_by_tasks_table",
        "            import asyncio.tools\n            asyncio.tools.display_awaited_by_tasks_table",
    ),
    replace(
        "asyncio/__main__.py",
        "            asyncio.tools.display_awaited_by_tasks_tree",
        "            import asyncio.tools\n            asyncio.tools.display_awaited_by_tasks_tree",
    ),
    // 3.14.10: who awaits a future is known while it is awaited by wait(), as_completed() and a cancelled wait_for(), and
    // forgotten afterwards, also by gather() and shield(); exceptions of shielded futures are not logged.
    replace(
        "asyncio/tasks.py",
        "            f.remove_done_callback(_on_completion)\n",
        "            f.remove_done_callback(_on_completion)\n            futures.future_discard_from_awaited_by(f, cur_task)\n",
    ),
    replace(
        "asyncio/tasks.py",
        "    fut.add_done_callback(cb)\n",
        "    fut.add_done_callback(cb)\n    waiting = current_task()\n    futures.future_add_to_awaited_by(fut, waiting)\n",
    ),
    replace(
        "asyncio/tasks.py",
        "        fut.remove_done_callback(cb)\n",
        "        fut.remove_done_callback(cb)\n        futures.future_discard_from_awaited_by(fut, waiting)\n",
    ),
    replace(
        "asyncio/tasks.py",
        "        todo = {ensure_future(aw, loop=loop) for aw in set(aws)}\n",
        "        todo = {ensure_future(aw, loop=loop) for aw in set(aws)}\n        self._cur_task = current_task()\n",
    ),
    replace(
        "asyncio/tasks.py",
        "            f.add_done_callback(self._handle_completion)\n",
        "            futures.future_add_to_awaited_by(f, self._cur_task)\n            f.add_done_callback(self._handle_completion)\n",
    ),
    replace(
        "asyncio/tasks.py",
        "            f.remove_done_callback(self._handle_completion)\n",
        "            futures.future_discard_from_awaited_by(f, self._cur_task)\n            f.remove_done_callback(self._handle_completion)\n",
    ),
    replace(
        "asyncio/tasks.py",
        "        self._todo.remove(f)\n",
        "        futures.future_discard_from_awaited_by(f, self._cur_task)\n        self._todo.remove(f)\n",
    ),
    replace("asyncio/tasks.py", "        f = await self._done.get()\n", NEXT_COMPLETED),
    replace(
        "asyncio/tasks.py",
        "                outer.set_exception(exc)\n                return\n            else:\n",
        "                _forget_waiter(children, cur_task)\n                outer.set_exception(exc)\n                return\n            else:\n",
    ),
    replace(
        "asyncio/tasks.py",
        "                if exc is not None:\n                    outer.set_exception(exc)\n                    return\n",
        "                if exc is not None:\n                    _forget_waiter(children, cur_task)\n                    outer.set_exception(exc)\n                    return\n",
    ),
    cut("asyncio/tasks.py", "def _log_on_exception(fut):", "def shield(arg):"),
    replace("asyncio/tasks.py", "def shield(arg):", FORGET_WAITER),
    cut(
        "asyncio/tasks.py",
        "            # Keep only one callback to log on cancel\n",
        "            inner.remove_done_callback(_log_on_exception)",
    ),
    replace(
        "asyncio/tasks.py",
        "            inner.remove_done_callback(_log_on_exception)\n            inner.add_done_callback(_log_on_exception)\n",
        "            if cur_task is not None:\n                _forget_waiter([inner], cur_task)\n                inner.remove_done_callback(_clear_awaited_by_callback)\n",
    ),
    // 3.14.10: empty chunks are not queued; a connection is lost once; a cancelled accept takes no connection.
    replace(
        "asyncio/selector_events.py",
        "self._buffer.extend([memoryview(data) for data in list_of_data])\n",
        "self._buffer.extend(map(memoryview, filter(len, list_of_data)))\n        if not self._buffer:\n            return\n",
    ),
    replace(
        "asyncio/selector_events.py",
        "    def _sock_accept(self, fut, sock):\n",
        "    def _sock_accept(self, fut, sock):\n        if fut.done():\n            return\n",
    ),
    replace(
        "asyncio/selector_events.py",
        "        try:\n            super()._call_connection_lost(exc)\n",
        LOST_ONCE,
    ),
    replace(
        "asyncio/selector_events.py",
        "            self._write_ready = None\n            if",
        "            self._write_ready = self._read_ready_cb = None\n            if",
    ),
    // 3.14.10: the descriptor of a child is closed whatever happens; readers know the transport that start_tls() made;
    // an error of a callback that is a plain function is reported, too.
    replace(
        "asyncio/unix_events.py",
        "            returncode = waitstatus_to_exitcode(status)\n\n        os.close(pidfd)\n",
        "            returncode = waitstatus_to_exitcode(status)\n        finally:\n            os.close(pidfd)\n",
    ),
    replace(
        "asyncio/streams.py",
        "        self._over_ssl = transport.get_extra_info('sslcontext') is not None\n\n    def connection_made",
        "        self._over_ssl = transport.get_extra_info('sslcontext') is not None\n        if (reader := self._stream_reader) is not None:\n            reader._transport = transport\n\n    def connection_made",
    ),
    replace(
        "asyncio/streams.py",
        "            res = self._client_connected_cb(reader, writer)\n",
        REPORT_CALLBACK,
    ),
    // 3.14.10: a server whose serve_forever() is cancelled does not wait for its clients.
    replace(
        "asyncio/base_events.py",
        "                await self.wait_closed()\n",
        "                self.close_clients()\n                await self.wait_closed()\n",
    ),
    // Conveniences that hosts without files need.
    cut("io.py", "# XXX: RUSTPYTHON; FileIO needs", "# for seek()"),
    replace("io.py", "open, open_code, BytesIO", "open, open_code, FileIO, BytesIO"),
    replace(
        "io.py",
        "if FileIO is not None:  # XXX: RUSTPYTHON; see the try/except above\n    RawIOBase",
        "RawIOBase",
    ),
];

/// For `as_completed`: a result that was waited for in vain is still to come.
const NEXT_COMPLETED: &str = r#"        received = False
        try:
            f = await self._done.get()
            received = True
        finally:
            if not received:
                self._todo_left += 1
"#;

/// For `gather` and `shield`.
const FORGET_WAITER: &str = r#"def _forget_waiter(awaited, waiter):
    for future in awaited:
        futures.future_discard_from_awaited_by(future, waiter)


def shield(arg):"#;

/// For `SelectorSocketTransport`: `resume_writing` may close the transport before the writer finds it closing.
const LOST_ONCE: &str = r#"        if self._sock is None:
            return
        try:
            super()._call_connection_lost(exc)
"#;

/// For `StreamReaderProtocol.connection_made`.
const REPORT_CALLBACK: &str = r#"            try:
                res = self._client_connected_cb(reader, writer)
            except Exception as error:
                self._strong_reader = None
                context = dict(message='Unhandled exception in client_connected_cb',
                               exception=error, transport=transport)
                self._loop.call_exception_handler(context)
                transport.close()
                return
"#;

/// For `linecache.updatecache`: nothing is looked for on disk.
const LINES_FROM_MEMORY: &str = r#"    from _ophion_library import source_lines
    lines = source_lines(fullname)
    if lines is not None:
        cache[filename] = sum(map(len, lines)), None, lines, fullname
        return lines
    try:
        stat = os.stat(fullname)
"#;

/// Files of the dependency that CPython does not have.
const REMOVED: &[&str] =
    &["_dummy_os.py", "_dummy_thread.py", "_pycodecs.py", "dummy_threading.py", "README.md"];

/// Changes in the form of a patch.
const FIXES: &[&str] = &[
    include_str!("fixes/concurrency.patch"),
    include_str!("fixes/files.patch"),
    include_str!("fixes/network.patch"),
    include_str!("fixes/tools.patch"),
];

/// One block of a patch: path, lines before, lines after.
fn blocks(patch: &str) -> Vec<(&str, String, String)> {
    let (mut path, mut old, mut new) = ("", String::new(), String::new());
    let mut out = Vec::new();
    for line in patch.lines().chain([""]) {
        if let Some(p) = line.strip_prefix("@@ ") {
            path = p;
        } else if line.is_empty() && !(old.is_empty() && new.is_empty()) {
            out.push((path, std::mem::take(&mut old), std::mem::take(&mut new)));
        } else if let Some((kind, text)) = line.split_at_checked(1).filter(|(kind, _)| *kind != "#") {
            for (_, to) in [("+", &mut old), ("-", &mut new)].into_iter().filter(|(not, _)| *not != kind) {
                to.push_str(text);
                to.push('\n');
            }
        }
    }
    out
}

/// A file's text, taken out of it.
fn text_of<'f>(files: &'f mut [File], path: &str) -> Result<(&'f mut File, String), String> {
    let Some(f) = files.iter_mut().find(|f| f.path == path) else {
        return Err(format!("patch for {path}: no such file"));
    };
    let text = String::from_utf8(std::mem::take(&mut f.data)).map_err(|e| format!("{path}: {e}"))?;
    Ok((f, text))
}

/// The only place of a piece of text.
fn place(text: &str, piece: &str, path: &str) -> Result<usize, String> {
    let mut places = text.match_indices(piece);
    match (places.next(), places.next()) {
        (Some((at, _)), None) => Ok(at),
        _ => Err(format!("patch for {path}: the text does not occur exactly once: {piece:?}")),
    }
}

/// Applies all patches.
///
/// Errors: a patch that does not fit.
pub fn apply(files: &mut Vec<File>) -> Result<(), String> {
    files.retain(|f| !REMOVED.contains(&f.path.as_str()));
    for p in PATCHES {
        let (f, text) = text_of(files, p.path)?;
        let (Change::Replace(start, _) | Change::Cut(start, _)) = p.change;
        let at = place(&text, start, p.path)?;
        let (end, new) = match p.change {
            Change::Replace(old, new) => (at + old.len(), new),
            Change::Cut(_, "") => (text.len(), ""),
            Change::Cut(_, to) => match text[at..].find(to) {
                Some(n) => (at + n, ""),
                None => return Err(format!("patch for {}: the end is missing: {to:?}", p.path)),
            },
        };
        f.data = format!("{}{new}{}", &text[..at], &text[end..]).into_bytes();
    }
    for (path, old, new) in FIXES.iter().flat_map(|patch| blocks(patch)) {
        let (f, text) = text_of(files, path)?;
        // Whole lines only: a block begins where a line does.
        let text = format!("\n{text}");
        let at = place(&text, &format!("\n{old}"), path)? + 1;
        f.data = format!("{}{new}{}", &text[1..at], &text[at + old.len()..]).into_bytes();
    }
    Ok(())
}
