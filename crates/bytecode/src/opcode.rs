//! Instruction numbers and what is known about each: caches, stack effect, flags, family.

/// An instruction of 3.14, real or pseudo. Its number is always one the table has, or an unused one below 256.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Opcode(u16);

/// What an instruction does besides moving stack entries.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Flags(u16);

impl Flags {
    pub const ARG: Flags = Flags(1);
    pub const CONST: Flags = Flags(2);
    pub const NAME: Flags = Flags(4);
    pub const JUMP: Flags = Flags(8);
    pub const FREE: Flags = Flags(16);
    pub const LOCAL: Flags = Flags(32);
    pub const EVAL_BREAK: Flags = Flags(64);
    pub const DEOPT: Flags = Flags(128);
    pub const ERROR: Flags = Flags(256);
    pub const ESCAPES: Flags = Flags(512);
    pub const EXIT: Flags = Flags(1024);
    pub const PURE: Flags = Flags(2048);
    pub const PASSTHROUGH: Flags = Flags(4096);
    pub const OPARG_AND_1: Flags = Flags(8192);
    pub const ERROR_NO_POP: Flags = Flags(16384);
    pub const NO_SAVE_IP: Flags = Flags(32768);

    #[inline]
    pub const fn bits(self) -> u16 {
        self.0
    }

    #[inline]
    pub const fn has(self, flag: Flags) -> bool {
        self.0 & flag.0 != 0
    }

    const fn with(self, flag: Flags) -> Flags {
        Flags(self.0 | flag.0)
    }
}

/// How many stack entries an instruction takes or leaves, as a function of its oparg.
#[derive(Clone, Copy)]
enum Count {
    Fixed(u8),
    PlusArg(u8),
    TwiceArg,
    PlusLowBit(u8),
    /// `UNPACK_EX`: one list, the low byte before it, the rest after it.
    UnpackEx,
}

impl Count {
    #[inline]
    const fn get(self, arg: u32) -> u32 {
        match self {
            Count::Fixed(n) => n as u32,
            Count::PlusArg(n) => arg.saturating_add(n as u32),
            Count::TwiceArg => arg.saturating_mul(2),
            Count::PlusLowBit(n) => n as u32 + (arg & 1),
            Count::UnpackEx => 1 + (arg & 0xFF) + (arg >> 8),
        }
    }
}

/// Which of the four sorts of instruction one is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Emitted by the compiler.
    Real,
    /// Written over a real one by the specialising interpreter.
    Specialized,
    /// Written over a real one by `sys.monitoring`.
    Instrumented,
    /// Lives in the compiler only.
    Pseudo,
    /// A number without instruction.
    Unused,
}

#[derive(Clone, Copy)]
struct Info {
    name: &'static str,
    kind: Kind,
    base: u16,
    caches: u8,
    flags: Flags,
    popped: Count,
    pushed: Count,
}

const UNUSED: Info = Info {
    name: "",
    kind: Kind::Unused,
    base: 0,
    caches: 0,
    flags: Flags(0),
    popped: Count::Fixed(0),
    pushed: Count::Fixed(0),
};

/// Numbers of executable instructions are below this; pseudo instructions start here.
pub const MIN_PSEUDO: u16 = 256;
/// One more than the largest number.
pub const OPCODE_COUNT: usize = 267;
/// Entries of the tables: a power of two above all numbers.
const TABLE_SIZE: usize = 512;
/// Real instructions with a larger number than this use their oparg.
pub const HAVE_ARGUMENT: u8 = 43;
pub const MIN_SPECIALIZED: u8 = 129;
pub const MIN_INSTRUMENTED: u8 = 234;

/// Turns the rows of the instruction table into the constants of [`op`] and the metadata array.
macro_rules! define {
    (@count ex) => { Count::UnpackEx };
    (@count $k:literal) => { Count::Fixed($k) };
    (@count 2 * n) => { Count::TwiceArg };
    (@count $k:literal + n) => { Count::PlusArg($k) };
    (@count $k:literal + (n & 1)) => { Count::PlusLowBit($k) };
    (@kind real) => { Kind::Real };
    (@kind specialized) => { Kind::Specialized };
    (@kind instrumented) => { Kind::Instrumented };
    (@kind pseudo) => { Kind::Pseudo };
    ([] executable { $($exec:tt)* } pseudo { $($pseudo:tt)* }) => { define! { @rows $($exec)* $($pseudo)* } };
    (@rows $($name:ident, $num:literal, $snake:ident, $kind:ident $base:ident, $caches:literal,
          ($($pop:tt)*) ($($push:tt)*), [$($flag:ident)*];)*) => {
        /// Every instruction under its own name, for `use bytecode::op::*` and for patterns.
        pub mod op {
            use super::Opcode;
            $(pub const $name: Opcode = Opcode($num);)*
        }

        static INFO: [Info; TABLE_SIZE] = {
            let mut t = [UNUSED; TABLE_SIZE];
            let mut i = 0;
            while i < TABLE_SIZE {
                t[i].base = i as u16;
                i += 1;
            }
            $(t[$num] = Info {
                name: stringify!($name),
                kind: define!(@kind $kind),
                base: op::$base.0,
                caches: $caches,
                flags: Flags(0)$(.with(Flags::$flag))*,
                popped: define!(@count $($pop)*),
                pushed: define!(@count $($push)*),
            };)*
            t
        };
    };
}

crate::opcode_rows! { [define] [] }

