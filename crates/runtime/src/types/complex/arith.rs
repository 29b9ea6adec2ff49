//! Complex arithmetic. Operations with a real number treat it as such, not as one with a zero imaginary part, so that
//! signs of zeros and infinities come out as C99's Annex G wants them.

/// A complex number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Complex {
    pub re: f64,
    pub im: f64,
}

/// An operand: complex or real.
#[derive(Clone, Copy, Debug)]
pub enum Operand {
    Complex(Complex),
    Real(f64),
}

/// Why there is no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    ZeroDivision,
    Overflow,
}

use Operand::{Complex as C, Real as R};

/// The signs of an infinite number's parts: 1 for an infinite part, 0 for a finite one.
fn boxed(z: Complex) -> Complex {
    let unit = |x: f64| if x.is_infinite() { 1f64.copysign(x) } else { 0f64.copysign(x) };
    Complex { re: unit(z.re), im: unit(z.im) }
}

fn nans_to_zero(z: Complex) -> Complex {
    let zero = |x: f64| if x.is_nan() { 0f64.copysign(x) } else { x };
    Complex { re: zero(z.re), im: zero(z.im) }
}

impl Complex {
    pub fn is_infinite(self) -> bool {
        self.re.is_infinite() || self.im.is_infinite()
    }

    fn is_finite(self) -> bool {
        self.re.is_finite() && self.im.is_finite()
    }

    fn is_nan_nan(self) -> bool {
        self.re.is_nan() && self.im.is_nan()
    }

    pub fn times(self, other: Complex) -> Complex {
        let (mut z, mut w) = (self, other);
        let (ac, bd, ad, bc) = (z.re * w.re, z.im * w.im, z.re * w.im, z.im * w.re);
        let r = Complex { re: ac - bd, im: ad + bc };
        if !r.is_nan_nan() {
            return r;
        }
        // Infinities that came out as NaN.
        let mut again = false;
        if z.is_infinite() {
            (z, w) = (boxed(z), nans_to_zero(w));
            again = true;
        }
        if w.is_infinite() {
            (w, z) = (boxed(w), nans_to_zero(z));
            again = true;
        }
        if !again && [ac, bd, ad, bc].iter().any(|x| x.is_infinite()) {
            (z, w) = (nans_to_zero(z), nans_to_zero(w));
            again = true;
        }
        if !again {
            return r;
        }
        Complex {
            re: f64::INFINITY * (z.re * w.re - z.im * w.im),
            im: f64::INFINITY * (z.re * w.im + z.im * w.re),
        }
    }

    pub fn over(self, other: Complex) -> Result<Complex, Failure> {
        let (a, b) = (self, other);
        let (x, y) = (b.re.abs(), b.im.abs());
        // Smith's method: divide by the larger part first.
        let r = if x >= y {
            if x == 0.0 {
                return Err(Failure::ZeroDivision);
            }
            let ratio = b.im / b.re;
            let denominator = b.re + b.im * ratio;
            Complex { re: (a.re + a.im * ratio) / denominator, im: (a.im - a.re * ratio) / denominator }
        } else if y >= x {
            let ratio = b.re / b.im;
            let denominator = b.re * ratio + b.im;
            Complex { re: (a.re * ratio + a.im) / denominator, im: (a.im * ratio - a.re) / denominator }
        } else {
            Complex { re: f64::NAN, im: f64::NAN }
        };
        if !r.is_nan_nan() {
            return Ok(r);
        }
        if a.is_infinite() && b.is_finite() {
            let s = boxed(a);
            return Ok(Complex {
                re: f64::INFINITY * (s.re * b.re + s.im * b.im),
                im: f64::INFINITY * (s.im * b.re - s.re * b.im),
            });
        }
        if b.is_infinite() && a.is_finite() {
            let s = boxed(b);
            return Ok(Complex {
                re: 0.0 * (a.re * s.re + a.im * s.im),
                im: 0.0 * (a.im * s.re - a.re * s.im),
            });
        }
        Ok(r)
    }

