//! Reads `.pyc` files (or bare marshal data) and writes them again: says which come out different.
//!
//!     remarshal FILE ...

use bytecode::{
    Code, Const, ExceptionTable, ExceptionTableWriter, LocationTable, LocationTableWriter, marshal,
};

fn check_tables(code: &Code) -> bool {
    let mut locations = LocationTableWriter::default();
    locations.restart(code.firstlineno);
    for entry in LocationTable::new(&code.linetable, code.firstlineno) {
        locations.write(entry.end - entry.start, entry.location);
    }
    let mut exceptions = ExceptionTableWriter::default();
    let table = ExceptionTable::new(&code.exceptiontable);
    table.clone().for_each(|entry| exceptions.write(entry));
    let found = (0..code.code.len() as u32 / 2).all(|unit| {
        table.lookup(unit) == table.clone().find(|entry| (entry.start..entry.end).contains(&unit))
    });
    let same = locations.table() == code.linetable && exceptions.table() == code.exceptiontable;
    let nested = code.consts.iter().all(|c| if let Const::Code(c) = c { check_tables(c) } else { true });
    same && found && nested
}

fn main() {
    let (mut total, mut different, mut tables) = (0, 0, 0);
    for path in std::env::args().skip(1) {
        let data = std::fs::read(&path).expect("readable file");
        let body = if path.ends_with(".pyc") { &data[16..] } else { &data[..] };
        total += 1;
        let code = match marshal::loads_code(body) {
            Ok(code) => code,
            Err(error) => {
                println!("{path}: {error}");
                different += 1;
                continue;
            }
        };
        if !check_tables(&code) {
            tables += 1;
            println!("{path}: tables differ");
        }
        let again = marshal::dumps_pyc_code(&code).expect("writable code");
        if again != body {
            different += 1;
            let at = again.iter().zip(body).position(|(a, b)| a != b).unwrap_or(0);
            if different <= 5 {
                println!(
                    "{path}: differs at {at} of {}: {:?} for {:?}",
                    body.len(),
                    &again[at..][..16],
                    &body[at..][..16]
                );
            }
        }
    }
    println!("{total} files, {different} different, {tables} with different tables");
}
