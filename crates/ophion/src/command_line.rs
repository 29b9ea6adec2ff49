//! The command line and the `PYTHON*` environment variables.

use crate::{paths, usage};
use runtime::state::Config;
use std::os::unix::ffi::OsStringExt;

/// What the command line asks for.
pub enum Parsed {
    Run(Box<Config>),
    /// Print to standard output and succeed.
    Print(String),
    /// Print to standard error and end with this status.
    Fail(String, i32),
}

/// The arguments after option parsing stops: what is run and what its `sys.argv` is.
struct Scanner<'a> {
    args: &'a [Vec<u8>],
    at: usize,
    /// Rest of a cluster of short options.
    cluster: &'a [u8],
}

impl<'a> Scanner<'a> {
    /// The argument of an option: the rest of the word, or the next word.
    fn value(&mut self) -> Option<&'a [u8]> {
        if !self.cluster.is_empty() {
            return Some(std::mem::take(&mut self.cluster));
        }
        let v = self.args.get(self.at)?;
        self.at += 1;
        Some(v)
    }
}

fn lossy(b: &[u8]) -> String {
    String::from_utf8_lossy(b).into_owned()
}

fn env_bytes(c: &Config, name: &str) -> Option<Vec<u8>> {
    if c.ignore_environment {
        return None;
    }
    std::env::var_os(name).map(OsStringExt::into_vec).filter(|v| !v.is_empty())
}

fn env_text(c: &Config, name: &str) -> Option<String> {
    env_bytes(c, name).map(|v| lossy(&v))
}

/// A flag variable: a number counts as that level, anything else as 1.
fn env_level(c: &Config, name: &str) -> i32 {
    match env_text(c, name) {
        None => 0,
        Some(v) => v.parse::<i32>().ok().filter(|n| *n >= 0).unwrap_or(1),
    }
}

fn xoption<'a>(c: &'a Config, name: &str) -> Option<Option<&'a str>> {
    c.xoptions.iter().rev().find(|(k, _)| k == name).map(|(_, v)| v.as_deref())
}