/// What passes over many instructions ask for, apart from the rest to stay in the cache.
static FLAGS: [Flags; TABLE_SIZE] = {
    let mut t = [Flags(0); TABLE_SIZE];
    let mut i = 0;
    while i < TABLE_SIZE {
        t[i] = INFO[i].flags;
        i += 1;
    }
    t
};

static CACHE_COUNTS: [u8; TABLE_SIZE] = {
    let mut t = [0; TABLE_SIZE];
    let mut i = 0;
    while i < TABLE_SIZE {
        t[i] = INFO[i].caches;
        i += 1;
    }
    t
};

impl Opcode {
    /// The instruction a code unit's first byte names.
    #[inline]
    pub const fn from_u8(number: u8) -> Opcode {
        Opcode(number as u16)
    }

    /// `None` beyond the pseudo instructions.
    pub const fn from_number(number: u32) -> Option<Opcode> {
        if number < OPCODE_COUNT as u32 { Some(Opcode(number as u16)) } else { None }
    }

    /// The instruction called `name`, as `opcode.opmap` spells it.
    pub fn from_name(name: &str) -> Option<Opcode> {
        let i = INFO.iter().position(|info| info.name == name && !name.is_empty())?;
        Some(Opcode(i as u16))
    }

    #[inline]
    pub const fn number(self) -> u16 {
        self.0
    }

    /// An index that needs no check.
    #[inline]
    const fn index(self) -> usize {
        (self.0 & (TABLE_SIZE as u16 - 1)) as usize
    }

    #[inline]
    const fn info(self) -> &'static Info {
        &INFO[self.index()]
    }

    /// Empty for an unused number.
    pub const fn name(self) -> &'static str {
        self.info().name
    }

    pub const fn kind(self) -> Kind {
        self.info().kind
    }

    pub const fn is_used(self) -> bool {
        !matches!(self.info().kind, Kind::Unused)
    }

    #[inline]
    pub const fn is_pseudo(self) -> bool {
        self.0 >= MIN_PSEUDO
    }

    /// The family of a specialised instruction, the one an instrumented one stands for, otherwise itself.
    #[inline]
    pub const fn base(self) -> Opcode {
        Opcode(self.info().base)
    }

    /// Undoes specialisation only: what `co_code` shows for it.
    #[inline]
    pub const fn deopt(self) -> Opcode {
        let info = self.info();
        if matches!(info.kind, Kind::Specialized) { Opcode(info.base) } else { self }
    }

    /// Inline-cache code units after it.
    #[inline]
    pub const fn caches(self) -> usize {
        CACHE_COUNTS[self.index()] as usize
    }

    #[inline]
    pub const fn flags(self) -> Flags {
        FLAGS[self.index()]
    }

    #[inline]
    pub const fn has(self, flag: Flags) -> bool {
        FLAGS[self.index()].has(flag)
    }

    #[inline]
    pub const fn has_arg(self) -> bool {
        self.has(Flags::ARG)
    }

    #[inline]
    pub const fn has_jump(self) -> bool {
        self.has(Flags::JUMP)
    }

    /// Stack entries it takes.
    #[inline]
    pub const fn popped(self, arg: u32) -> u32 {
        self.info().popped.get(arg)
    }

    /// Stack entries it leaves, on the path that does not jump.
    #[inline]
    pub const fn pushed(self, arg: u32) -> u32 {
        self.info().pushed.get(arg)
    }

    /// Starts a protected region: its target is an exception handler.
    #[inline]
    pub const fn is_block_push(self) -> bool {
        matches!(self, op::SETUP_FINALLY | op::SETUP_WITH | op::SETUP_CLEANUP)
    }

    #[inline]
    pub const fn has_target(self) -> bool {
        self.has_jump() || self.is_block_push()
    }

    #[inline]
    pub const fn is_unconditional_jump(self) -> bool {
        use op::*;
        matches!(self, JUMP | JUMP_NO_INTERRUPT | JUMP_FORWARD | JUMP_BACKWARD | JUMP_BACKWARD_NO_INTERRUPT)
    }

    #[inline]
    pub const fn is_conditional_jump(self) -> bool {
        use op::*;
        matches!(self, POP_JUMP_IF_FALSE | POP_JUMP_IF_TRUE | POP_JUMP_IF_NONE | POP_JUMP_IF_NOT_NONE)
    }

    /// Leaves the code object: nothing follows it.
    #[inline]
    pub const fn is_scope_exit(self) -> bool {
        matches!(self, op::RETURN_VALUE | op::RAISE_VARARGS | op::RERAISE)
    }

    /// Must be the last of its basic block.
    #[inline]
    pub const fn is_terminator(self) -> bool {
        self.has_jump() || self.is_scope_exit()
    }

    /// All instructions of the table in number order.
    pub fn all() -> impl Iterator<Item = Opcode> {
        (0..OPCODE_COUNT as u16).map(Opcode).filter(|op| op.is_used())
    }
}

impl std::fmt::Debug for Opcode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.name() {
            "" => write!(f, "<{}>", self.0),
            name => f.write_str(name),
        }
    }
}

/// Entry `i` is the inline-cache length of instruction `i`, for interpreters that index by byte.
pub static CACHES: [u8; 256] = {
    let mut t = [0; 256];
    let mut i = 0;
    while i < 256 {
        t[i] = INFO[i].caches;
        i += 1;
    }
    t
};

/// Entry `i` is the instruction `i` was specialised from, itself if it was not.
pub static DEOPT: [u8; 256] = {
    let mut t = [0; 256];
    let mut i = 0;
    while i < 256 {
        t[i] = Opcode(i as u16).deopt().0 as u8;
        i += 1;
    }
    t
};
