//! The East Asian codecs: `_multibytecodec` and the modules that hold the codecs by country.
//!
//! `tables` has the recorded mappings, `codec` the codecs over bytes and code points (`hz` and `iso2022` those with shifts),
//! `convert` the error handling, `objects` the types.

mod codec;
mod convert;
mod hz;
mod iso2022;
mod objects;
mod tables;

use codec::Codec;
use objects::*;
use runtime::prelude::*;

/// The codec of a name, as the modules' `getcodec` gives it.
fn find(py: Python, codecs: &'static [Codec], encoding: &PyObject) -> PyResult<Py<PyMultibyteCodec>> {
    let Some(name) = encoding.downcast::<PyStr>() else {
        return Err(type_error(py, "encoding name must be a string."));
    };
    let name = name.as_utf8(py)?;
    match codecs.iter().find(|c| c.name == name) {
        Some(c) => PyMultibyteCodec::make(py, c),
        None => Err(lookup_error(py, "no such codec is supported.")),
    }
}

#[pymodule(
    name = "_multibytecodec",
    types(
        PyMultibyteIncrementalEncoder,
        PyMultibyteIncrementalDecoder,
        PyMultibyteStreamReader,
        PyMultibyteStreamWriter
    ),
    hidden_types(PyMultibyteCodec)
)]
pub mod _multibytecodec {}

macro_rules! module {
    ($name:ident $text:literal $codecs:ident) => {
        #[pymodule(name = $text, hidden_types(PyMultibyteCodec))]
        pub mod $name {
            use super::*;

            #[pyfunction(nodoc)]
            fn getcodec(py: Python, object: &PyObject) -> PyResult<Py<PyMultibyteCodec>> {
                find(py, &codec::$codecs, object)
            }
        }
    };
}

module!(_codecs_cn "_codecs_cn" CN);
module!(_codecs_hk "_codecs_hk" HK);
module!(_codecs_iso2022 "_codecs_iso2022" ISO2022);
module!(_codecs_jp "_codecs_jp" JP);
module!(_codecs_kr "_codecs_kr" KR);
module!(_codecs_tw "_codecs_tw" TW);
