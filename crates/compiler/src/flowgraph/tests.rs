//! The passes against sequences and results recorded from `_testinternalcapi.optimize_cfg` of CPython.
//!
//! A case is `seq NAME NLOCALS`, its constants (`c VALUE`), its instructions (`i OP ARG LINE END_LINE COL
//! END_COL`, targets as indices) and the result (`r …`, constants by value, or `x ERROR`).
//! `OPHION_CFG_CASES` names another file to run.

use std::collections::HashMap;
use std::fmt::Write;

use bytecode::{Const, DIGIT_BITS, Opcode, Text};

use super::*;
use crate::instr::{Instr, InstrSeq, Label};

fn hex(s: &str) -> Vec<u8> {
    (0..s.len() / 2).map(|i| u8::from_str_radix(&s[2 * i..2 * i + 2], 16).unwrap()).collect()
}

fn float(s: &str) -> f64 {
    if s == "fnan" { f64::NAN } else { f64::from_bits(u64::from_str_radix(&s[1..], 16).unwrap()) }
}

fn parse<'a>(tokens: &mut impl Iterator<Item = &'a str>) -> Option<Const> {
    let token = tokens.next().unwrap();
    let many = |tokens: &mut _| std::iter::from_fn(|| parse(tokens)).collect::<Vec<_>>();
    Some(match token.as_bytes()[0] {
        b'n' => Const::None,
        b'e' => Const::Ellipsis,
        b'T' => Const::Bool(true),
        b'F' => Const::Bool(false),
        b'i' => match token[1..].parse() {
            Ok(n) => Const::Int(n),
            Err(_) => {
                let n: num_bigint::BigInt = token[1..].parse().unwrap();
                let digits: Vec<u32> =
                    n.magnitude().to_radix_le(2).chunks(DIGIT_BITS as usize).map(bits).collect();
                Const::from_digits(n.sign() == num_bigint::Sign::Minus, &digits)
            }
        },
        b'f' => Const::Float(float(token)),
        b'j' => {
            let (real, imag) = token[1..].split_once(',').unwrap();
            Const::Complex(float(real), float(imag))
        }
        b's' => Const::Str(Text::from_wtf8(&hex(&token[1..])).unwrap()),
        b'b' => Const::Bytes(hex(&token[1..]).into()),
        b'(' => Const::tuple(many(tokens)),
        b'{' => Const::FrozenSet(many(tokens).into()),
        b'[' => {
            let parts: [Const; 3] = many(tokens).try_into().unwrap();
            Const::Slice(parts.into())
        }
        b')' | b'}' | b']' => return None,
        _ => panic!("{token}"),
    })
}

fn bits(bits: &[u8]) -> u32 {
    bits.iter().rev().fold(0, |n, b| n << 1 | u32::from(*b))
}

fn print_float(x: f64) -> String {
    if x.is_nan() { "fnan".into() } else { format!("f{:016x}", x.to_bits()) }
}

fn print(value: &Const) -> String {
    let hex = |b: &[u8]| b.iter().map(|b| format!("{b:02x}")).collect::<String>();
    let all = |items: &[Const]| items.iter().map(|i| print(i) + " ").collect::<String>();
    match value {
        Const::None => "n".into(),
        Const::Ellipsis => "e".into(),
        Const::Bool(b) => if *b { "T" } else { "F" }.into(),
        Const::Int(n) => format!("i{n}"),
        Const::BigInt(_) => format!("i{}", number::Int::of(value).unwrap().to_big()),
        Const::Float(x) => print_float(*x),
        Const::Complex(x, y) => format!("j{},{}", print_float(*x), print_float(*y)),
        Const::Str(s) => format!("s{}", hex(s.as_bytes())),
        Const::Bytes(b) => format!("b{}", hex(b)),
        Const::Tuple(items) => format!("( {})", all(items)),
        Const::FrozenSet(items) => {
            let mut items: Vec<String> = items.iter().map(|i| print(i) + " ").collect();
            items.sort();
            format!("{{ {}}}", items.concat())
        }
        Const::Slice(parts) => format!("[ {}]", all(&parts[..])),
        Const::Code(_) => unreachable!(),
    }
}

