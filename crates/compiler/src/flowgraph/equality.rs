//! Equality of constants as Python's `==` has it, for the elements of a frozenset.

use std::cmp::Ordering;

use bytecode::Const;
use bytecode::args::nb;

use super::number::Number;

/// Removes elements equal to an earlier one.
pub(super) fn distinct(values: Vec<Const>) -> Vec<Const> {
    let mut kept: Vec<Const> = Vec::with_capacity(values.len());
    for value in values {
        if !kept.iter().any(|k| equal(k, &value)) {
            kept.push(value);
        }
    }
    kept
}

/// `a op b` for frozensets.
pub(super) fn set_operation(op: u32, a: &[Const], b: &[Const]) -> Option<Const> {
    let without = |a: &[Const], b: &[Const]| -> Vec<Const> {
        a.iter().filter(|x| !b.iter().any(|y| equal(x, y))).cloned().collect()
    };
    let items = match op {
        nb::AND => a.iter().filter(|x| b.iter().any(|y| equal(x, y))).cloned().collect(),
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
            a.len() == b.len() && a.iter().all(|x| b.iter().any(|y| equal(x, y)))
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
