"""Calls every reachable builtin, type and module function with odd arguments.

    ophion tests/fuzz/calls.py SEED CALLS LOG

One process makes CALLS random calls, all decided by SEED. Before each call its description goes to the file LOG, so that the last line of
a process that died names the culprit. Exceptions are the expected outcome; only a signal, a panic or an abort is a finding, and it
is the parent (crates/ophion/tests/fuzz.rs) that sees it. Runs in an empty folder of its own, under a limit on memory.
"""
import builtins
import copy
import fcntl
import gc
import io
import json
import os
import pickle
import random
import re
import resource
import signal
import sys
import types
import weakref

seed, calls, log_name = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
rng = random.Random(seed)
# A number that no call hits upon: whatever takes over a descriptor closes it when it dies.
log = fcntl.fcntl(os.open(log_name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), fcntl.F_DUPFD, 700)
errors = fcntl.fcntl(2, fcntl.F_DUPFD, 700)

# Under a limit on the address space a stack that has to grow is a SIGSEGV: let it grow first.
nest = []
for _ in range(100_000):
    nest = [nest]
try:
    repr(nest)
except RecursionError:
    pass
del nest
resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 24, 1 << 24))

# Calls whose purpose is to end, stop or endanger the process or the machine, or to wait for the outside.
FORBIDDEN = {
    "posix": {"_exit", "abort", "kill", "killpg", "fork", "forkpty", "execv", "execve", "posix_spawn", "posix_spawnp", "wait", "wait3", "wait4",
              "waitpid", "waitid", "close", "closerange", "dup2", "read", "readv", "readinto", "setuid", "setgid", "seteuid", "setegid", "setreuid", "setregid",
              "setresuid", "setresgid", "setgroups", "initgroups", "setsid", "chroot", "nice", "chdir", "fchdir", "unshare", "setns", "lockf",
              "sched_setscheduler", "sched_setparam", "setpriority", "ftruncate", "mkfifo", "mknod", "remove", "unlink", "rmdir", "rename", "replace",
              "chmod", "fchmod", "lchmod", "chown", "fchown", "lchown", "link", "symlink", "truncate", "utime", "removexattr", "setxattr", "_inputhook",
              "write", "writev", "pwrite", "pwritev", "sendfile", "splice", "copy_file_range", "openpty", "login_tty", "tcsetpgrp", "sync", "open",
              "eventfd_read", "pread", "preadv", "register_at_fork", "system", "putenv", "unsetenv", "posix_openpt", "mkdir", "umask", "fsync", "fdatasync",
              "dup", "set_blocking", "set_inheritable", "get_blocking", "sched_setaffinity", "setpgid", "lseek", "posix_fallocate", "memfd_create"},
    "_signal": {"pause", "raise_signal", "pthread_kill", "sigwait", "sigwaitinfo", "sigtimedwait", "alarm", "setitimer", "pthread_sigmask",
                "signal", "siginterrupt", "set_wakeup_fd", "pidfd_send_signal"},
    "time": {"sleep", "pthread_getcpuclockid", "clock_settime", "clock_settime_ns"},
    "builtins": {"input", "breakpoint", "exec", "eval", "open", "__import__", "exit", "quit", "print", "help"},
    "_io": {"open", "open_code", "FileIO", "_WindowsConsoleIO"},
    "faulthandler": {"_sigsegv", "_sigabrt", "_sigfpe", "_stack_overflow", "_read_null", "_fatal_error", "_fatal_error_c_thread",
                     "dump_traceback_later", "enable", "register", "dump_c_stack", "dump_traceback", "disable", "unregister"},
    "_thread": {"exit", "exit_thread", "interrupt_main", "start_new_thread", "start_new", "start_joinable_thread", "allocate_lock", "allocate",
                "lock", "LockType", "_shutdown", "_make_thread_handle", "daemon_threads_allowed", "stack_size", "RLock", "_set_sentinel"},
    "sys": {"exit", "settrace", "setprofile", "_settraceallthreads", "_setprofileallthreads", "call_tracing", "setrecursionlimit", "setswitchinterval",
            "setdlopenflags", "unraisablehook", "excepthook", "displayhook", "breakpointhook", "addaudithook", "_clear_internal_caches", "_clear_type_cache",
            "activate_stack_trampoline", "set_asyncgen_hooks", "_setprofileallthreads", "remote_exec", "set_int_max_str_digits", "stdin", "_stdin"},
    "gc": {"set_threshold", "set_debug", "disable", "freeze"},
    "select": {"select", "poll", "epoll"},
    "atexit": {"register", "_run_exitfuncs", "unregister", "_clear"},
    "resource": {"setrlimit", "prlimit"},
    "_imp": {"create_dynamic", "exec_dynamic", "acquire_lock", "release_lock", "create_builtin", "exec_builtin", "init_frozen", "lock_held",
             "_override_multi_interp_extensions_check", "_override_frozen_modules_for_tests"},
    "_posixsubprocess": {"fork_exec"},
    "fcntl": {"fcntl", "ioctl", "flock", "lockf"},
    "termios": {"tcsetattr", "tcflow", "tcflush", "tcsendbreak", "tcdrain", "tcsetwinsize"},
    "syslog": {"syslog", "openlog"},
    "marshal": set(),
    "_socket": {"close", "socket", "socketpair", "sethostname", "getaddrinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr", "getnameinfo", "fromfd"},
    "_ophion": None,
    "_multiprocessing": {"SemLock", "sem_unlink"},
    "_posixshmem": None,
    "_queue": {"SimpleQueue"},
}
# Methods of any type that wait for ever or drop what the harness itself stands on.
FORBIDDEN_METHODS = {"acquire", "acquire_lock", "__enter__", "join", "wait", "__subclasses__", "_acquire_restore", "__del__", "f_builtins", "f_globals", "__builtins__",
                     "__globals__"}


