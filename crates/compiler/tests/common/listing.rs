//! Code objects and symbol tables as listings, in the words of `tools/record_cases.py`.

use std::fmt::Write;

use bytecode::{Code, Const, LocationTable, Opcode, Text};
use compiler::symtable::{BlockId, SymbolTable};

use crate::dump::{ascii, constant};

fn tuple<'t>(texts: impl Iterator<Item = &'t Text>) -> String {
    let items: Vec<String> = texts.map(ascii).collect();
    let comma = if items.len() == 1 { "," } else { "" };
    format!("({}{comma})", items.join(", "))
}

/// Lists a code object and those in its constants.
pub fn listing(out: &mut Vec<String>, code: &Code) {
    out.push(format!(
        "code {} {} line {} flags {:#x} args {}/{}/{} stack {}",
        ascii(&code.name),
        ascii(&code.qualname),
        code.firstlineno,
        code.flags,
        code.argcount,
        code.posonlyargcount,
        code.kwonlyargcount,
        code.stacksize
    ));
    for (name, list) in [
        ("names", tuple(code.names.iter())),
        ("varnames", tuple(code.varnames())),
        ("cellvars", tuple(code.cellvars())),
        ("freevars", tuple(code.freevars())),
    ] {
        if list != "()" {
            out.push(format!("  {name} {list}"));
        }
    }
    for (index, value) in code.consts.iter().enumerate() {
        out.push(format!("  const {index} {}", constant(value)));
    }
    let positions = positions(code);
    let mut at = 0;
    while let Some(&[op, arg]) = code.code.get(at * 2..at * 2 + 2) {
        let op = Opcode::from_u8(op);
        let operand = if op.has_arg() { format!(" {arg}") } else { String::new() };
        let position = positions.get(at).map_or("", String::as_str);
        out.push(format!("  {at:4} {}{operand}  {position}", op.name()));
        at += 1 + op.caches();
    }
    handlers(out, &code.exceptiontable);
    for value in &code.consts {
        if let Const::Code(inner) = value {
            listing(out, inner);
        }
    }
}

/// The position of every code unit.
fn positions(code: &Code) -> Vec<String> {
    let mut result = Vec::new();
    let part = |value: i32| if value < 0 { "?".into() } else { value.to_string() };
    for entry in LocationTable::new(&code.linetable, code.firstlineno) {
        let at = entry.location;
        let text = format!("{}:{}-{}:{}", part(at.line), part(at.col), part(at.end_line), part(at.end_col));
        result.extend((entry.start..entry.end).map(|_| text.clone()));
    }
    result
}

fn handlers(out: &mut Vec<String>, table: &[u8]) {
    let mut bytes = table.iter();
    let mut number = || {
        let mut byte = *bytes.next()?;
        let mut value = u32::from(byte & 63);
        while byte & 64 != 0 {
            byte = *bytes.next()?;
            value = value << 6 | u32::from(byte & 63);
        }
        Some(value)
    };
    while let Some(start) = number() {
        let (Some(length), Some(target), Some(depth)) = (number(), number(), number()) else { return };
        let lasti = if depth & 1 != 0 { " lasti" } else { "" };
        out.push(format!("  handler {start}-{} to {target} depth {}{lasti}", start + length, depth >> 1));
    }
}

/// Lists a block of a symbol table and those in it.
pub fn table(out: &mut Vec<String>, symbols: &SymbolTable<'_>, id: BlockId, indent: &str) {
    let block = symbols.block(id);
    let text = |name| Text::from(symbols.names.text(name));
    let params: Vec<Text> = block.varnames.iter().map(|name| text(*name)).collect();
    let mut line = String::new();
    let _ = write!(
        line,
        "{indent}block {} {} line {} nested {} params {}",
        block.kind as u32,
        ascii(&text(block.name)),
        block.loc.line,
        u32::from(block.nested),
        tuple(params.iter())
    );
    out.push(line);
    for (name, flags) in block.symbols.entries() {
        out.push(format!("{indent}  {} {flags:#x}", ascii(&text(*name))));
    }
    for child in &block.children {
        table(out, symbols, *child, &format!("{indent}  "));
    }
}