/// Optimises one case and prints the result as the recording has it.
fn run(consts: ConstTable, instrs: &[Instr], nlocals: usize) -> String {
    let mut seq = InstrSeq::new();
    let labels: Vec<Label> = instrs.iter().map(|_| seq.new_label()).collect();
    for (ins, label) in instrs.iter().zip(&labels) {
        seq.use_label(*label);
        match ins.op {
            op if op.has_target() => seq.add_jump(op, labels[ins.arg as usize], ins.loc),
            op if op.has_arg() => seq.add_arg(op, ins.arg, ins.loc),
            op => seq.add(op, ins.loc),
        }
    }
    let result = (|| {
        let mut graph = Graph::default();
        graph.load(&mut seq, consts)?;
        graph.optimize(nlocals, 0)?;
        graph.measure_stack()?;
        graph.borrow_loads()?;
        Ok(graph)
    })();
    let graph = match result {
        Ok(graph) => graph,
        Err(AssembleError::Malformed(error)) => return format!("x {error}\n"),
        Err(error) => return format!("x {error}\n"),
    };
    let mut starts = HashMap::new();
    let mut at = 0;
    for b in graph.order() {
        starts.insert(b, at);
        at += graph.code(b).len();
    }
    let mut out = String::new();
    for ins in graph.order().flat_map(|b| graph.code(b).iter()) {
        let Loc { line, col, end_line, end_col } = ins.loc;
        let arg = match ins.op {
            LOAD_CONST => print(graph.consts.get(ins.arg).unwrap()),
            op if op.has_target() => starts[&ins.target].to_string(),
            _ => ins.arg.to_string(),
        };
        writeln!(out, "r {} {arg} {line} {end_line} {col} {end_col}", ins.op.number()).unwrap();
    }
    out
}

#[test]
fn recorded_graphs() {
    let path = std::env::var("OPHION_CFG_CASES");
    let path = path.unwrap_or(concat!(env!("CARGO_MANIFEST_DIR"), "/src/flowgraph/cases.txt").into());
    let text = std::fs::read_to_string(path).unwrap();
    let (mut total, mut failed) = (0, 0);
    for case in text.split("seq ").skip(1) {
        let (mut consts, mut instrs, mut expected) = (ConstTable::new(), Vec::new(), String::new());
        let mut lines = case.lines();
        let header = lines.next().unwrap();
        let mut map = Vec::new();
        for line in lines {
            match line.as_bytes()[0] {
                b'c' => map.push(consts.add(parse(&mut line[2..].split(' ')).unwrap())),
                b'i' => {
                    let n: Vec<i64> = line[2..].split(' ').map(|n| n.parse().unwrap()).collect();
                    let loc = Loc {
                        line: n[2] as i32,
                        end_line: n[3] as i32,
                        col: n[4] as i32,
                        end_col: n[5] as i32,
                    };
                    let op = Opcode::from_number(n[0] as u32).unwrap();
                    let arg = if op == LOAD_CONST { map[n[1] as usize] } else { n[1] as u32 };
                    instrs.push(Instr { op, arg, loc });
                }
                _ => writeln!(expected, "{line}").unwrap(),
            }
        }
        let nlocals = header.rsplit(' ').next().unwrap().parse().unwrap();
        let result = run(consts, &instrs, nlocals);
        total += 1;
        if result != expected {
            failed += 1;
            if failed <= 5 {
                eprintln!("{header}");
                let name = |line: &str| match line.split(' ').nth(1).and_then(|n| n.parse().ok()) {
                    Some(n) => format!("{line:40} {:?}", Opcode::from_number(n).unwrap()),
                    None => line.to_string(),
                };
                let (got, want): (Vec<_>, Vec<_>) = (result.lines().collect(), expected.lines().collect());
                let first = got.iter().zip(&want).position(|(g, w)| g != w).unwrap_or(0);
                for i in first.saturating_sub(6)..(first + 6).min(got.len().max(want.len())) {
                    let (g, w) = (got.get(i).unwrap_or(&""), want.get(i).unwrap_or(&""));
                    eprintln!("{} {:70} | {}", if g == w { " " } else { "*" }, name(g), name(w));
                }
            }
        }
    }
    assert!(failed == 0, "{failed} of {total} cases differ");
}
