//! The instruction table against itself, and marshal data that is not what it should be.

use std::sync::Arc;

use crate::marshal::{self, MarshalError};
use crate::*;

#[test]
fn table_is_consistent() {
    for op in Opcode::all() {
        assert_eq!(op.base().base(), op.base(), "{op:?}");
        assert_eq!(op.caches(), op.base().caches(), "{op:?}");
        assert_eq!(Opcode::from_name(op.name()), Some(op));
        if op.kind() == Kind::Real {
            assert_eq!(
                op.has_arg(),
                op.number() > HAVE_ARGUMENT.into() && op.number() < MIN_INSTRUMENTED.into(),
                "{op:?}"
            );
        }
    }
    macro_rules! count { ($($name:ident, $number:literal, $snake:ident;)*) => { [$($number),*] }; }
    let executable: [u16; 227] = for_each_opcode!(count);
    assert!(executable.iter().all(|n| *n < MIN_PSEUDO));
}

fn sample() -> Const {
    let text = Text::from_wtf8(b"\xed\xa0\x80 and more").unwrap();
    let code = Code {
        argcount: 1,
        posonlyargcount: 0,
        kwonlyargcount: 0,
        stacksize: 2,
        flags: 3,
        firstlineno: 7,
        code: [128, 0, 35, 0].into(),
        consts: [Const::None, Const::Str(text.clone()), Const::Float(-0.0)].into(),
        names: ["n".into()].into(),
        localsplusnames: ["a".into(), "b".into()].into(),
        localspluskinds: [code::kind::LOCAL, code::kind::FREE].into(),
        filename: "f".into(),
        name: "g".into(),
        qualname: "h.g".into(),
        linetable: [0x80, 0].into(),
        exceptiontable: [].into(),
    };
    let slice = Const::Slice(Arc::new([Const::None, Const::Int(-1), Const::Int(1 << 40)]));
    Const::tuple([
        Const::Code(Arc::new(code)),
        slice.clone(),
        slice,
        Const::from_digits(true, &[1, 2, 3, 4]),
        Const::FrozenSet(Arc::new([Const::Bool(true), Const::str("x y")])),
        Const::Complex(0.5, f64::INFINITY),
        Const::Bytes(Arc::new([0, 255])),
        Const::Ellipsis,
        Const::Str(text),
    ])
}

#[test]
fn marshal_round_trip() {
    let value = sample();
    for version in 0..=marshal::VERSION {
        match marshal::dumps(&value, version) {
            Ok(data) => assert!(marshal::loads(&data).unwrap().same(&value), "version {version}"),
            Err(error) => assert!(version < 5 && error == MarshalError::Unmarshallable),
        }
    }
}

#[test]
fn broken_marshal_data() {
    let data = marshal::dumps(&sample(), 5).unwrap();
    for len in 0..data.len() {
        assert!(marshal::loads(&data[..len]).is_err());
    }
    // Every single byte changed to every value: an error or another value, no panic.
    for at in 0..data.len() {
        for byte in 0..=255 {
            let mut broken = data.clone();
            broken[at] = byte;
            let _ = marshal::loads(&broken);
        }
    }
    let nested = [b')', 1].repeat(100_000);
    assert_eq!(marshal::loads(&nested).err(), Some(MarshalError::TooDeep));
    assert_eq!(marshal::loads(b"(\xff\xff\xff\x7f").err(), Some(MarshalError::Truncated));
    assert_eq!(marshal::loads(b"\xa9\x01r\0\0\0\0").err(), Some(MarshalError::Bad("invalid reference")));
}

#[test]
fn broken_tables() {
    let mut state = 1u32;
    for _ in 0..2000 {
        let bytes: Vec<u8> = (0..60)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8
            })
            .collect();
        assert!(LocationTable::new(&bytes, 1).count() <= bytes.len());
        let table = ExceptionTable::new(&bytes);
        assert!(table.clone().count() <= bytes.len());
        assert!((0..64).filter_map(|unit| table.lookup(unit)).count() <= 64);
    }
}