/// Parses the arguments, program name first.
pub fn parse(args: &[Vec<u8>]) -> Parsed {
    let mut c = Config { orig_argv: args.to_vec(), ..Config::default() };
    let program = args.first().map(|a| lossy(a)).unwrap_or_else(|| "ophion".into());
    let mut s = Scanner { args, at: 1, cluster: &[] };
    let mut print_version = 0;
    let mut random_hashes = false;
    let mut command_warnings: Vec<String> = Vec::new();
    let fail = |text: String| Parsed::Fail(format!("{text}\n{}", usage::short(&program)), 2);
    loop {
        if s.cluster.is_empty() {
            let Some(word) = args.get(s.at) else { break };
            if word == b"-" || !word.starts_with(b"-") {
                break;
            }
            s.at += 1;
            if word == b"--" {
                break;
            }
            if let Some(long) = word.strip_prefix(b"--") {
                match long {
                    b"help" => return Parsed::Print(usage::full(&program)),
                    b"help-env" => return Parsed::Print(usage::env().into()),
                    b"help-xoptions" => return Parsed::Print(usage::xoptions().into()),
                    b"help-all" => return Parsed::Print(usage::all(&program)),
                    b"version" => {
                        print_version += 1;
                        continue;
                    }
                    b"check-hash-based-pycs" => {
                        let Some(v) = s.value() else {
                            return fail("Argument expected for the --check-hash-based-pycs option".into());
                        };
                        match v {
                            b"always" | b"never" | b"default" => c.check_hash_pycs_mode = lossy(v),
                            _ => {
                                return Parsed::Fail(
                                    "--check-hash-based-pycs must be one of 'default', 'always', or 'never'\n"
                                        .to_owned()
                                        + &usage::short(&program),
                                    2,
                                );
                            }
                        }
                        continue;
                    }
                    _ => return fail(format!("Unknown option: {}", lossy(word))),
                }
            }
            s.cluster = &word[1..];
        }
        let option = s.cluster[0];
        s.cluster = &s.cluster[1..];
        match option {
            b'b' => c.bytes_warning += 1,
            b'B' => c.dont_write_bytecode = true,
            b'c' => {
                let Some(v) = s.value() else { return fail("Argument expected for the -c option".into()) };
                let mut command = v.to_vec();
                command.push(b'\n');
                c.run_command = Some(command);
                c.argv = vec![b"-c".to_vec()];
                break;
            }
            b'm' => {
                let Some(v) = s.value() else { return fail("Argument expected for the -m option".into()) };
                c.run_module = Some(lossy(v));
                c.argv = vec![b"-m".to_vec()];
                break;
            }
            b'd' => c.debug += 1,
            b'E' => c.ignore_environment = true,
            b'h' | b'?' => return Parsed::Print(usage::full(&program)),
            b'i' => {
                c.inspect += 1;
                c.interactive += 1;
            }
            b'I' => {
                c.isolated = true;
                c.ignore_environment = true;
                c.no_user_site = true;
                c.safe_path = true;
            }
            b'O' => c.optimize += 1,
            b'P' => c.safe_path = true,
            b'q' => c.quiet = true,
            b's' => c.no_user_site = true,
            b'S' => c.no_site = true,
            b't' => {}
            b'u' => c.unbuffered = true,
            b'v' => c.verbose += 1,
            b'V' => print_version += 1,
            b'W' => {
                let Some(v) = s.value() else { return fail("Argument expected for the -W option".into()) };
                command_warnings.push(lossy(v));
            }
            b'x' => c.skip_source_first_line = true,
            b'X' => {
                let Some(v) = s.value() else { return fail("Argument expected for the -X option".into()) };
                let v = lossy(v);
                c.xoptions.push(match v.split_once('=') {
                    Some((k, v)) => (k.to_owned(), Some(v.to_owned())),
                    None => (v, None),
                });
            }
            b'R' => random_hashes = true,
            b'J' => return fail("-J is reserved for Jython".into()),
            other => return fail(format!("Unknown option: -{}", other as char)),
        }
    }
    if print_version > 0 {
        let text = if print_version > 1 { runtime::sys::VERSION } else { "3.14.10" };
        return Parsed::Print(format!("Python {text}\n"));
    }
    let rest = args.get(s.at..).unwrap_or(&[]);
    if c.run_command.is_none() && c.run_module.is_none() {
        match rest.split_first() {
            Some((script, more)) => {
                if script != b"-" {
                    c.run_filename = Some(script.clone());
                }
                c.argv = vec![script.clone()];
                c.argv.extend_from_slice(more);
            }
            None => c.argv = vec![Vec::new()],
        }
    } else {
        c.argv.extend_from_slice(rest);
    }
    if let Some(text) = environment(&mut c, command_warnings) {
        return Parsed::Fail(text, 1);
    }
    if random_hashes {
        c.hash_seed = None;
        c.hash_randomization = true;
    }
    let argv0 = args.first().cloned().unwrap_or_default();
    paths::calculate(&mut c, &argv0);
    Parsed::Run(Box::new(c))
}

