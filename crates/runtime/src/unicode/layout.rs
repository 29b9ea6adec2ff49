//! Sections of `types.bin`: offset and number of elements. Written by `generate.py`.

pub const SHIFT: u32 = 7;
/// `u16` elements.
pub const INDEX: (usize, usize) = (0, 8704);
/// `u16` elements.
pub const PAGES: (usize, usize) = (17408, 38784);
/// `u32` elements.
pub const FLAGS: (usize, usize) = (94976, 563);
/// `i32` elements.
pub const UPPER: (usize, usize) = (97232, 563);
/// `i32` elements.
pub const LOWER: (usize, usize) = (99488, 563);
/// `i32` elements.
pub const TITLE: (usize, usize) = (101744, 563);
/// `i32` elements.
pub const FOLD: (usize, usize) = (104000, 563);
/// `u8` elements.
pub const DECIMAL: (usize, usize) = (106256, 563);
/// `u8` elements.
pub const DIGIT: (usize, usize) = (106824, 563);
/// `u16` elements.
pub const NUMBER: (usize, usize) = (107392, 563);
/// `f64` elements.
pub const NUMBERS: (usize, usize) = (108520, 144);
/// `u32` elements.
pub const EXTENDED: (usize, usize) = (109672, 367);
