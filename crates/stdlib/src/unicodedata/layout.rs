//! Sections of `database.bin`: offset and number of elements. Written by `generate.py`.

pub const SHIFT: u32 = 7;
/// `u16` elements.
pub const INDEX: (usize, usize) = (0, 8704);
/// `u16` elements.
pub const PAGES: (usize, usize) = (17408, 43520);
/// `u8` elements.
pub const CATEGORY: (usize, usize) = (104448, 5439);
/// `u8` elements.
pub const COMBINING: (usize, usize) = (109888, 5439);
/// `u8` elements.
pub const BIDI: (usize, usize) = (115328, 5439);
/// `u8` elements.
pub const MIRRORED: (usize, usize) = (120768, 5439);
/// `u8` elements.
pub const WIDTH: (usize, usize) = (126208, 5439);
/// `u8` elements.
pub const CHECKS: (usize, usize) = (131648, 5439);
/// `u8` elements.
pub const DECIMAL: (usize, usize) = (137088, 5439);
/// `u8` elements.
pub const DIGIT: (usize, usize) = (142528, 5439);
/// `u16` elements.
pub const NUMBER: (usize, usize) = (147968, 5439);
/// `u32` elements.
pub const DECOMPOSITION: (usize, usize) = (158848, 5439);
/// `u16` elements.
pub const INDEX_320: (usize, usize) = (180608, 8704);
/// `u16` elements.
pub const PAGES_320: (usize, usize) = (198016, 22784);
/// `u8` elements.
pub const CATEGORY_320: (usize, usize) = (243584, 4477);
/// `u8` elements.
pub const COMBINING_320: (usize, usize) = (248064, 4477);
/// `u8` elements.
pub const BIDI_320: (usize, usize) = (252544, 4477);
/// `u8` elements.
pub const MIRRORED_320: (usize, usize) = (257024, 4477);
/// `u8` elements.
pub const WIDTH_320: (usize, usize) = (261504, 4477);
/// `u8` elements.
pub const CHECKS_320: (usize, usize) = (265984, 4477);
/// `u8` elements.
pub const DECIMAL_320: (usize, usize) = (270464, 4477);
/// `u8` elements.
pub const DIGIT_320: (usize, usize) = (274944, 4477);
/// `u16` elements.
pub const NUMBER_320: (usize, usize) = (279424, 4477);
/// `u32` elements.
pub const DECOMPOSITION_320: (usize, usize) = (288384, 4477);
/// `u32` elements.
pub const COMPOSE: (usize, usize) = (306296, 2883);
/// `f64` elements.
pub const NUMBERS: (usize, usize) = (317832, 145);
/// `u8` elements.
pub const STRINGS: (usize, usize) = (318992, 66853);
