//! Damages the named files at random and parses and tokenizes what comes out, looking for panics and for time that
//! is out of proportion.
//!
//! `fuzz_syntax SECONDS SEED FILE …`

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use syntax::{Bump, DecodeFailure, Mode, ParseOptions, Source, parse, tokenize};

struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n.max(1) as u64) as usize
    }
}

const PIECES: [&[u8]; 40] = [
    b"(",
    b")",
    b"[",
    b"]",
    b"{",
    b"}",
    b"\"",
    b"'",
    b"\"\"\"",
    b"f\"",
    b"t'''",
    b"{{",
    b"}}",
    b"\\",
    b"\n",
    b"\r\n",
    b"\t",
    b"\x0c",
    b"\0",
    b"#",
    b"# type: ",
    b"# type: ignore",
    b":",
    b":=",
    b"!",
    b"!r",
    b"=",
    b"lambda ",
    b"match ",
    b"case ",
    b"\\N{",
    b"\\x",
    b"\xff",
    b"\xc3",
    b"\xef\xbb\xbf",
    b"# coding: latin-1\n",
    b"async ",
    b"**",
    b"else",
    b"0x_1e+",
];

fn damaged(random: &mut Random, files: &[Vec<u8>]) -> Vec<u8> {
    let file = &files[random.below(files.len())];
    let start = random.below(file.len());
    let longest = [40, 400, 4000][random.below(3)];
    let length = random.below(longest);
    let mut text = file[start..(start + length).min(file.len())].to_vec();
    for _ in 0..random.below(8) {
        let at = random.below(text.len() + 1);
        match random.below(5) {
            0 if at < text.len() => text[at] = random.below(256) as u8,
            1 => drop(text.drain(at..(at + random.below(9)).min(text.len()))),
            2 => {
                let from = random.below(text.len() + 1);
                let piece = text[from..(from + random.below(60)).min(text.len())].to_vec();
                text.splice(at..at, piece);
            }
            3 => {
                let piece = PIECES[random.below(PIECES.len())].repeat(1 + random.below(300));
                text.splice(at..at, piece);
            }
            _ => drop(text.splice(at..at, PIECES[random.below(PIECES.len())].iter().copied())),
        }
    }
    text
}

fn run(bytes: &[u8], random: &mut Random) {
    let mut decoder = |_: &str, bytes: &[u8]| match String::from_utf8_lossy(bytes) {
        text if text.len() % 7 == 0 => Err(DecodeFailure::Message("no".to_owned())),
        text => Ok(text.into_owned()),
    };
    let options = ParseOptions {
        mode: [Mode::Exec, Mode::Eval, Mode::Single, Mode::FuncType][random.below(4)],
        type_comments: random.below(2) == 0,
        feature_version: 4 + random.below(11) as u8,
        barry_as_flufl: random.below(9) == 0,
        dont_imply_dedent: random.below(2) == 0,
        allow_incomplete_input: random.below(3) == 0,
        max_str_digits: [4300, 0, 640][random.below(3)],
        filename: "<fuzz>",
    };
    let arena = Bump::new();
    let text = String::from_utf8_lossy(bytes);
    let source = match random.below(3) {
        0 => Source::Bytes(bytes, &mut decoder),
        1 => Source::File(bytes, &mut decoder),
        _ => Source::Text(&text),
    };
    let _ = parse(&arena, source, &options);
    tokenize(&text, random.below(2) == 0, |_, _, _| ());
}

fn main() {
    let mut args = std::env::args().skip(1);
    let mut number = || args.next().and_then(|arg| arg.parse::<u64>().ok()).unwrap_or(1);
    let (seconds, seed) = (number(), number());
    let files: Vec<_> =
        args.filter_map(|path| std::fs::read(path).ok()).filter(|file| !file.is_empty()).collect();
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let start = Instant::now();
    let (mut count, mut findings) = (0u64, 0);
    while start.elapsed() < Duration::from_secs(seconds) {
        let text = damaged(&mut random, &files);
        let begun = Instant::now();
        let result = catch_unwind(AssertUnwindSafe(|| run(&text, &mut random)));
        if result.is_err() || begun.elapsed() > Duration::from_secs(2) {
            findings += 1;
            println!("finding, {:?}: {:?}", begun.elapsed(), String::from_utf8_lossy(&text));
        }
        count += 1;
    }
    println!("{count} texts, {findings} findings");
    std::process::exit(i32::from(findings > 0));
}
