//! Runs the fuzzers for a while and fails when a process dies of a signal or a panic, or contradicts itself.
//!
//! One test a target: `calls` (`tests/fuzz/calls.py`, odd calls of everything reachable) and `tokenizer`, `parser`, `compiler`, `marshal`
//! (`tests/fuzz/inputs.py`, odd input for the front end). So for ten minutes of one of them, with a seed of one's choice:
//!
//!     OPHION_FUZZ_SECONDS=600 OPHION_FUZZ_SEED=1 cargo test -p ophion --test fuzz compiler -- --nocapture
//!
//! `OPHION_FUZZ_SECONDS` says for how long each runs (5 by default; CI says more), `OPHION_FUZZ_SEED` with which seed to begin (the clock's by
//! default), `OPHION_FUZZ_JOBS` how many processes at a time (2). A finding prints its seed and the last call or input: `ophion tests/fuzz/calls.py
//! SEED COUNT LOG` or `ophion tests/fuzz/inputs.py TARGET SEED COUNT LOG` repeats it. A process that needs longer than its time is stopped and
//! is no finding: odd arguments may well ask for endless work.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const LONGEST: Duration = Duration::from_secs(40);

/// One target at a time, also where the harness runs tests side by side.
static TURN: Mutex<()> = Mutex::new(());

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// What is run: a script of `tests/fuzz`, its arguments before the seed, and how many calls or inputs a process makes.
#[derive(Clone, Copy)]
struct Target {
    script: &'static str,
    arguments: &'static [&'static str],
    count: u32,
}

struct Outcome {
    finding: Option<String>,
    finished: bool,
}

/// One process with one seed, in a folder of its own.
fn run(target: Target, seed: u64, folder: &Path) -> Outcome {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fuzz").join(target.script);
    let log = folder.join("log");
    let errors = fs::File::create(folder.join("errors")).expect("a file for messages");
    let mut child = Command::new(env!("CARGO_BIN_EXE_ophion"))
        .arg(script)
        .args(target.arguments)
        .args([seed.to_string(), target.count.to_string()])
        .arg(&log)
        .current_dir(folder)
        .env_remove("PYTHONPATH")
        .env("PYTHONHASHSEED", (seed % 4_000_000_000).to_string())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(errors)
        .spawn()
        .expect("ophion starts");
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("the process's state") {
            break status;
        }
        if start.elapsed() > LONGEST {
            child.kill().expect("the process can be stopped");
            child.wait().expect("the process ends");
            return Outcome { finding: None, finished: false };
        }
        thread::sleep(Duration::from_millis(20));
    };
    let messages = String::from_utf8_lossy(&fs::read(folder.join("errors")).unwrap_or_default()).into_owned();
    if status.success() {
        return Outcome { finding: None, finished: true };
    }
    let last = String::from_utf8_lossy(&fs::read(&log).unwrap_or_default()).trim().to_owned();
    let last: String = last.chars().take(4000).collect();
    let messages: Vec<&str> = messages.lines().take(12).collect();
    let finding = format!(
        "seed {seed}, signal {:?}, status {:?}: {last}\n{}",
        status.signal(),
        status.code(),
        messages.join("\n")
    );
    Outcome { finding: Some(finding), finished: false }
}

/// Runs a target with one seed after the other until the time is over.
fn fuzz(target: Target) {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let time = Duration::from_secs(setting("OPHION_FUZZ_SECONDS").unwrap_or(5));
    let clock = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
    let first = setting("OPHION_FUZZ_SEED").unwrap_or(clock * 1000);
    let jobs = setting("OPHION_FUZZ_JOBS").unwrap_or(2).max(1);
    let end = Instant::now() + time;
    let workers: Vec<_> = (0..jobs)
        .map(|w| {
            thread::spawn(move || {
                let name = target.arguments.first().unwrap_or(&"calls");
                let folder: PathBuf =
                    std::env::temp_dir().join(format!("ophion-fuzz-{name}-{}-{w}", std::process::id()));
                fs::create_dir_all(&folder).expect("a folder");
                let (mut findings, mut finished, mut stopped) = (Vec::new(), 0, 0);
                let mut seed = first + w;
                while (Instant::now() < end || finished + stopped == 0) && findings.len() < 5 {
                    let outcome = run(target, seed, &folder);
                    match outcome.finding {
                        Some(f) => findings.push(f),
                        None if outcome.finished => finished += 1,
                        None => stopped += 1,
                    }
                    seed += jobs;
                }
                fs::remove_dir_all(&folder).ok();
                (findings, finished, stopped)
            })
        })
        .collect();
    let (mut findings, mut finished, mut stopped) = (Vec::new(), 0, 0);
    for w in workers {
        let (f, n, s) = w.join().expect("a worker");
        findings.extend(f);
        finished += n;
        stopped += s;
    }
    println!("{finished} processes of {} ended well, {stopped} were stopped after {LONGEST:?}", target.count);
    assert!(findings.is_empty(), "{}", findings.join("\n\n"));
    assert!(finished > 0, "no process came to its end");
}

#[test]
fn calls() {
    fuzz(Target { script: "calls.py", arguments: &[], count: 1500 });
}

#[test]
fn tokenizer() {
    fuzz(Target { script: "inputs.py", arguments: &["tokenizer"], count: 300 });
}

#[test]
fn parser() {
    fuzz(Target { script: "inputs.py", arguments: &["parser"], count: 300 });
}

#[test]
fn compiler() {
    fuzz(Target { script: "inputs.py", arguments: &["compiler"], count: 200 });
}

#[test]
fn marshal() {
    fuzz(Target { script: "inputs.py", arguments: &["marshal"], count: 1000 });
}
