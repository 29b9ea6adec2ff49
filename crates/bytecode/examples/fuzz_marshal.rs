//! Feeds damaged marshal data to the reader for a while:
//!
//!     fuzz_marshal SECONDS SEED FILE.pyc ...
//!
//! What can be read must be writable and come back the same; nothing may panic.

use std::time::{Duration, Instant};

use bytecode::{Code, Const, ExceptionTable, LocationTable, marshal};

/// A small generator of random numbers (xorshift), so that a seed reproduces a run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

fn damage(data: &mut Vec<u8>, random: &mut Random) {
    const TAGS: &[u8] = b"0NFT.iIlfgxystuaAzZ()>:cr[{<S\xa9\xe3\xf3\xda\xfa";
    for _ in 0..1 + random.below(4) {
        let at = random.below(data.len());
        match random.below(6) {
            0 => data[at] = random.below(256) as u8,
            1 => data[at] ^= 1 << random.below(8),
            2 => data[at] = TAGS[random.below(TAGS.len())],
            3 => data.truncate(at.max(1)),
            4 => {
                let len = random.below(16).min(data.len() - at);
                let copy = data[at..at + len].to_vec();
                let to = random.below(data.len());
                data.splice(to..to, copy);
            }
            _ => {
                let len = random.below(16).min(data.len() - at);
                data.drain(at..at + len);
                if data.is_empty() {
                    data.push(0);
                }
            }
        }
    }
}

fn walk_tables(code: &Code) {
    LocationTable::new(&code.linetable, code.firstlineno).for_each(drop);
    let exceptions = ExceptionTable::new(&code.exceptiontable);
    (0..code.code.len().min(1000) as u32).for_each(|unit| {
        let _ = exceptions.lookup(unit);
    });
    let nested = code.consts.iter().filter_map(|c| if let Const::Code(code) = c { Some(code) } else { None });
    nested.for_each(|code| walk_tables(code));
}

fn main() {
    let mut args = std::env::args().skip(1);
    let mut number = || args.next().and_then(|arg| arg.parse().ok()).expect("seconds, seed, files");
    let (seconds, seed) = (number(), number());
    let files: Vec<Vec<u8>> = args
        .map(|path| std::fs::read(path).expect("a readable file"))
        .filter(|data| data.len() > 16)
        .collect();
    let mut random = Random(seed | 1);
    let end = Instant::now() + Duration::from_secs(seconds);
    let (mut runs, mut valid) = (0u64, 0u64);
    while Instant::now() < end {
        let mut data = files[random.below(files.len())][16..].to_vec();
        damage(&mut data, &mut random);
        runs += 1;
        let Ok(value) = marshal::loads(&data) else { continue };
        valid += 1;
        if let Const::Code(code) = &value {
            walk_tables(code);
        }
        let version = 3 + random.below(3) as u32;
        if let Ok(written) = marshal::dumps(&value, version) {
            let again = marshal::loads(&written).expect("what was written can be read");
            assert_eq!(
                marshal::dumps(&again, version).as_deref(),
                Ok(&written[..]),
                "seed {seed}, run {runs}"
            );
        }
    }
    println!("{runs} runs, {valid} valid");
}
