//! The accelerator modules of the standard library, one file or folder each, named as Python names them.

mod _abc;
mod _asyncio;
mod _bisect;
mod _blake2;
mod _bz2;
mod _codecs;
mod _collections;
mod _contextvars;
mod _csv;
mod _datetime;
mod _decimal;
mod _functools;
mod _heapq;
mod _hmac;
mod _io;
mod _json;
mod _locale;
mod _lzma;
mod _md5;
mod _multiprocessing;
mod _opcode;
mod _operator;
mod _pickle;
mod _posixshmem;
mod _posixsubprocess;
mod _queue;
mod _random;
mod _sha1;
mod _sha2;
mod _sha3;
mod _signal;
mod _socket;
mod _sre;
mod _stat;
mod _statistics;
mod _string;
mod _struct;
mod _suggestions;
mod _symtable;
mod _sysconfig;
mod _thread;
mod _tokenize;
mod _types;
mod _typing;
mod _uuid;
mod _warnings;
mod _weakref;
mod array;
mod atexit;
mod binascii;
mod cjk;
mod cmath;
mod decompressor;
mod digest;
mod errno;
mod faulthandler;
mod fcntl;
mod grp;
mod itertools;
mod math;
mod mmap;
mod posix;
mod pwd;
mod pyexpat;
mod resource;
mod select;
mod syslog;
mod system;
mod termios;
mod time;
mod unicodedata;
mod zlib;

use runtime::import::BuiltinModule;

