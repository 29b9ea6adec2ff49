//! Punycode (RFC 3492), for the names of initialisation functions of extension modules.

const BASE: u32 = 36;
const T_MIN: u32 = 1;
const T_MAX: u32 = 26;
const SKEW: u32 = 38;
const DAMP: u32 = 700;

fn adapt(delta: u32, points: u32, first: bool) -> u32 {
    let mut delta = if first { delta / DAMP } else { delta / 2 };
    delta += delta / points;
    let mut k = 0;
    while delta > (BASE - T_MIN) * T_MAX / 2 {
        delta /= BASE - T_MIN;
        k += BASE;
    }
    k + (BASE - T_MIN + 1) * delta / (delta + SKEW)
}

fn digit(d: u32) -> char {
    char::from(if d < 26 { b'a' + d as u8 } else { b'0' + (d - 26) as u8 })
}

/// Encodes a text. Names too long for the arithmetic come out cut, which no file name reaches.
pub fn punycode_encode(text: &str) -> String {
    let mut out: String = text.chars().filter(char::is_ascii).collect();
    let basic = out.len() as u32;
    let total = text.chars().count() as u32;
    if basic > 0 {
        out.push('-');
    }
    let (mut n, mut delta, mut bias, mut done) = (128u32, 0u32, 72u32, basic);
    while done < total {
        let Some(next) = text.chars().map(u32::from).filter(|&c| c >= n).min() else { break };
        let Some(d) = (next - n).checked_mul(done + 1).and_then(|d| d.checked_add(delta)) else { break };
        delta = d;
        n = next;
        for c in text.chars().map(u32::from) {
            if c < n {
                delta += 1;
            }
            if c == n {
                let mut q = delta;
                let mut k = BASE;
                loop {
                    let t = k.saturating_sub(bias).clamp(T_MIN, T_MAX);
                    if q < t {
                        break;
                    }
                    out.push(digit(t + (q - t) % (BASE - t)));
                    q = (q - t) / (BASE - t);
                    k += BASE;
                }
                out.push(digit(q));
                bias = adapt(delta, done + 1, done == basic);
                delta = 0;
                done += 1;
            }
        }
        delta += 1;
        n += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn known() {
        assert_eq!(super::punycode_encode("bücher"), "bcher-kva");
        assert_eq!(super::punycode_encode("ü"), "tda");
    }
}
