//! `str.isalpha()` and the other questions about all characters, and identifiers.

use super::PyStr;
use super::unit::Unit;
use crate::prelude::*;
use crate::unicode;
use crate::with_units;

/// Does `test` hold for all characters of a non-empty string?
#[inline(always)]
fn all(s: &PyStr, test: impl Fn(u32) -> bool) -> bool {
    !s.is_empty() && with_units!(s.view(), |u| u.iter().all(|c| test(c.code())))
}

/// Are all cased characters of one case, and is there one? `other` tells characters that spoil it.
fn one_case(s: &PyStr, wanted: fn(u32) -> bool, other: fn(u32) -> bool) -> bool {
    let mut cased = false;
    for c in s.chars() {
        if other(c) || unicode::is_title(c) {
            return false;
        }
        cased = cased || wanted(c);
    }
    cased
}

impl PyStr {
    /// Is the text an identifier?
    pub fn is_identifier(&self) -> bool {
        let mut chars = self.chars();
        match chars.next() {
            Some(c) if c == '_' as u32 || unicode::is_xid_start(c) => chars.all(unicode::is_xid_continue),
            _ => false,
        }
    }
}

#[pymethods(predicates)]
impl PyStr {
    /// Are all characters ASCII? True for the empty string.
    #[pymethod]
    fn isascii(&self) -> bool {
        self.is_ascii()
    }

    /// Are all cased characters lower case, and is there one?
    #[pymethod]
    fn islower(&self) -> bool {
        one_case(self, unicode::is_lower, unicode::is_upper)
    }

    /// Are all cased characters upper case, and is there one?
    #[pymethod]
    fn isupper(&self) -> bool {
        one_case(self, unicode::is_upper, unicode::is_lower)
    }

    /// Does each word begin in upper or title case and go on in lower case, and is there a word?
    #[pymethod]
    fn istitle(&self) -> bool {
        let (mut cased, mut previous) = (false, false);
        for c in self.chars() {
            if unicode::is_upper(c) || unicode::is_title(c) {
                if previous {
                    return false;
                }
                previous = true;
                cased = true;
            } else if unicode::is_lower(c) {
                if !previous {
                    return false;
                }
                cased = true;
            } else {
                previous = false;
            }
        }
        cased
    }

    /// Are all characters white space, and is there one?
    #[pymethod]
    fn isspace(&self) -> bool {
        all(self, unicode::is_space)
    }

    /// Are all characters decimal digits, and is there one?
    #[pymethod]
    fn isdecimal(&self) -> bool {
        all(self, unicode::is_decimal)
    }

    /// Are all characters digits, and is there one?
    #[pymethod]
    fn isdigit(&self) -> bool {
        all(self, unicode::is_digit)
    }

    /// Are all characters numeric, and is there one?
    #[pymethod]
    fn isnumeric(&self) -> bool {
        all(self, unicode::is_numeric)
    }

    /// Are all characters letters, and is there one?
    #[pymethod]
    fn isalpha(&self) -> bool {
        all(self, unicode::is_alpha)
    }

    /// Are all characters letters or numeric, and is there one?
    #[pymethod]
    fn isalnum(&self) -> bool {
        all(self, unicode::is_alnum)
    }

    /// Could the text be a Python identifier? Keywords count too; see keyword.iskeyword().
    #[pymethod]
    fn isidentifier(&self) -> bool {
        self.is_identifier()
    }

    /// Would repr() show all characters as they are? True for the empty string.
    #[pymethod]
    fn isprintable(&self) -> bool {
        self.is_empty() || all(self, unicode::is_printable)
    }
}
