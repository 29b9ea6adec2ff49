//! Numbers and strings as text: the format specification mini-language (PEP 3101) and the layout of floats.

mod complex;
mod double;
mod float;
mod int;
mod layout;
mod spec;
mod string;

pub use complex::format_complex;
pub use double::{Flags, double_to_string, repr_float};
pub use float::{format_float, room_for};
pub use int::format_int;
pub use layout::locale_point;
pub use string::format_str;