    /// A real number divided by a complex one.
    fn real_div(a: f64, b: Complex) -> Result<Complex, Failure> {
        let (x, y) = (b.re.abs(), b.im.abs());
        let r = if x >= y {
            if x == 0.0 {
                return Err(Failure::ZeroDivision);
            }
            let ratio = b.im / b.re;
            let denominator = b.re + b.im * ratio;
            Complex { re: a / denominator, im: (-a * ratio) / denominator }
        } else if y >= x {
            let ratio = b.re / b.im;
            let denominator = b.re * ratio + b.im;
            Complex { re: (a * ratio) / denominator, im: (-a) / denominator }
        } else {
            Complex { re: f64::NAN, im: f64::NAN }
        };
        if r.is_nan_nan() && a.is_finite() && b.is_infinite() {
            let s = boxed(b);
            return Ok(Complex { re: 0.0 * (a * s.re), im: 0.0 * (-a * s.im) });
        }
        Ok(r)
    }

    pub fn abs(self) -> Result<f64, Failure> {
        if !self.is_finite() {
            return Ok(if self.is_infinite() { f64::INFINITY } else { f64::NAN });
        }
        let r = self.re.hypot(self.im);
        if r.is_finite() { Ok(r) } else { Err(Failure::Overflow) }
    }

    pub fn pow(self, exponent: Complex) -> Result<Complex, Failure> {
        let b = exponent;
        if b.im == 0.0 && b.re == b.re.floor() && b.re.abs() <= 100.0 {
            let r = self.pow_int(b.re as i32)?;
            return if r.is_infinite() { Err(Failure::Overflow) } else { Ok(r) };
        }
        if b.re == 0.0 && b.im == 0.0 {
            return Ok(Complex { re: 1.0, im: 0.0 });
        }
        if self.re == 0.0 && self.im == 0.0 {
            if b.im != 0.0 || b.re < 0.0 {
                return Err(Failure::ZeroDivision);
            }
            return Ok(Complex { re: 0.0, im: 0.0 });
        }
        let magnitude = self.re.hypot(self.im);
        let angle = self.im.atan2(self.re);
        let mut len = magnitude.powf(b.re);
        let mut phase = angle * b.re;
        if b.im != 0.0 {
            len *= (-angle * b.im).exp();
            phase += b.im * magnitude.ln();
        }
        let r = Complex { re: len * phase.cos(), im: len * phase.sin() };
        if r.is_infinite() { Err(Failure::Overflow) } else { Ok(r) }
    }

    fn pow_int(self, n: i32) -> Result<Complex, Failure> {
        let power = self.pow_unsigned(n.unsigned_abs());
        if n > 0 { Ok(power) } else { Complex { re: 1.0, im: 0.0 }.over(power) }
    }

    fn pow_unsigned(self, n: u32) -> Complex {
        let mut r = Complex { re: 1.0, im: 0.0 };
        let mut p = self;
        let mut mask = 1;
        while n >= mask {
            if n & mask != 0 {
                r = r.times(p);
            }
            mask <<= 1;
            p = p.times(p);
        }
        r
    }
}

/// `a + b`; not both are real.
pub fn add(a: Operand, b: Operand) -> Complex {
    match (a, b) {
        (C(a), C(b)) => Complex { re: a.re + b.re, im: a.im + b.im },
        (C(a), R(b)) => Complex { re: a.re + b, im: a.im },
        (R(a), C(b)) => Complex { re: b.re + a, im: b.im },
        (R(a), R(b)) => Complex { re: a + b, im: 0.0 },
    }
}

pub fn sub(a: Operand, b: Operand) -> Complex {
    match (a, b) {
        (C(a), C(b)) => Complex { re: a.re - b.re, im: a.im - b.im },
        (C(a), R(b)) => Complex { re: a.re - b, im: a.im },
        (R(a), C(b)) => Complex { re: a - b.re, im: -b.im },
        (R(a), R(b)) => Complex { re: a - b, im: 0.0 },
    }
}

pub fn mul(a: Operand, b: Operand) -> Complex {
    match (a, b) {
        (C(a), C(b)) => a.times(b),
        (C(z), R(x)) | (R(x), C(z)) => Complex { re: z.re * x, im: z.im * x },
        (R(a), R(b)) => Complex { re: a * b, im: 0.0 },
    }
}

pub fn div(a: Operand, b: Operand) -> Result<Complex, Failure> {
    match (a, b) {
        (C(a), C(b)) => a.over(b),
        (_, R(0.0)) => Err(Failure::ZeroDivision),
        (C(a), R(b)) => Ok(Complex { re: a.re / b, im: a.im / b }),
        (R(a), C(b)) => Complex::real_div(a, b),
        (R(a), R(b)) => Ok(Complex { re: a / b, im: 0.0 }),
    }
}
