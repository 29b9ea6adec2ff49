//! Breaks source files as the oracle's `dump_syntax_errors.py` does and prints what the parser says of each.
//!
//! `dump_syntax_errors SEED COUNT FILE …`; with `-t` before the seed the text of each broken program is printed too.
//! Only the parser is asked, so the reference has to be run with `PyCF_ONLY_AST`.

#[allow(dead_code, reason = "only the printing of strings is needed here")]
mod show;

use syntax::{Bump, ErrorKind, Mode, ParseOptions, Source, parse};

const WORDS: [&str; 74] = [
    "(", ")", "[", "]", "{", "}", ":", ",", "=", "==", ":=", "*", "**", "@", ".", "->", "...", "!", "?", "$",
    "'", "\"", "\"\"\"", "f'", "f'{", "t'{", "}}", "\\", "\n", "\n    ", "\t", " ", "if", "else", "for",
    "in", "lambda", "yield", "await", "async", "def", "class", "return", "del", "import", "from", "as",
    "with", "try", "except", "except*", "finally", "match", "case", "type", "global", "nonlocal", "not",
    "is", "None", "True", "1", "0x", "1_", "1e", "0777", "1.5j", "x", "print", "exec", "é", "\u{a0}", "\x00",
    "#",
];

struct Lcg(u64);

impl Lcg {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(2862933555777941757).wrapping_add(3037000493))
    }

    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % n
    }
}

fn stripped(line: &[char]) -> &[char] {
    let start = line.iter().position(|c| !c.is_whitespace() && !('\x1c'..='\x1f').contains(c));
    &line[start.unwrap_or(line.len())..]
}

fn cut(text: &[char], from: usize, to: usize) -> &[char] {
    let to = to.min(text.len());
    &text[from.min(to)..to]
}

/// One to three edits inside a window of up to forty lines, moved to the left margin.
fn broken(source: &[Vec<char>], rng: &mut Lcg) -> String {
    let mut start = rng.below(source.len().saturating_sub(5).max(1));
    while start < source.len() - 1 && stripped(&source[start]).is_empty() {
        start += 1;
    }
    let margin = source[start].len() - stripped(&source[start]).len();
    let mut text = Vec::new();
    let length = 1 + rng.below(40);
    for (i, line) in cut_lines(source, start, start + length).iter().enumerate() {
        let inner = stripped(line);
        if !inner.is_empty() && line.len() - inner.len() < margin {
            break;
        }
        if i > 0 {
            text.push('\n');
        }
        text.extend_from_slice(cut(line, margin, line.len()));
    }
    for _ in 0..1 + rng.below(3) {
        let at = rng.below(text.len() + 1);
        let (middle, rest): (Vec<char>, usize) = match rng.below(4) {
            0 => (Vec::new(), at + 1 + rng.below(3)),
            1 => (WORDS[rng.below(WORDS.len())].chars().collect(), at),
            2 => (format!(" {} ", WORDS[rng.below(WORDS.len())]).chars().collect(), at),
            _ => {
                let other = rng.below(text.len() + 1);
                (cut(&text, other, other + rng.below(12)).to_vec(), at)
            }
        };
        let length = text.len();
        text = [cut(&text, 0, at), &middle, cut(&text, rest, length)].concat();
    }
    text.into_iter().collect()
}

fn cut_lines(lines: &[Vec<char>], from: usize, to: usize) -> &[Vec<char>] {
    &lines[from..to.min(lines.len())]
}

fn number(value: Option<i64>) -> String {
    value.map_or_else(|| "None".to_owned(), |value| value.to_string())
}

fn main() {
    let mut args = std::env::args().skip(1).peekable();
    let with_text = args.next_if_eq("-t").is_some();
    let mut next_number = || args.next().and_then(|arg| arg.parse::<u64>().ok()).unwrap_or(0);
    let (seed, count) = (next_number(), next_number());
    let sources: Vec<Vec<Vec<char>>> = args
        .filter_map(|path| std::fs::read_to_string(path).ok())
        .map(|text| text.replace("\r\n", "\n").split('\n').map(|line| line.chars().collect()).collect())
        .collect();
    let mut rng = Lcg::new(seed);
    for i in 0..count {
        let text = broken(&sources[rng.below(sources.len())], &mut rng);
        let mode = [Mode::Exec, Mode::Exec, Mode::Exec, Mode::Eval, Mode::Single][rng.below(5)];
        if with_text {
            println!("# {i} {mode:?} {}", show::ascii(&text));
        }
        let options = ParseOptions { mode, filename: "<broken>", ..ParseOptions::default() };
        let arena = Bump::new();
        let Err(failure) = parse(&arena, Source::Text(&text), &options) else {
            println!("{i} compiles");
            continue;
        };
        let error = failure.error;
        let msg = show::ascii(&error.msg);
        let place = error.place.as_ref();
        let end = place.and_then(|place| place.end);
        match error.kind {
            ErrorKind::SyntaxError | ErrorKind::IndentationError | ErrorKind::TabError => println!(
                "{i} {:?} {msg} {} {} {} {}",
                error.kind,
                number(place.map(|place| place.line)),
                number(place.map(|place| place.offset)),
                number(end.map(|end| end.0)),
                number(end.map(|end| end.1)),
            ),
            kind => println!("{i} {kind:?} {msg}"),
        }
    }
}
