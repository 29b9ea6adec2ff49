//! The gamma function and its logarithm, by Lanczos' approximation with Boost's coefficients, as CPython has them: the C library's
//! own would give other last bits.

use super::elementary::{range, unexpected};
use super::libm;
use runtime::prelude::*;
use std::f64::consts::PI;

/// What happened where there is no result.
pub(super) enum Fault {
    Domain,
    Range,
}

pub(super) fn checked(py: Python, x: f64, f: fn(f64) -> Result<f64, Fault>) -> PyResult<f64> {
    f(x).map_err(|fault| match fault {
        Fault::Domain => unexpected(py, "expected a noninteger or positive integer", x),
        Fault::Range => range(py),
    })
}

const G: f64 = 6.024_680_040_776_73;
const G_MINUS_HALF: f64 = 5.524_680_040_776_73;
/// ln(pi)
const LOG_PI: f64 = 1.144729885849400174143427351353058711647;

#[allow(clippy::excessive_precision)]
const NUMERATOR: [f64; 13] = [
    23531376880.410759688572007674451636754734846804940,
    42919803642.649098768957899047001988850926355848959,
    35711959237.355668049440185451547166705960488635843,
    17921034426.037209699919755754458931112671403265390,
    6039542586.3520280050642916443072979210699388420708,
    1439720407.3117216736632230727949123939715485786772,
    248874557.86205415651146038641322942321632125127801,
    31426415.585400194380614231628318205362874684987640,
    2876370.6289353724412254090516208496135991145378768,
    186056.26539522349504029498971604569928220784236328,
    8071.6720023658162106380029022722506138218516325024,
    210.82427775157934587250973392071336271166969580291,
    2.5066282746310002701649081771338373386264310793408,
];

/// The coefficients of x (x + 1) … (x + 11).
const DENOMINATOR: [f64; 13] = [
    0.0,
    39916800.0,
    120543840.0,
    150917976.0,
    105258076.0,
    45995730.0,
    13339535.0,
    2637558.0,
    357423.0,
    32670.0,
    1925.0,
    66.0,
    1.0,
];

/// (n - 1)! for n from 1 to 23: exact.
fn small_factorial(n: f64) -> f64 {
    let mut product = 1.0;
    let mut i = 2.0;
    while i < n {
        product *= i;
        i += 1.0;
    }
    product
}

fn lanczos_sum(x: f64) -> f64 {
    let (mut num, mut den) = (0.0, 0.0);
    if x < 5.0 {
        for (n, d) in NUMERATOR.iter().zip(DENOMINATOR).rev() {
            num = num * x + n;
            den = den * x + d;
        }
    } else {
        // In 1/x, for which nothing overflows.
        for (n, d) in NUMERATOR.iter().zip(DENOMINATOR) {
            num = num / x + n;
            den = den / x + d;
        }
    }
    num / den
}

/// sin(pi x), accurate near the zeros.
fn sin_pi(x: f64) -> f64 {
    let y = libm::fmod(x.abs(), 2.0);
    let r = match (2.0 * y).round() as i32 {
        0 => libm::sin(PI * y),
        1 => libm::cos(PI * (y - 0.5)),
        2 => libm::sin(PI * (1.0 - y)),
        3 => -libm::cos(PI * (y - 1.5)),
        _ => libm::sin(PI * (y - 2.0)),
    };
    1.0f64.copysign(x) * r
}

pub(super) fn gamma(x: f64) -> Result<f64, Fault> {
    if !x.is_finite() {
        return if x.is_nan() || x > 0.0 { Ok(x) } else { Err(Fault::Domain) };
    }
    if x == 0.0 {
        return Err(Fault::Domain);
    }
    if x == x.floor() {
        if x < 0.0 {
            return Err(Fault::Domain);
        }
        if x <= 23.0 {
            return Ok(small_factorial(x));
        }
    }
    let size = x.abs();
    if size < 1e-20 {
        return finite(1.0 / x);
    }
    if size > 200.0 {
        return if x < 0.0 { Ok(0.0 / sin_pi(x)) } else { Err(Fault::Range) };
    }
    let y = size + G_MINUS_HALF;
    // The rounding error of that sum, for a correction.
    let error = if size > G_MINUS_HALF { (y - size) - G_MINUS_HALF } else { (y - G_MINUS_HALF) - size };
    let z = error * G / y;
    let power = |r: f64, apply: fn(f64, f64) -> f64| {
        if size < 140.0 {
            apply(r, libm::pow(y, size - 0.5))
        } else {
            let half = libm::pow(y, size / 2.0 - 0.25);
            apply(apply(r, half), half)
        }
    };
    let r = if x < 0.0 {
        let mut r = -PI / sin_pi(size) / size * libm::exp(y) / lanczos_sum(size);
        r -= z * r;
        power(r, |r, p| r / p)
    } else {
        let mut r = lanczos_sum(size) / libm::exp(y);
        r += z * r;
        power(r, |r, p| r * p)
    };
    finite(r)
}

fn finite(r: f64) -> Result<f64, Fault> {
    if r.is_infinite() { Err(Fault::Range) } else { Ok(r) }
}

pub(super) fn lgamma(x: f64) -> Result<f64, Fault> {
    if !x.is_finite() {
        return Ok(if x.is_nan() { x } else { f64::INFINITY });
    }
    if x == x.floor() && x <= 2.0 {
        return if x <= 0.0 { Err(Fault::Domain) } else { Ok(0.0) };
    }
    let size = x.abs();
    if size < 1e-20 {
        return Ok(-libm::log(size));
    }
    let mut r = libm::log(lanczos_sum(size)) - G;
    r += (size - 0.5) * (libm::log(size + G - 0.5) - 1.0);
    if x < 0.0 {
        r = LOG_PI - libm::log(sin_pi(size).abs()) - libm::log(size) - r;
    }
    finite(r)
}
