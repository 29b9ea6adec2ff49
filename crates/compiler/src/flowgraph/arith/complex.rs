//! Complex arithmetic by the rules of C11, Annex G, with a real operand kept real.

use bytecode::Const;
use bytecode::args::nb;

use super::Number;

type Complex = (f64, f64);

/// An operand: real ones do not become complex, which matters for signed zeros and infinities.
#[derive(Clone, Copy)]
enum Operand {
    Real(f64),
    Complex(Complex),
}

impl Operand {
    fn of(n: Number) -> Option<Operand> {
        Some(match n {
            Number::Complex(x, y) => Operand::Complex((x, y)),
            other => Operand::Real(super::real(other)?),
        })
    }

    fn to_complex(self) -> Complex {
        match self {
            Operand::Real(x) => (x, 0.0),
            Operand::Complex(z) => z,
        }
    }
}

/// `a op b` where at least one is complex.
pub(super) fn binary(op: u32, a: Number, b: Number) -> Option<Const> {
    use Operand::*;
    let (a, b) = (Operand::of(a)?, Operand::of(b)?);
    let (x, y) = match (op, a, b) {
        (nb::ADD, Complex((x, y)), Real(r)) | (nb::ADD, Real(r), Complex((x, y))) => (x + r, y),
        (nb::ADD, ..) => {
            let ((a, b), (c, d)) = (a.to_complex(), b.to_complex());
            (a + c, b + d)
        }
        (nb::SUBTRACT, Complex((x, y)), Real(r)) => (x - r, y),
        (nb::SUBTRACT, Real(r), Complex((x, y))) => (r - x, -y),
        (nb::SUBTRACT, ..) => {
            let ((a, b), (c, d)) = (a.to_complex(), b.to_complex());
            (a - c, b - d)
        }
        (nb::MULTIPLY, Complex((x, y)), Real(r)) | (nb::MULTIPLY, Real(r), Complex((x, y))) => (x * r, y * r),
        (nb::MULTIPLY, ..) => multiply(a.to_complex(), b.to_complex()),
        (nb::TRUE_DIVIDE, Complex((x, y)), Real(r)) => {
            if r == 0.0 {
                return None;
            }
            (x / r, y / r)
        }
        (nb::TRUE_DIVIDE, Real(r), Complex(z)) => divide_real(r, z)?,
        (nb::TRUE_DIVIDE, ..) => divide(a.to_complex(), b.to_complex())?,
        (nb::POWER, ..) => return power(a.to_complex(), b.to_complex()),
        _ => return None,
    };
    Some(Const::Complex(x, y))
}

/// An infinity becomes one, everything else zero; the sign stays.
fn boxed(x: f64) -> f64 {
    (if x.is_infinite() { 1f64 } else { 0.0 }).copysign(x)
}

fn nan_to_zero(x: f64) -> f64 {
    if x.is_nan() { 0f64.copysign(x) } else { x }
}

fn multiply((mut a, mut b): Complex, (mut c, mut d): Complex) -> Complex {
    let (ac, bd, ad, bc) = (a * c, b * d, a * d, b * c);
    let (x, y) = (ac - bd, ad + bc);
    if !x.is_nan() || !y.is_nan() {
        return (x, y);
    }
    // An infinity may have been lost.
    let mut recalculate = false;
    if a.is_infinite() || b.is_infinite() {
        (a, b) = (boxed(a), boxed(b));
        (c, d) = (nan_to_zero(c), nan_to_zero(d));
        recalculate = true;
    }
    if c.is_infinite() || d.is_infinite() {
        (c, d) = (boxed(c), boxed(d));
        (a, b) = (nan_to_zero(a), nan_to_zero(b));
        recalculate = true;
    }
    if !recalculate && [ac, bd, ad, bc].iter().any(|p| p.is_infinite()) {
        (a, b, c, d) = (nan_to_zero(a), nan_to_zero(b), nan_to_zero(c), nan_to_zero(d));
        recalculate = true;
    }
    if recalculate { (f64::INFINITY * (a * c - b * d), f64::INFINITY * (a * d + b * c)) } else { (x, y) }
}