def say(text):
    os.pwrite(log, text.encode("utf-8", "backslashreplace")[:900].ljust(1000) + b"\n", 0)


class Odd(Exception):
    pass


POOL = []


def meddle():
    """What re-entrant code does behind a caller's back: empty or refill some of the containers that are in play."""
    for value in rng.sample(POOL, min(3, len(POOL))):
        try:
            kind = type(value)
            if kind is list:
                value.clear() if rng.random() < 0.5 else value.extend([0] * 5)
            elif kind is dict:
                value.clear() if rng.random() < 0.5 else value.update({i: i for i in range(9)})
            elif kind is set:
                value.clear() if rng.random() < 0.5 else value.update(range(9))
            elif kind is bytearray:
                value.clear() if rng.random() < 0.5 else value.extend(b"x" * 40)
            elif kind is memoryview:
                value.release()
        except Exception:
            pass
    if rng.random() < 0.05:
        gc.collect(0)


class Reentrant:
    """Answers every protocol, meddling first."""

    def _act(self, good):
        meddle()
        r = rng.random()
        if r < 0.15:
            raise Odd("on purpose")
        if r < 0.3:
            return odd(0)
        return good

    def __eq__(self, other):
        return self._act(rng.random() < 0.5)

    def __lt__(self, other):
        return self._act(rng.random() < 0.5)

    __gt__ = __le__ = __ge__ = __ne__ = __contains__ = __lt__

    def __hash__(self):
        return self._act(rng.choice((1, 1, 2, -1, 2**70)))

    def __index__(self):
        return self._act(rng.choice((0, 1, -1, 5, 2**63, 2**31)))

    __int__ = __len__ = __length_hint__ = __index__

    def __float__(self):
        return self._act(1.5)

    def __complex__(self):
        return self._act(1j)

    def __bool__(self):
        return self._act(True)

    def __iter__(self):
        return self._act(iter([1, self, "x"]))

    def __next__(self):
        if rng.random() < 0.4:
            raise StopIteration
        return self._act(self)

    def __getitem__(self, key):
        if rng.random() < 0.4:
            raise IndexError
        return self._act(key)

    def __setitem__(self, key, value):
        self._act(None)

    def __delitem__(self, key):
        self._act(None)

    def __call__(self, *args, **kwargs):
        return self._act(args[0] if args else None)

    def __repr__(self):
        return self._act("<odd>")

    __str__ = __format__ = __repr__

    def __add__(self, other):
        return self._act(other)

    __radd__ = __mul__ = __rmul__ = __sub__ = __rsub__ = __truediv__ = __pow__ = __rpow__ = __mod__ = __and__ = __or__ = __add__

    def __bytes__(self):
        return self._act(b"odd")

    def __fspath__(self):
        return self._act("nowhere")

    def __buffer__(self, flags):
        return self._act(memoryview(bytearray(b"0123456789")))

    def __instancecheck__(self, other):
        return self._act(True)

    def __get__(self, obj, kind=None):
        return self._act(self)

    def __getattr__(self, name):
        if rng.random() < 0.5:
            raise AttributeError(name)
        return self._act(self)

    def __enter__(self):
        return self._act(self)

    def __exit__(self, *args):
        return self._act(False)

    def __reduce_ex__(self, protocol):
        return self._act("odd")

    def __del__(self):
        meddle()

    def read(self, *args):
        return self._act(b"data")

    readline = read

    def readinto(self, buffer):
        return self._act(3)

    def write(self, data):
        return self._act(4)


