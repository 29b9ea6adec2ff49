//! The texts of `--help`.

/// Printed after an error in the command line.
pub fn short(program: &str) -> String {
    format!(
        "usage: {program} [option] ... [-c cmd | -m mod | file | -] [arg] ...\nTry `python -h' for more information.\n"
    )
}

/// `--help`.
pub fn full(program: &str) -> String {
    format!("usage: {program} [option] ... [-c cmd | -m mod | file | -] [arg] ...\n{OPTIONS}")
}

/// `--help-env`.
pub fn env() -> &'static str {
    ENVIRONMENT
}

/// `--help-xoptions`.
pub fn xoptions() -> &'static str {
    XOPTIONS
}

/// `--help-all`.
pub fn all(program: &str) -> String {
    format!("{}\n{}\n{}", full(program), ENVIRONMENT, XOPTIONS)
}

const OPTIONS: &str = "\
Options (and corresponding environment variables):
-b     : warn about bytes compared or converted with str or int; -bb: error
-B     : write no .pyc files; PYTHONDONTWRITEBYTECODE=x
-c cmd : run the command; ends the option list
-d     : parser debugging; PYTHONDEBUG=x
-E     : ignore PYTHON* environment variables
-h     : print this help and exit (also -? or --help)
-i     : prompt after running; PYTHONINSPECT=x
-I     : isolate from the user's environment (implies -E, -P and -s)
-m mod : run a module as a script; ends the option list
-O     : drop asserts; PYTHONOPTIMIZE=x
-OO    : drop docstrings too
-P     : do not put an unsafe folder first in sys.path; PYTHONSAFEPATH
-q     : no version and copyright at the prompt
-s     : do not add the user's site folder; PYTHONNOUSERSITE=x
-S     : do not import site
-u     : unbuffered stdout and stderr; PYTHONUNBUFFERED=x
-v     : report imports (may be repeated); PYTHONVERBOSE=x
-V     : print the version and exit (also --version); -VV: with build details
-W arg : control of warnings; action:message:category:module:lineno; PYTHONWARNINGS=arg
-x     : skip the first line of the source
-X opt : implementation option; see --help-xoptions
--check-hash-based-pycs always|default|never: how hash-based .pyc files are checked
--help-env: print the environment variables and exit
--help-xoptions: print the -X options and exit
--help-all: print everything and exit

Arguments:
file   : program read from a file
-      : program read from standard input (default; the prompt on a terminal)
arg ...: handed to the program in sys.argv[1:]
";

const ENVIRONMENT: &str = "\
Environment variables that change behavior:
PYTHONASYNCIODEBUG, PYTHON_BASIC_REPL, PYTHONBREAKPOINT, PYTHON_COLORS,
PYTHON_CPU_COUNT, PYTHONDEBUG, PYTHONDEVMODE, PYTHONDONTWRITEBYTECODE,
PYTHONFAULTHANDLER, PYTHONHASHSEED, PYTHON_HISTORY, PYTHONHOME, PYTHONINSPECT,
PYTHONINTMAXSTRDIGITS, PYTHONIOENCODING, PYTHONMALLOC, PYTHONNODEBUGRANGES,
PYTHONNOUSERSITE, PYTHONOPTIMIZE, PYTHONPATH, PYTHONPLATLIBDIR,
PYTHONPYCACHEPREFIX, PYTHONSAFEPATH, PYTHONSTARTUP, PYTHONUNBUFFERED,
PYTHONUSERBASE, PYTHONUTF8, PYTHONVERBOSE, PYTHONWARNDEFAULTENCODING,
PYTHONWARNINGS
";

const XOPTIONS: &str = "\
Implementation options:
-X context_aware_warnings=[0|1], -X cpu_count=N, -X dev, -X faulthandler,
-X importtime, -X int_max_str_digits=N, -X no_debug_ranges, -X opstats,
-X pycache_prefix=PATH, -X showrefcount, -X thread_inherit_context=[0|1],
-X tracemalloc=N, -X utf8[=0|1], -X warn_default_encoding
";
