//! Equality of constants as Python's `==` has it, for the elements of a frozenset.

use std::cmp::Ordering;
use std::hash::Hasher;

use bytecode::Const;
use bytecode::args::nb;

use super::number::Number;
use crate::names::{FastHasher, FastMap};

/// The values seen so far, by hash.
#[derive(Default)]
struct Elements {
    kept: Vec<Const>,
    by_hash: FastMap<u64, Vec<u32>>,
}

impl Elements {
    fn of(values: &[Const]) -> Elements {
        let mut elements = Elements::default();
        values.iter().for_each(|value| elements.add(value));
        elements
    }

    fn contains(&self, value: &Const) -> bool {
        let same_hash = self.by_hash.get(&hash(value));
        same_hash.is_some_and(|found| found.iter().any(|i| equal(&self.kept[*i as usize], value)))
    }

    fn add(&mut self, value: &Const) {
        if !self.contains(value) {
            self.by_hash.entry(hash(value)).or_default().push(self.kept.len() as u32);
            self.kept.push(value.clone());
        }
    }
}

/// Removes elements equal to an earlier one.
pub(super) fn distinct(values: &[Const]) -> Vec<Const> {
    Elements::of(values).kept
}

/// The same for values that are equal.
fn hash(value: &Const) -> u64 {
    let mut hasher = FastHasher::default();
    match value {
        Const::Tuple(items) => items.iter().for_each(|item| hasher.write_u64(hash(item))),
        Const::FrozenSet(items) => hasher.write_u64(items.iter().fold(0, |sum, item| sum ^ hash(item))),
        Const::Slice(parts) => parts.iter().for_each(|part| hasher.write_u64(hash(part))),
        _ => match Number::of(value) {
            // Every number as the nearest float, which equal ones share.
            Some(number) => {
                let (x, y) = match number {
                    Number::Int(n) => (n.to_f64().unwrap_or(f64::INFINITY), 0.0),
                    Number::Float(x) => (x, 0.0),
                    Number::Complex(x, y) => (x, y),
                };
                hasher.write_u64((x + 0.0).to_bits());
                hasher.write_u64((y + 0.0).to_bits());
            }
            None => value.hash_same(&mut hasher),
        },
    }
    hasher.finish()
}

/// `a op b` for frozensets.
pub(super) fn set_operation(op: u32, a: &[Const], b: &[Const]) -> Option<Const> {
    let without = |a: &[Const], b: &[Const]| -> Vec<Const> {
        let excluded = Elements::of(b);
        a.iter().filter(|x| !excluded.contains(x)).cloned().collect()
    };
    let items = match op {
        nb::AND => {
            let included = Elements::of(b);
            a.iter().filter(|x| included.contains(x)).cloned().collect()
        }
        nb::OR => [a.to_vec(), without(b, a)].concat(),
        nb::SUBTRACT => without(a, b),
        nb::XOR => [without(a, b), without(b, a)].concat(),
        _ => return None,
    };
    Some(Const::FrozenSet(items.into()))
}

fn equal(a: &Const, b: &Const) -> bool {
    if let (Some(a), Some(b)) = (Number::of(a), Number::of(b)) {
        return equal_numbers(&a, &b);
    }
    match (a, b) {
        (Const::Tuple(a), Const::Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(&**b).all(|(x, y)| equal(x, y))
        }
        (Const::FrozenSet(a), Const::FrozenSet(b)) => {
            let elements = Elements::of(b);
            a.len() == b.len() && a.iter().all(|x| elements.contains(x))
        }
        (Const::Slice(a), Const::Slice(b)) => a.iter().zip(&**b).all(|(x, y)| equal(x, y)),
        _ => a.same(b),
    }
}

fn equal_numbers(a: &Number, b: &Number) -> bool {
    match (a, b) {
        (Number::Int(a), Number::Int(b)) => a == b,
        (Number::Int(n), Number::Float(x)) | (Number::Float(x), Number::Int(n)) => {
            n.partial_cmp_f64(*x) == Some(Ordering::Equal)
        }
        (Number::Float(x), Number::Float(y)) => x == y,
        (Number::Complex(x, i), Number::Complex(y, j)) => x == y && i == j,
        (Number::Complex(x, i), other) | (other, Number::Complex(x, i)) => {
            *i == 0.0 && equal_numbers(&Number::Float(*x), other)
        }
    }
}