/// `None` for division by zero.
fn divide(a: Complex, b: Complex) -> Option<Complex> {
    let (x, y) = if b.0.abs() >= b.1.abs() {
        if b.0 == 0.0 {
            return None;
        }
        let ratio = b.1 / b.0;
        let denominator = b.0 + b.1 * ratio;
        ((a.0 + a.1 * ratio) / denominator, (a.1 - a.0 * ratio) / denominator)
    } else if b.1.abs() >= b.0.abs() {
        let ratio = b.0 / b.1;
        let denominator = b.0 * ratio + b.1;
        ((a.0 * ratio + a.1) / denominator, (a.1 * ratio - a.0) / denominator)
    } else {
        (f64::NAN, f64::NAN)
    };
    if !x.is_nan() || !y.is_nan() {
        return Some((x, y));
    }
    let finite = |z: Complex| z.0.is_finite() && z.1.is_finite();
    let infinite = |z: Complex| z.0.is_infinite() || z.1.is_infinite();
    if infinite(a) && finite(b) {
        let (p, q) = (boxed(a.0), boxed(a.1));
        return Some((f64::INFINITY * (p * b.0 + q * b.1), f64::INFINITY * (q * b.0 - p * b.1)));
    }
    if infinite(b) && finite(a) {
        let (p, q) = (boxed(b.0), boxed(b.1));
        return Some((0.0 * (a.0 * p + a.1 * q), 0.0 * (a.1 * p - a.0 * q)));
    }
    Some((x, y))
}

fn divide_real(a: f64, b: Complex) -> Option<Complex> {
    let (x, y) = if b.0.abs() >= b.1.abs() {
        if b.0 == 0.0 {
            return None;
        }
        let ratio = b.1 / b.0;
        let denominator = b.0 + b.1 * ratio;
        (a / denominator, -a * ratio / denominator)
    } else if b.1.abs() >= b.0.abs() {
        let ratio = b.0 / b.1;
        let denominator = b.0 * ratio + b.1;
        (a * ratio / denominator, -a / denominator)
    } else {
        (f64::NAN, f64::NAN)
    };
    if x.is_nan() && y.is_nan() && a.is_finite() && (b.0.is_infinite() || b.1.is_infinite()) {
        let (p, q) = (boxed(b.0), boxed(b.1));
        return Some((0.0 * (a * p), 0.0 * (-a * q)));
    }
    Some((x, y))
}

/// Exponents up to this are done by multiplication.
const MAX_SMALL_EXPONENT: f64 = 100.0;

/// `None` for a zero base with a negative or complex exponent, and for overflow.
pub(super) fn power(a: Complex, b: Complex) -> Option<Const> {
    let (x, y) = if b.1 == 0.0 && b.0 == b.0.floor() && b.0.abs() <= MAX_SMALL_EXPONENT {
        let power = power_of_two_products(a, b.0.abs() as u32);
        if b.0 > 0.0 { power } else { divide((1.0, 0.0), power)? }
    } else if b == (0.0, 0.0) {
        (1.0, 0.0)
    } else if a == (0.0, 0.0) {
        if b.1 != 0.0 || b.0 < 0.0 {
            return None;
        }
        (0.0, 0.0)
    } else {
        let modulus = a.0.hypot(a.1);
        let angle = a.1.atan2(a.0);
        let (mut len, mut phase) = (modulus.powf(b.0), angle * b.0);
        if b.1 != 0.0 {
            len *= (-angle * b.1).exp();
            phase += b.1 * modulus.ln();
        }
        if phase.is_infinite() {
            // Outside the domain of sine and cosine.
            return None;
        }
        (len * phase.cos(), len * phase.sin())
    };
    (x.is_finite() || x.is_nan()).then_some(())?;
    (y.is_finite() || y.is_nan()).then_some(())?;
    Some(Const::Complex(x, y))
}

fn power_of_two_products(a: Complex, n: u32) -> Complex {
    let (mut result, mut square) = ((1.0, 0.0), a);
    let mut mask = 1;
    while mask <= n {
        if n & mask != 0 {
            result = multiply(result, square);
        }
        mask <<= 1;
        square = multiply(square, square);
    }
    result
}