/// All modules of this crate.
pub const MODULES: &[BuiltinModule] = &[
    BuiltinModule { name: "_abc", def: &_abc::_abc::MODULE },
    BuiltinModule { name: "_asyncio", def: &_asyncio::_asyncio::MODULE },
    BuiltinModule { name: "_bisect", def: &_bisect::_bisect::MODULE },
    BuiltinModule { name: "_blake2", def: &_blake2::_blake2::MODULE },
    BuiltinModule { name: "_bz2", def: &_bz2::_bz2::MODULE },
    BuiltinModule { name: "_codecs", def: &_codecs::_codecs::MODULE },
    BuiltinModule { name: "_codecs_cn", def: &cjk::_codecs_cn::MODULE },
    BuiltinModule { name: "_codecs_hk", def: &cjk::_codecs_hk::MODULE },
    BuiltinModule { name: "_codecs_iso2022", def: &cjk::_codecs_iso2022::MODULE },
    BuiltinModule { name: "_codecs_jp", def: &cjk::_codecs_jp::MODULE },
    BuiltinModule { name: "_codecs_kr", def: &cjk::_codecs_kr::MODULE },
    BuiltinModule { name: "_codecs_tw", def: &cjk::_codecs_tw::MODULE },
    BuiltinModule { name: "_collections", def: &_collections::collections::MODULE },
    BuiltinModule { name: "_contextvars", def: &_contextvars::_contextvars::MODULE },
    BuiltinModule { name: "_csv", def: &_csv::_csv::MODULE },
    BuiltinModule { name: "_datetime", def: &_datetime::_datetime::MODULE },
    BuiltinModule { name: "_decimal", def: &_decimal::_decimal::MODULE },
    BuiltinModule { name: "_functools", def: &_functools::functools::MODULE },
    BuiltinModule { name: "_heapq", def: &_heapq::_heapq::MODULE },
    BuiltinModule { name: "_hmac", def: &_hmac::_hmac::MODULE },
    BuiltinModule { name: "_io", def: &_io::_io::MODULE },
    BuiltinModule { name: "_json", def: &_json::_json::MODULE },
    BuiltinModule { name: "_locale", def: &_locale::_locale::MODULE },
    BuiltinModule { name: "_lzma", def: &_lzma::_lzma::MODULE },
    BuiltinModule { name: "_md5", def: &_md5::_md5::MODULE },
    BuiltinModule { name: "_multiprocessing", def: &_multiprocessing::_multiprocessing::MODULE },
    BuiltinModule { name: "_multibytecodec", def: &cjk::_multibytecodec::MODULE },
    BuiltinModule { name: "_opcode", def: &_opcode::_opcode::MODULE },
    BuiltinModule { name: "_operator", def: &_operator::operator::MODULE },
    BuiltinModule { name: "_posixshmem", def: &_posixshmem::_posixshmem::MODULE },
    BuiltinModule { name: "_pickle", def: &_pickle::_pickle::MODULE },
    BuiltinModule { name: "_posixsubprocess", def: &_posixsubprocess::_posixsubprocess::MODULE },
    BuiltinModule { name: "_queue", def: &_queue::_queue::MODULE },
    BuiltinModule { name: "_random", def: &_random::_random::MODULE },
    BuiltinModule { name: "_sha1", def: &_sha1::_sha1::MODULE },
    BuiltinModule { name: "_sha2", def: &_sha2::_sha2::MODULE },
    BuiltinModule { name: "_sha3", def: &_sha3::_sha3::MODULE },
    BuiltinModule { name: "_signal", def: &_signal::_signal::MODULE },
    BuiltinModule { name: "_socket", def: &_socket::_socket::MODULE },
    BuiltinModule { name: "_sre", def: &_sre::_sre::MODULE },
    BuiltinModule { name: "_stat", def: &_stat::_stat::MODULE },
    BuiltinModule { name: "_statistics", def: &_statistics::_statistics::MODULE },
    BuiltinModule { name: "_string", def: &_string::_string::MODULE },
    BuiltinModule { name: "_struct", def: &_struct::_struct::MODULE },
    BuiltinModule { name: "_suggestions", def: &_suggestions::_suggestions::MODULE },
    BuiltinModule { name: "_symtable", def: &_symtable::_symtable::MODULE },
    BuiltinModule { name: "_sysconfig", def: &_sysconfig::_sysconfig::MODULE },
    BuiltinModule { name: "_thread", def: &_thread::_thread::MODULE },
    BuiltinModule { name: "_tokenize", def: &_tokenize::_tokenize::MODULE },
    BuiltinModule { name: "_types", def: &_types::_types::MODULE },
    BuiltinModule { name: "_typing", def: &_typing::_typing::MODULE },
    BuiltinModule { name: "_uuid", def: &_uuid::_uuid::MODULE },
    BuiltinModule { name: "_warnings", def: &_warnings::_warnings::MODULE },
    BuiltinModule { name: "_weakref", def: &_weakref::_weakref::MODULE },
    BuiltinModule { name: "array", def: &array::array::MODULE },
    BuiltinModule { name: "atexit", def: &atexit::atexit::MODULE },
    BuiltinModule { name: "binascii", def: &binascii::binascii::MODULE },
    BuiltinModule { name: "cmath", def: &cmath::cmath::MODULE },
    BuiltinModule { name: "errno", def: &errno::errno::MODULE },
    BuiltinModule { name: "faulthandler", def: &faulthandler::faulthandler::MODULE },
    BuiltinModule { name: "fcntl", def: &fcntl::fcntl::MODULE },
    BuiltinModule { name: "grp", def: &grp::grp::MODULE },
    BuiltinModule { name: "itertools", def: &itertools::itertools::MODULE },
    BuiltinModule { name: "math", def: &math::math::MODULE },
    BuiltinModule { name: "mmap", def: &mmap::mmap::MODULE },
    BuiltinModule { name: "posix", def: &posix::posix::MODULE },
    BuiltinModule { name: "pwd", def: &pwd::pwd::MODULE },
    BuiltinModule { name: "pyexpat", def: &pyexpat::pyexpat::MODULE },
    BuiltinModule { name: "resource", def: &resource::resource::MODULE },
    BuiltinModule { name: "select", def: &select::select::MODULE },
    BuiltinModule { name: "syslog", def: &syslog::syslog::MODULE },
    BuiltinModule { name: "termios", def: &termios::termios::MODULE },
    BuiltinModule { name: "time", def: &time::time::MODULE },
    BuiltinModule { name: "unicodedata", def: &unicodedata::unicodedata::MODULE },
    BuiltinModule { name: "zlib", def: &zlib::zlib::MODULE },
];