/// Adds what the environment and the `-X` options say. Returns the text of a fatal error.
fn environment(c: &mut Config, command_warnings: Vec<String>) -> Option<String> {
    let fatal = |text: &str| {
        Some(format!(
            "Fatal Python error: {text}\nPython runtime state: preinitialized\n\nCurrent thread 0x0000000000000000 [python3] (most recent call first):\n  <no Python frame>\n"
        ))
    };
    c.debug = c.debug.max(env_level(c, "PYTHONDEBUG"));
    c.verbose = c.verbose.max(env_level(c, "PYTHONVERBOSE"));
    c.optimize = c.optimize.max(env_level(c, "PYTHONOPTIMIZE"));
    c.inspect = c.inspect.max(env_level(c, "PYTHONINSPECT"));
    c.dont_write_bytecode |= env_level(c, "PYTHONDONTWRITEBYTECODE") > 0;
    c.no_user_site |= env_level(c, "PYTHONNOUSERSITE") > 0;
    c.unbuffered |= env_level(c, "PYTHONUNBUFFERED") > 0;
    c.safe_path |= env_bytes(c, "PYTHONSAFEPATH").is_some();
    c.pythonpath = env_bytes(c, "PYTHONPATH");
    c.home = env_bytes(c, "PYTHONHOME");
    c.pycache_prefix = env_text(c, "PYTHONPYCACHEPREFIX");
    if let Some(v) = xoption(c, "pycache_prefix") {
        c.pycache_prefix = v.filter(|v| !v.is_empty()).map(str::to_owned);
    }
    match env_text(c, "PYTHONHASHSEED").as_deref() {
        None | Some("random") => {}
        Some(v) => match v.parse::<u32>() {
            Ok(n) => {
                c.hash_seed = Some(n);
                c.hash_randomization = n != 0;
            }
            Err(_) => {
                return fatal(
                    "config_init_hash_seed: PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]",
                );
            }
        },
    }
    c.dev_mode = xoption(c, "dev").is_some() || env_level(c, "PYTHONDEVMODE") > 0;
    let utf8 = xoption(c, "utf8").map(|v| v.unwrap_or("1").to_owned()).or_else(|| env_text(c, "PYTHONUTF8"));
    let plain_locale = crate::locale::init(env_text(c, "PYTHONCOERCECLOCALE").as_deref());
    match utf8.as_deref() {
        None => c.utf8_mode = plain_locale,
        Some("1") => c.utf8_mode = true,
        Some("0") => c.utf8_mode = false,
        Some(_) => return fatal("preconfig_init_utf8_mode: invalid -X utf8 option value"),
    }
    c.faulthandler =
        c.dev_mode || xoption(c, "faulthandler").is_some() || env_bytes(c, "PYTHONFAULTHANDLER").is_some();
    c.warn_default_encoding =
        xoption(c, "warn_default_encoding").is_some() || env_level(c, "PYTHONWARNDEFAULTENCODING") > 0;
    c.opstats = xoption(c, "opstats").is_some();
    c.show_ref_count = xoption(c, "showrefcount").is_some();
    c.code_debug_ranges =
        xoption(c, "no_debug_ranges").is_none() && env_bytes(c, "PYTHONNODEBUGRANGES").is_none();
    c.import_time = match xoption(c, "importtime") {
        Some(None | Some("" | "1" | "true")) => 1,
        Some(Some("2")) => 2,
        Some(Some(v)) if v.parse::<i64>().is_ok() => {
            return fatal(
                "config_init_import_time: -X importtime: values other than 1 and 2 are reserved for future use.",
            );
        }
        Some(Some(_)) => 1,
        None => match env_text(c, "PYTHONPROFILEIMPORTTIME").filter(|v| !v.is_empty()).as_deref() {
            None => 0,
            Some("2") => 2,
            Some("1") => 1,
            Some(v) if v.parse::<i64>().is_ok() => {
                return fatal(
                    "config_init_import_time: PYTHONPROFILEIMPORTTIME: numeric values other than 1 and 2 are reserved for future use.",
                );
            }
            Some(_) => 1,
        },
    };
    let digits = xoption(c, "int_max_str_digits")
        .map(|v| v.unwrap_or("").to_owned())
        .or_else(|| env_text(c, "PYTHONINTMAXSTRDIGITS"));
    if let Some(v) = digits {
        match v.parse::<i32>() {
            Ok(n) if n == 0 || n >= 640 => c.int_max_str_digits = n,
            _ => {
                return fatal(
                    "config_init_int_max_str_digits: -X int_max_str_digits: invalid limit; must be >= 640 or 0 for unlimited.",
                );
            }
        }
    }
    for (option, variable, set) in [
        ("thread_inherit_context", "PYTHON_THREAD_INHERIT_CONTEXT", 0),
        ("context_aware_warnings", "PYTHON_CONTEXT_AWARE_WARNINGS", 1),
    ] {
        let v = xoption(c, option).map(|v| v.unwrap_or("1").to_owned()).or_else(|| env_text(c, variable));
        let on = v.as_deref() == Some("1");
        if set == 0 {
            c.thread_inherit_context = on;
        } else {
            c.context_aware_warnings = on;
        }
    }
    c.cpu_count = xoption(c, "cpu_count")
        .and_then(|v| v.map(str::to_owned))
        .or_else(|| env_text(c, "PYTHON_CPU_COUNT"))
        .and_then(|v| v.parse().ok())
        .filter(|n| *n > 0);
    if let Some(v) = env_text(c, "PYTHONIOENCODING") {
        let (encoding, errors) = match v.split_once(':') {
            Some((e, r)) => (e, Some(r)),
            None => (v.as_str(), None),
        };
        c.stdio_encoding = Some(encoding).filter(|e| !e.is_empty()).map(str::to_owned);
        c.stdio_errors = errors.filter(|e| !e.is_empty()).map(str::to_owned);
        if c.stdio_encoding.is_some() && c.stdio_errors.is_none() {
            c.stdio_errors = Some("strict".into());
        }
    }
    // Later entries win: development mode, environment, command line, then -b.
    if c.dev_mode {
        c.warnoptions.push("default".into());
    }
    if let Some(v) = env_text(c, "PYTHONWARNINGS") {
        c.warnoptions.extend(v.split(',').map(str::to_owned));
    }
    c.warnoptions.extend(command_warnings);
    match c.bytes_warning {
        0 => {}
        1 => c.warnoptions.push("default::BytesWarning".into()),
        _ => c.warnoptions.push("error::BytesWarning".into()),
    }
    None
}