class Dying:
    """Hands itself out again while it dies."""

    def __del__(self):
        POOL.append(self)
        meddle()


class Key(Reentrant):
    __hash__ = object.__hash__


class IntSub(int):
    __eq__ = Reentrant.__eq__
    _act = Reentrant._act
    __hash__ = int.__hash__


class StrSub(str):
    __eq__ = Reentrant.__eq__
    _act = Reentrant._act
    __hash__ = Reentrant.__hash__


class ListSub(list):
    __len__ = Reentrant.__len__
    _act = Reentrant._act


class DictSub(dict):
    def __missing__(self, key):
        return Reentrant._act(self, key)


class TupleSub(tuple):
    __iter__ = Reentrant.__iter__
    _act = Reentrant._act


class Meta(type):
    __eq__ = Reentrant.__eq__
    _act = Reentrant._act
    __hash__ = type.__hash__
    __instancecheck__ = __subclasscheck__ = Reentrant.__instancecheck__


class OfMeta(metaclass=Meta):
    pass


class Slotted:
    __slots__ = ("a", "b", "__weakref__")


def generator():
    received = yield 1
    try:
        yield received
    finally:
        meddle()
        yield 3


async def coroutine():
    return 1


async def async_generator():
    yield 1


def function(a, /, b=1, *args, c=2, **kwargs):
    x = (a, b)
    return lambda: x


def frame():
    return sys._getframe()


def an_error():
    try:
        raise ExceptionGroup("g", [ValueError(1), Odd()])
    except ExceptionGroup as e:
        return e


def recursive_list():
    x = [1]
    x.append(x)
    return x


def recursive_dict():
    x = {}
    x[1] = x
    return x


def deep(n=200_000):
    x = []
    for _ in range(n):
        x = [x]
    return x


def deep_tuple():
    x = ()
    for _ in range(200_000):
        x = (x,)
    return x


def deep_iterator():
    x = iter([1])
    for _ in range(20_000):
        x = map(abs, x)
    return x


MAKERS = [
    lambda: None, lambda: True, lambda: 0, lambda: 1, lambda: -1, lambda: 3, lambda: 255, lambda: 256, lambda: 2**31 - 1, lambda: -2**31, lambda: 2**32, lambda: 2**63 - 1,
    lambda: -2**63, lambda: 2**63, lambda: 2**64, lambda: 10**30, lambda: -10**40, lambda: rng.randrange(-300, 300), lambda: 1 << 5000,
    lambda: 0.0, lambda: -0.0, lambda: 1.5, lambda: float("nan"), lambda: float("inf"), lambda: -1e308, lambda: 1e-320, lambda: 2j, lambda: complex("nanj"),
    lambda: "", lambda: "a", lambda: "abc def", lambda: "\0", lambda: "\ud800", lambda: "\U0001f600é", lambda: "x" * 5000, lambda: "0x1f", lambda: "%s %d %(a)s", lambda: "{} {0.a[b]!r:>{1}}",
    lambda: "utf-8", lambda: "rot13", lambda: "strict", lambda: "surrogateescape", lambda: "I", lambda: "i8", lambda: "os", lambda: "__class__", lambda: ".", lambda: "1e5", lambda: ">10.3f",
    lambda: b"", lambda: b"abc", lambda: b"\xff\0\x80" * 30, lambda: bytearray(b"0123456789"), lambda: bytearray(), lambda: memoryview(bytearray(b"0123456789abcdef")),
    lambda: memoryview(b"0123456789abcdef").cast("I"), lambda: memoryview(b"abcdef")[::-2],
    lambda: (), lambda: (1, 2), lambda: (None, "x", 3.5), lambda: tuple(range(300)), lambda: [], lambda: [3, 1, 2], lambda: ["a", "b"], lambda: list(range(200)), recursive_list,
    lambda: {}, lambda: {"a": 1, "b": 2}, lambda: {i: -i for i in range(50)}, recursive_dict, lambda: {Key(): 1, Key(): 2}, lambda: [Reentrant(), Key(), Reentrant()],
    lambda: set(), lambda: {1, 2, 3}, lambda: frozenset((1, "a")), lambda: {Key(), Key()}, lambda: range(10), lambda: range(0, 2**70, 2**60), lambda: slice(1, None, -1),
    lambda: slice(Reentrant(), 2**70, None), lambda: Ellipsis, lambda: NotImplemented, lambda: object(), lambda: int, lambda: str, lambda: list, lambda: type, lambda: object, lambda: dict,
    lambda: OfMeta, lambda: OfMeta(), Reentrant, Reentrant, Reentrant, Reentrant, Key, Dying, lambda: IntSub(5), lambda: StrSub("abc"), lambda: ListSub([1, 2, 3]), lambda: DictSub(a=1), lambda: TupleSub((1, 2)),
    Slotted, generator, coroutine, async_generator, lambda: function, lambda: len, lambda: [].append, lambda: Reentrant()._act, lambda: "x".join, lambda: function.__code__, frame, an_error,
    lambda: an_error().__traceback__, lambda: ValueError(Reentrant()), lambda: KeyError, lambda: StopIteration(3), lambda: OSError(2, "x", "f"), lambda: UnicodeDecodeError("utf-8", b"abc", 0, 9, "r"),
    lambda: iter([1, 2]), lambda: iter({1: 2}), lambda: iter("ab"), lambda: iter(Reentrant, 5), lambda: zip([1], "a"), lambda: map(Reentrant(), [1, 2]), lambda: filter(None, [1]),
    lambda: enumerate("abc"), lambda: reversed([1, 2]), lambda: {1: 2}.keys(), lambda: {1: 2}.items(), lambda: {1: 2}.values(), lambda: types.MappingProxyType({1: 2}),
    lambda: types.SimpleNamespace(a=1), lambda: types.CellType(1), lambda: types.CellType(), lambda: types.ModuleType("m"), lambda: sys, lambda: property(len), lambda: classmethod(len), lambda: staticmethod(len),
    lambda: super(OfMeta, OfMeta()), lambda: weakref.ref(Slotted()), lambda: weakref.proxy(POOL[0]) if POOL and hasattr(type(POOL[0]), "__weakref__") else 0, lambda: list[int], lambda: int | str, lambda: t"a{1!r:x}b",
    lambda: io.BytesIO(b"abc\ndef"), lambda: io.StringIO("abc\ndef"), lambda: io.BufferedReader(io.BytesIO(b"x" * 100)), lambda: io.TextIOWrapper(io.BytesIO(b"a\r\nb")), closed_file := (lambda: (f := io.BytesIO(), f.close())[0]),
    deep, deep_tuple, deep_iterator, lambda: object.__new__, lambda: function.__get__, lambda: type("Fresh", (Reentrant,), {"__slots__": ()}),
]


