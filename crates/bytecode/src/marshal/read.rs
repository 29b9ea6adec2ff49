//! Reading marshal data. Nothing is trusted: sizes are checked against what is left of the data before
//! anything is allocated, nesting is limited, references must lead to complete values.

use std::sync::Arc;

use super::{FLAG_REF, MAX_DEPTH, MarshalError, float_text, tag};
use crate::code::{Code, flags};
use crate::constant::{Const, Text};

type Result<T> = std::result::Result<T, MarshalError>;

/// Reads the value at the start of `data`, of any version.
pub fn loads(data: &[u8]) -> Result<Const> {
    if data.is_empty() {
        return Err(MarshalError::Empty);
    }
    Reader { data, refs: Vec::new(), depth: 0 }.value()
}

/// Reads a code object.
pub fn loads_code(data: &[u8]) -> Result<Arc<Code>> {
    match loads(data)? {
        Const::Code(code) => Ok(code),
        _ => Err(MarshalError::Bad("not a code object")),
    }
}

struct Reader<'a> {
    data: &'a [u8],
    /// Values that were marked; `None` while one is being read.
    refs: Vec<Option<Const>>,
    depth: u32,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.data.split_at_checked(count).ok_or(MarshalError::Truncated)?;
        self.data = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (taken, rest) = self.data.split_first_chunk().ok_or(MarshalError::Truncated)?;
        self.data = rest;
        Ok(*taken)
    }

    fn byte(&mut self) -> Result<u8> {
        self.array().map(|[byte]| byte)
    }

    fn int(&mut self) -> Result<i32> {
        self.array().map(i32::from_le_bytes)
    }

    fn float(&mut self) -> Result<f64> {
        self.array().map(f64::from_le_bytes)
    }

    fn float_text(&mut self) -> Result<f64> {
        let len = self.byte()?;
        float_text::parse(self.take(len.into())?)
            .ok_or(MarshalError::Bad("could not convert string to float"))
    }

    /// A size in bytes, or in values of at least a byte each.
    fn size(&mut self, what: &'static str) -> Result<usize> {
        let size = usize::try_from(self.int()?).map_err(|_| MarshalError::Bad(what))?;
        if size > self.data.len() { Err(MarshalError::Truncated) } else { Ok(size) }
    }

    fn value(&mut self) -> Result<Const> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(MarshalError::TooDeep);
        }
        let byte = self.byte().map_err(|_| MarshalError::Empty)?;
        let slot = if byte & FLAG_REF != 0 && byte != FLAG_REF | tag::REF {
            self.refs.push(None);
            Some(self.refs.len() - 1)
        } else {
            None
        };
        let value = self.value_of(byte & !FLAG_REF)?;
        if let Some(slot) = slot {
            self.refs[slot] = Some(value.clone());
        }
        self.depth -= 1;
        Ok(value)
    }

    fn value_of(&mut self, tag: u8) -> Result<Const> {
        Ok(match tag {
            tag::NONE => Const::None,
            tag::TRUE => Const::Bool(true),
            tag::FALSE => Const::Bool(false),
            tag::ELLIPSIS => Const::Ellipsis,
            tag::INT => Const::Int(i64::from(self.int()?)),
            tag::INT64 => Const::Int(i64::from_le_bytes(self.array()?)),
            tag::LONG => self.long()?,
            tag::FLOAT => Const::Float(self.float_text()?),
            tag::BINARY_FLOAT => Const::Float(self.float()?),
            tag::COMPLEX => {
                let real = self.float_text()?;
                Const::Complex(real, self.float_text()?)
            }
            tag::BINARY_COMPLEX => {
                let real = self.float()?;
                Const::Complex(real, self.float()?)
            }
            tag::BYTES => {
                let len = self.size("bytes object size out of range")?;
                Const::Bytes(self.take(len)?.into())
            }
            tag::UNICODE | tag::INTERNED => {
                let len = self.size("string size out of range")?;
                let text = Text::from_wtf8(self.take(len)?);
                Const::Str(text.ok_or(MarshalError::Bad("invalid UTF-8"))?)
            }
            tag::ASCII | tag::ASCII_INTERNED => {
                let len = self.size("string size out of range")?;
                latin1(self.take(len)?)
            }
            tag::SHORT_ASCII | tag::SHORT_ASCII_INTERNED => {
                let len = self.byte()?.into();
                latin1(self.take(len)?)
            }
            tag::SMALL_TUPLE => {
                let len = self.byte()?.into();
                Const::Tuple(self.values(len)?.into())
            }
            tag::TUPLE => {
                let len = self.size("tuple size out of range")?;
                Const::Tuple(self.values(len)?.into())
            }
            tag::FROZENSET => {
                let len = self.size("set size out of range")?;
                Const::FrozenSet(self.values(len)?.into())
            }
            tag::SLICE => Const::Slice(Arc::new([self.value()?, self.value()?, self.value()?])),
            tag::CODE => Const::Code(Arc::new(self.code()?)),
            tag::REF => {
                let index = usize::try_from(self.int()?).ok();
                let value = index.and_then(|i| self.refs.get(i)).and_then(Option::as_ref);
                value.cloned().ok_or(MarshalError::Bad("invalid reference"))?
            }
            tag::LIST | tag::DICT | tag::SET | tag::STOP_ITERATION => return Err(MarshalError::NoConstant),
            tag::NULL => return Err(MarshalError::Bad("NULL object")),
            _ => return Err(MarshalError::Bad("unknown type code")),
        })
    }

    fn values(&mut self, count: usize) -> Result<Vec<Const>> {
        if count > self.data.len() {
            return Err(MarshalError::Truncated);
        }
        (0..count).map(|_| self.value()).collect()
    }

    /// 15-bit digits, least significant first; the sign of their number is that of the value.
    fn long(&mut self) -> Result<Const> {
        let count = self.int()?;
        let bytes = self.take((count.unsigned_abs() as usize).saturating_mul(2))?;
        let digits: Vec<u16> = bytes.chunks_exact(2).map(|d| u16::from_le_bytes([d[0], d[1]])).collect();
        if digits.iter().any(|d| d >> 15 != 0) {
            return Err(MarshalError::Bad("digit out of range in long"));
        }
        if digits.last() == Some(&0) {
            return Err(MarshalError::Bad("unnormalized long data"));
        }
        let pairs = digits.chunks(2).map(|d| u32::from(d[0]) | u32::from(*d.get(1).unwrap_or(&0)) << 15);
        Ok(Const::from_digits(count < 0, &pairs.collect::<Vec<u32>>()))
    }

    fn bytes(&mut self) -> Result<Box<[u8]>> {
        match self.value()? {
            Const::Bytes(bytes) => Ok((&*bytes).into()),
            _ => Err(MarshalError::Bad("bytes expected")),
        }
    }

    fn text(&mut self) -> Result<Text> {
        match self.value()? {
            Const::Str(text) => Ok(text),
            _ => Err(MarshalError::Bad("string expected")),
        }
    }

    fn tuple(&mut self) -> Result<Arc<[Const]>> {
        match self.value()? {
            Const::Tuple(items) => Ok(items),
            _ => Err(MarshalError::Bad("tuple expected")),
        }
    }

    fn names(&mut self) -> Result<Box<[Text]>> {
        let name = |item: &Const| match item {
            Const::Str(text) => Ok(text.clone()),
            _ => Err(MarshalError::Bad("name must be a string")),
        };
        self.tuple()?.iter().map(name).collect()
    }

    fn count(&mut self) -> Result<u32> {
        u32::try_from(self.int()?).map_err(|_| MarshalError::Bad("negative count in code object"))
    }

    fn code(&mut self) -> Result<Code> {
        let argcount = self.count()?;
        let posonlyargcount = self.count()?;
        let kwonlyargcount = self.count()?;
        let stacksize = self.count()?;
        let code = Code {
            argcount,
            posonlyargcount,
            kwonlyargcount,
            stacksize,
            flags: self.int()? as u32,
            code: self.bytes()?,
            consts: (&*self.tuple()?).into(),
            names: self.names()?,
            localsplusnames: self.names()?,
            localspluskinds: self.bytes()?,
            filename: self.text()?,
            name: self.text()?,
            qualname: self.text()?,
            firstlineno: self.int()?,
            linetable: self.bytes()?,
            exceptiontable: self.bytes()?,
        };
        let stars =
            u64::from(code.flags & flags::VARARGS != 0) + u64::from(code.flags & flags::VARKEYWORDS != 0);
        let parameters = u64::from(code.argcount) + u64::from(code.kwonlyargcount) + stars;
        if code.posonlyargcount > code.argcount
            || code.localsplusnames.len() != code.localspluskinds.len()
            || parameters > code.nlocals() as u64
            || code.code.is_empty()
            || !code.code.len().is_multiple_of(2)
        {
            return Err(MarshalError::Bad("inconsistent code object"));
        }
        Ok(code)
    }
}

/// A string of one byte a character.
fn latin1(bytes: &[u8]) -> Const {
    if bytes.is_ascii() {
        return Const::Str(Text::from_wtf8_trusted(bytes));
    }
    Const::Str(bytes.iter().map(|&b| char::from(b)).collect::<String>().into())
}
