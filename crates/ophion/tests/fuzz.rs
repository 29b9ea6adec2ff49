//! Runs the fuzzer of calls (`tests/fuzz/calls.py`) for a while and fails when a process dies of a signal or a panic.
//!
//! `OPHION_FUZZ_SECONDS` says for how long (5 by default; CI says 60), `OPHION_FUZZ_SEED` with which seed to begin (the
//! clock's by default). A finding prints its seed and the last call: `ophion tests/fuzz/calls.py SEED CALLS LOG` repeats it.
//! A process that needs longer than its time is stopped and is no finding: odd arguments may well ask for endless work.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const CALLS: u32 = 1500;
const LONGEST: Duration = Duration::from_secs(40);

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

struct Outcome {
    finding: Option<String>,
    finished: bool,
}

/// One process with one seed, in a folder of its own.
fn run(seed: u64, folder: &Path) -> Outcome {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fuzz/calls.py");
    let log = folder.join("log");
    let errors = fs::File::create(folder.join("errors")).expect("a file for messages");
    let mut child = Command::new(env!("CARGO_BIN_EXE_ophion"))
        .arg(script)
        .args([seed.to_string(), CALLS.to_string()])
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
    let messages: Vec<&str> = messages.lines().take(12).collect();
    let finding = format!(
        "seed {seed}, signal {:?}, status {:?}: {last}\n{}",
        status.signal(),
        status.code(),
        messages.join("\n")
    );
    Outcome { finding: Some(finding), finished: false }
}

#[test]
fn odd_calls_raise_and_never_crash() {
    let time = Duration::from_secs(setting("OPHION_FUZZ_SECONDS").unwrap_or(5));
    let clock = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
    let first = setting("OPHION_FUZZ_SEED").unwrap_or(clock * 1000);
    let end = Instant::now() + time;
    let workers: Vec<_> = (0..2)
        .map(|w| {
            thread::spawn(move || {
                let folder: PathBuf =
                    std::env::temp_dir().join(format!("ophion-fuzz-{}-{w}", std::process::id()));
                fs::create_dir_all(&folder).expect("a folder");
                let (mut findings, mut finished, mut stopped) = (Vec::new(), 0, 0);
                let mut seed = first + w;
                while Instant::now() < end && findings.len() < 5 {
                    let outcome = run(seed, &folder);
                    match outcome.finding {
                        Some(f) => findings.push(f),
                        None if outcome.finished => finished += 1,
                        None => stopped += 1,
                    }
                    seed += 2;
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
    println!("{finished} processes of {CALLS} calls ended well, {stopped} were stopped after {LONGEST:?}");
    assert!(findings.is_empty(), "{}", findings.join("\n\n"));
    assert!(finished > 0, "no process came to its end");
}