def odd(depth=1):
    """One odd value: a fresh one, one seen before, or a container of such."""
    r = rng.random()
    if POOL and r < 0.25:
        return rng.choice(POOL)
    if depth and r < 0.33:
        kind = rng.randrange(5)
        items = [odd(depth - 1) for _ in range(rng.randrange(4))]
        if kind == 0:
            value = items
        elif kind == 1:
            value = tuple(items)
        elif kind == 2:
            value = {}
            for i in items:
                try:
                    value[i] = odd(0)
                except Exception:
                    pass
        elif kind == 3:
            value = iter(items)
        else:
            value = set()
            for i in items:
                try:
                    value.add(i)
                except Exception:
                    pass
    else:
        value = rng.choice(MAKERS)()
    POOL.append(value)
    if len(POOL) > 60:
        del POOL[: rng.randrange(1, 50)]
    return value


def name_of(f):
    try:
        return f"{getattr(f, '__module__', None)}.{getattr(f, '__qualname__', None) or type(f).__name__}"
    except Exception:
        return object.__repr__(f)


def describe(value):
    try:
        if type(value) in (int, str, bytes, float, bool, type(None)):
            text = repr(value)
            return text if len(text) < 60 else text[:50] + f"…({len(text)})"
        if isinstance(value, type):
            return name_of(value)
        return f"<{type(value).__name__}>"
    except Exception:
        return "<?>"


def targets():
    """(label, callable, type for self or None) of everything callable that can be reached from the builtin modules."""
    found, types_ = [], {}
    names = [n for n in sys.builtin_module_names if FORBIDDEN.get(n, ()) is not None]
    for name in sorted(names):
        try:
            module = __import__(name)
        except ImportError:
            continue
        banned = FORBIDDEN.get(name, set())
        for attribute, value in sorted(vars(module).items()):
            if attribute in banned or attribute.startswith("__"):
                continue
            if isinstance(value, type):
                types_[value] = f"{name}.{attribute}"
            elif callable(value):
                found.append((f"{name}.{attribute}", value, None))
    queue = [object, *object.__subclasses__()]
    seen = set()
    while queue:
        kind = queue.pop()
        if kind in seen:
            continue
        seen.add(kind)
        try:
            queue.extend(type.__subclasses__(kind))
        except Exception:
            pass
        if not (kind.__flags__ >> 9) & 1 or kind.__module__ in ("builtins", "types"):
            types_.setdefault(kind, f"{kind.__module__}.{kind.__qualname__}")
    for kind, label in types_.items():
        module = kind.__module__
        banned = FORBIDDEN.get(module, set())
        if banned is None or kind.__name__ in banned or module == "__main__" or (kind.__flags__ >> 9) & 1:
            continue
        if issubclass(kind, BaseException) and not issubclass(kind, Exception):
            continue
        found.append((label, kind, None))
        for attribute, value in sorted(vars(kind).items()):
            if attribute in FORBIDDEN_METHODS or attribute in banned:
                continue
            if isinstance(value, (classmethod, staticmethod)) or type(value).__name__ == "classmethod_descriptor":
                found.append((f"{label}.{attribute}", getattr(kind, attribute), None))
            elif callable(value):
                found.append((f"{label}.{attribute}", value, kind))
            elif hasattr(value, "__set__"):
                found.append((f"{label}.{attribute}.get", value.__get__, kind))
                found.append((f"{label}.{attribute}.set", value.__set__, kind))
    found.sort(key=lambda f: f[0])
    return found


def instance(kind):
    """An instance of `kind` if one can be had."""
    if kind is type or kind is object:
        return odd()
    same = [v for v in POOL if isinstance_(v, kind)]
    if same and rng.random() < 0.6:
        return rng.choice(same)
    for maker in rng.sample(MAKERS, 12):
        if maker in (deep, deep_tuple, deep_iterator):
            continue
        value = maker()
        if isinstance_(value, kind):
            return value
    for _ in range(3):
        try:
            value = kind(*[odd() for _ in range(rng.choice((0, 0, 1, 1, 2, 3)))])
            POOL.append(value)
            return value
        except Exception:
            pass
    if rng.random() < 0.5:
        try:
            return kind.__new__(kind)
        except Exception:
            pass
    return odd()


def isinstance_(value, kind):
    try:
        return issubclass(type(value), kind)
    except Exception:
        return False


OPERATIONS = [
    ("a + b", lambda a, b: a + b), ("a - b", lambda a, b: a - b), ("a * b", lambda a, b: a * b), ("a / b", lambda a, b: a / b), ("a // b", lambda a, b: a // b), ("a % b", lambda a, b: a % b),
    ("a ** b", lambda a, b: a ** b if not (isinstance(b, int) and abs(b) > 4000) else 0), ("a << b", lambda a, b: a << b), ("a >> b", lambda a, b: a >> b), ("a & b", lambda a, b: a & b), ("a | b", lambda a, b: a | b), ("a ^ b", lambda a, b: a ^ b),
    ("a @ b", lambda a, b: a @ b), ("a < b", lambda a, b: a < b), ("a == b", lambda a, b: a == b), ("a in b", lambda a, b: a in b), ("a[b]", lambda a, b: a[b]), ("a()", lambda a, b: a(b)),
    ("hash", lambda a, b: hash(a)), ("repr", lambda a, b: repr(a)), ("iter", lambda a, b: [x for x, _ in zip(a, range(50))]), ("unpack", lambda a, b: print(*a, file=io.StringIO()) if len(a) < 999 else 0),
    ("getattr", lambda a, b: getattr(a, b)), ("setattr", lambda a, b: setattr(a, b, a) if type(a).__name__ != "module" else 0), ("str", lambda a, b: str(a)), ("format", lambda a, b: format(a, b)), ("fstring", lambda a, b: f"{a!r:>{b}}"),
    ("bytes", lambda a, b: bytes(a)), ("del", lambda a, b: a.__delitem__(b)), ("isinstance", lambda a, b: isinstance(a, b)), ("await", lambda a, b: a.send(b)), ("raise", lambda a, b: raise_(a, b)),
    ("a += b", lambda a, b: inplace(a, b)), ("with", lambda a, b: with_(a)), ("class", lambda a, b: type("C", (a,), {"x": b})), ("%", lambda a, b: "%s %r %d" % a), ("a[b] = a", lambda a, b: a.__setitem__(b, a)),
    ("dir", lambda a, b: dir(a)), ("match", lambda a, b: match_(a)), ("copy", lambda a, b: a.__reduce_ex__(4)),
    ("class of", lambda a, b: setattr(a, "__class__", type(b))), ("dict of", lambda a, b: setattr(a, "__dict__", b)), ("bases of", lambda a, b: bases_(a, b)),
    ("sort", lambda a, b: a.sort(key=b)), ("sorted", lambda a, b: sorted(a, key=Reentrant() if rng.random() < 0.5 else None)), ("weakref", lambda a, b: POOL.append(weakref.ref(a, lambda r: meddle()))),
    ("throw", lambda a, b: a.throw(b)), ("close", lambda a, b: a.close()), ("locals of a frame", lambda a, b: frame_(a, b)), ("slice", lambda a, b: a[slice(b, odd(0), odd(0))]), ("slice =", lambda a, b: a.__setitem__(slice(b, odd(0), odd(0)), odd(0))),
    ("pickle", lambda a, b: pickle.loads(pickle.dumps(a, rng.randrange(6)))), ("deepcopy", lambda a, b: copy.deepcopy(a)), ("json", lambda a, b: json.loads(json.dumps(a, default=lambda o: b, skipkeys=True, indent=rng.choice((None, 1, "x"))))),
    ("regex", lambda a, b: regex_(a, b)), ("sequence protocol", lambda a, b: (sum(a), min(a), max(a, key=b))), ("compare all", lambda a, b: (a < b, a <= b, a == b, a != b, a > b, a >= b)), ("memoryview", lambda a, b: views_(a, b)),
    ("lookup", lambda a, b: lookup_(a, b)), ("descriptor", lambda a, b: descriptor_(a, b)), ("call", lambda a, b: a(*b)), ("call keywords", lambda a, b: a(**b)), ("call both", lambda a, b: a(b, *b, x=b, **{"y": a})), ("iterate", lambda a, b: iterate_(a, b)), ("dict", lambda a, b: dict_(a, b)),
    ("set", lambda a, b: set_(a, b)), ("trace", lambda a, b: trace_(a, b)), ("subclass", lambda a, b: subclass_(type(a), b)), ("attributes", lambda a, b: attributes_(a, b)), ("numbers", lambda a, b: (divmod(a, b), round(a, b), pow(a, b, 7) if isinstance(b, int) else 0, int(a), float(a))),
] + [("statements", lambda a, b: statements(a, b))] * 8


# What programs are made of, with the odd values as `a`, `b` and `c`. Each runs often enough to be specialised, with values that change.
STATEMENTS = [
    "x = a + b; x += a; x -= b; x *= a", "x = a[b]; a[b] = c; del a[b]", "x = a.name; a.name = b; del a.name", "for x in a: y = x\nelse: y = b", "x, y = a; x, *y = b; [x, (y, *z)] = c", "x = [y for y in a if y]; x = {y: b for y in a}; x = {*a, *b}",
    "x = {**a, **b}; x = [*a, *b]; x = (*a,)", "a(b, c); a(*b, **c); a(x=b)", "a.append(b); a.extend(c); a.pop()", "x = a.method(b); x = a.clear()", "x = f'{a}{b!r:>{c}}{a:x}'", "x = t'{a}{b!r:>{c}}'", "if a: x = 1\nelif b: x = 2\nwhile c: break",
    "try:\n raise a\nexcept b: x = 1\nfinally: x = 2", "try:\n raise a from b\nexcept* c as e: x = e", "with a as x, b as y: x = c", "assert a, b", "class C(a, metaclass=b): x = c", "class C(a): __slots__ = b", "@a\n@b\ndef f(): pass", "def f(x=a, *, y=b): return x, y\nf(c); f(y=c)",
    "def g():\n x = yield a\n yield from b\n return c\nx = [*g()]", "x = lambda: (a, b); a = c; x()", "match a:\n case [x, *y]: z = x\n case {'k': x, **y}: z = y\n case b(): z = 1\n case int(x) | str(x): z = x\n case _: z = c", "match a:\n case C(x, y=z): pass",
    "global gx\ngx = a\ndel gx", "x = a < b < c; x = a is b; x = a in b; x = not a", "x = a if b else c; x = a and b or c", "x = -a; x = ~b; x = +c", "x = a ** b if type(b) is not int else 0; x = a // b; x = a @ b; x = a % b", "del a, b", "import sys as x; from sys import maxsize as y", "from a import b",
    "async def f():\n async for x in a: pass\n async with b as y: pass\n return [z async for z in c]\nf().send(None)", "async def f():\n return await a\ntry: f().send(b)\nexcept StopIteration as e: x = e.value", "async def f():\n yield a\nx = f().asend(b).send(c)", "x = super(a, b).name", "type X[T: a = b] = c\nX.__value__; X.__type_params__[0].__bound__",
    "def f[T: a](x: b) -> c: pass\nf.__annotations__", "x = a[b:c]; a[b:c] = c; del a[b:c]", "print(a, b, sep=c)", "isinstance(a, b); issubclass(a, b); len(a); hash(b); iter(c)", "x = a()()()", "x = [a] * 3; x[b] = c", "for x in a:\n for y in b:\n  if y: continue\n  break", "return_ = locals(); return_.update(x=a)",
    "x = str(a); x = str(b, 'utf-8'); x = type(c); x = tuple(a); x = list(b)", "a.x = a.y = b; a.x.y.z", "x = a == b == c; x = a != b", "for i, x in enumerate(a): pass\nfor x, y in zip(a, b): pass", "x = min(a, b, key=c); x = sorted(a)", "def f():\n try: return a\n finally: b.name\nf()", "x = 'a'.join(a); x = b'a'.join(b); x = 'a' + a",
]


def statements(a, b):
    """One of the programs, several times over."""
    text = rng.choice(STATEMENTS)
    if rng.random() < 0.6:
        body = "\n".join("  " + line for line in text.split("\n"))
        text = f"def function_(a, b, c):\n for _ in (1, 2):\n{body}\nfunction_(a, b, c)"
    code = compile(text, "<odd>", "exec")
    space = DictSub() if rng.random() < 0.2 else {}
    for _ in range(rng.choice((1, 3, 12, 40))):
        space.update(a=a, b=b, c=odd(0), int=int, C=C_, __builtins__=BUILTINS_)
        try:
            exec(code, space if type(space) is dict else {"__builtins__": BUILTINS_}, space)
        except (Exception, RecursionError, GeneratorExit):
            pass
        if rng.random() < 0.4:
            a, b = b, odd(0)


# A copy: the programs may do to it what they like.
BUILTINS_ = dict(vars(builtins))


class C_:
    __match_args__ = ("x",)
    x = 1

    @property
    def y(self):
        meddle()
        return 2


def bases_(a, b):
    class One:
        pass

    class Two(One):
        x = 1

    made = Two()
    Two.__bases__ = (type(a),) if rng.random() < 0.5 else (One, type(b))
    made.x, made.y


def frame_(a, b):
    f = next(generator_of(a, b)) if rng.random() < 0.5 else sys._getframe()
    f.f_locals["a"] = b
    f.f_locals["new"] = a
    f.f_trace = None
    f.f_lineno = b
    f.clear()


def generator_of(a, b):
    yield sys._getframe()
    yield a


def regex_(a, b):
    pattern = a if isinstance(a, (str, bytes)) else rng.choice(("(a|b)*c", "(?P<x>.)(?P=x)", "(?:a{1,3}){2,5}", "[^a-z]+?$", r"\b\w+(?=x)", "(?i:É|ſ)", "((((a))))*", "(?<!a)b", "(a+)+$", "(?>a*)b", "a{2,1000000}"))
    p = re.compile(pattern, rng.choice((0, re.I, re.S | re.M, re.X, re.A)))
    text = b if isinstance(b, (str, bytes)) else "abcaabbcc ſé\ud800" * 3
    for m in p.finditer(text):
        m.group(odd(0)), m.expand(odd(0))
    p.sub(odd(0), text), p.split(text, odd(0)), p.scanner(text, odd(0)).search()


def views_(a, b):
    v = memoryview(a)
    w = v[slice(odd(0), odd(0), rng.choice((None, 1, -1, 2)))]
    v.cast(rng.choice("bBhHiIlLqQfdc?"))[odd(0)] = b
    w[odd(0)] = b
    a.extend(w)
    w.release()
    hash(v), v.tolist(), v == w


def lookup_(a, b):
    """A class that changes while one of its attributes is looked up."""

    class Changes:
        def __getattr__(self, name):
            if name in vars(Changes):
                delattr(Changes, name)
            setattr(Changes, "x", a)
            Changes.__bases__ = (Base_,)
            return b

        def __eq__(self, other):
            Changes.__hash__ = lambda self: 1
            del Changes.__eq__
            return a

    class Base_:
        x = property(lambda self: b)

    one = Changes()
    for _ in range(5):
        one.x, one.y, one == one, {one: 1}


def descriptor_(a, b):
    class Holder:
        pass

    for name in ("__get__", "__set__", "__delete__", "__set_name__", "__len__", "__iter__", "__next__", "__call__", "__hash__", "__eq__", "__getattribute__", "__new__", "__init__", "__index__", "__buffer__", "__del__", "__await__", "__class_getitem__", "__match_args__", "__slots__", "__dict__", "__doc__", "__module__", "__qualname__"):
        if rng.random() < 0.2:
            try:
                setattr(Holder, name, rng.choice((a, b, None)))
            except Exception:
                pass
    one = Holder()
    str(one), repr(Holder), hash(one), one == one, len(one), [*one], one(), one[b], Holder[a], one.x


def iterate_(a, b):
    it = iter(a)
    for _ in range(6):
        try:
            next(it)
        except StopIteration:
            break
        meddle()
        if rng.random() < 0.3:
            it.__setstate__(b) if hasattr(it, "__setstate__") else it.__reduce__()
        if rng.random() < 0.3:
            it.__length_hint__()
    copy.copy(it)


def dict_(a, b):
    d = {Key(): a, Reentrant(): b, "x": a, 1: b}
    for key in d:
        d.pop(key, None) if rng.random() < 0.3 else d.setdefault(b, a)
    d[a] = d
    d |= {b: a}
    d.update(a)
    d == {a: b}, d.keys() & b, d.items() ^ a
    d.popitem(), d.pop(a), dict.fromkeys(a, b)


def set_(a, b):
    s = {Key(), Reentrant(), 1}
    s.update(a)
    s &= b
    s ^ set(a), s - frozenset(b), s <= set(b), s.symmetric_difference_update(a)
    s.discard(a), s.remove(b), s.pop()


def trace_(a, b):
    """Calls under a trace or profile function that misbehaves."""

    def trace(frame, event, argument):
        meddle()
        if rng.random() < 0.1:
            raise Odd
        return rng.choice((trace, trace, None, a))

    install = rng.choice((sys.settrace, sys.setprofile))
    install(trace)
    try:
        statements(a, b)
        [*generator()]
    finally:
        install(None)


def subclass_(kind, b):
    """An instance of a subclass that answers everything itself."""
    names = {name: value for name, value in vars(Reentrant).items() if name.startswith("__") and name not in ("__dict__", "__weakref__", "__doc__", "__module__") and rng.random() < 0.3}
    made = type("Sub", (kind,), {**names, "_act": Reentrant._act})
    one = made(b) if rng.random() < 0.7 else made()
    POOL.append(one)
    for label, f in rng.sample(OPERATIONS[:40], 4):
        try:
            f(one, b)
        except Exception:
            pass


def attributes_(a, b):
    """Every attribute of an object, read, set and deleted."""
    for name in rng.sample(dir(type(a)), min(12, len(dir(type(a))))):
        if name in FORBIDDEN_METHODS or a is sys or isinstance(a, (type, types.ModuleType)):
            continue
        try:
            value = getattr(a, name)
            if rng.random() < 0.3:
                setattr(a, name, b)
            elif rng.random() < 0.1:
                delattr(a, name)
            elif callable(value) and rng.random() < 0.2 and type(a) not in (types.FunctionType, types.BuiltinFunctionType):
                value(b)
        except Exception:
            pass


def raise_(a, b):
    raise a from b


def inplace(a, b):
    a += b
    a |= b


def with_(a):
    with a:
        meddle()


def match_(a):
    match a:
        case [x, *_]:
            return x
        case {"a": x, **rest}:
            return rest
        case int(x) | str(x):
            return x


def one(all_targets):
    if rng.random() < 0.35:
        label, f = rng.choice(OPERATIONS)
        args, kwargs = [odd(), odd()], {}
    else:
        label, f, kind = rng.choice(all_targets)
        args = [odd() for _ in range(rng.choice((0, 0, 1, 1, 1, 2, 2, 3, 4, 6)))]
        if kind is not None:
            args.insert(0, instance(kind))
        kwargs = {}
        if rng.random() < 0.1:
            kwargs = {rng.choice(("key", "default", "x", "encoding", "errors", "sep", "maxsplit", "start", "byteorder", "signed", "name", "self")): odd()}
    say(f"{label}({', '.join(map(describe, args))}{', **' + ', '.join(kwargs) if kwargs else ''})")
    try:
        result = f(*args, **kwargs)
        if rng.random() < 0.3:
            POOL.append(result)
            if rng.random() < 0.3 and hasattr(type(result), "__next__"):
                for _ in range(5):
                    next(result)
            if rng.random() < 0.2 and not isinstance(result, (list, tuple)):
                repr(result)
    except (Exception, RecursionError, MemoryError, GeneratorExit):
        pass


def too_long(number, frame):
    raise Odd("too long")


signal.signal(signal.SIGALRM, too_long)
sys.stdout = sys.stderr = io.StringIO()
def escaped(kind, value, traceback):
    os.write(errors, f"the harness failed: {kind.__name__} {value!r:.200}\n".encode("utf-8", "replace"))
    while traceback:
        os.write(errors, b"line %d\n" % traceback.tb_lineno)
        traceback = traceback.tb_next


sys.excepthook = escaped
sys.unraisablehook = lambda *args: None
all_targets = targets()
say(f"{len(all_targets)} targets")
for count in range(calls):
    try:
        signal.setitimer(signal.ITIMER_REAL, 2)
        one(all_targets)
        if sys.stdout.closed or sys.stdout.tell() > 1 << 16:
            sys.stdout = sys.stderr = io.StringIO()
    except BaseException:
        # Out of memory or out of time in the harness itself, or what a callee raised that is no `Exception`.
        POOL.clear()
signal.setitimer(signal.ITIMER_REAL, 0)
say("collect")
POOL.clear()
gc.collect()
say("done")
