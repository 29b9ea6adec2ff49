//! The symbol table: which names each block of a program defines and uses, and where they live.
//!
//! Built in two passes: the first ([`build`](self::build)) walks the tree and notes raw facts about every name in every
//! block, the second ([`analyze`](self::analyze)) decides the scope of each name. The result is plain data: the code
//! generator reads it, and the `_symtable` module shows it to Python.

mod analyze;
mod build;
mod expr;
mod scopes;

pub(crate) use build::docstring;

use syntax::ast::{Loc, Mod};

use crate::error::{CompileError, ErrorKind, Result, StackGuard};
use crate::future::Future;
use crate::names::{FastMap, Names, Sym, SymMap};

/// `global` statement.
pub const DEF_GLOBAL: u32 = 1;
/// Assigned to in the block.
pub const DEF_LOCAL: u32 = 2;
/// Formal parameter.
pub const DEF_PARAM: u32 = 4;
/// `nonlocal` statement.
pub const DEF_NONLOCAL: u32 = 8;
/// Used in the block.
pub const USE: u32 = 16;
/// Free in a method although the class binds the name too.
pub const DEF_FREE_CLASS: u32 = 64;
/// Bound by an import.
pub const DEF_IMPORT: u32 = 128;
/// Annotated.
pub const DEF_ANNOT: u32 = 256;
/// Iteration variable of a comprehension.
pub const DEF_COMP_ITER: u32 = 512;
/// Type parameter.
pub const DEF_TYPE_PARAM: u32 = 1024;
/// A cell of a comprehension that was inlined here.
pub const DEF_COMP_CELL: u32 = 2048;
/// Bound in the block in one way or another.
pub const DEF_BOUND: u32 = DEF_LOCAL | DEF_PARAM | DEF_IMPORT;
/// Where the scope sits in a symbol's flags.
pub const SCOPE_OFFSET: u32 = 12;

/// Where a name lives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u32)]
pub enum Scope {
    /// The block does not mention the name.
    #[default]
    Unknown = 0,
    Local = 1,
    GlobalExplicit = 2,
    GlobalImplicit = 3,
    Free = 4,
    Cell = 5,
}

impl Scope {
    /// The scope recorded in a symbol's flags.
    #[inline]
    pub fn of(flags: u32) -> Scope {
        match flags >> SCOPE_OFFSET {
            1 => Scope::Local,
            2 => Scope::GlobalExplicit,
            3 => Scope::GlobalImplicit,
            4 => Scope::Free,
            5 => Scope::Cell,
            _ => Scope::Unknown,
        }
    }
}

/// The sort of a block; the numbers are those of `_symtable.TYPE_*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum BlockKind {
    Function = 0,
    Class = 1,
    Module = 2,
    Annotation = 3,
    TypeAlias = 4,
    TypeParameters = 5,
    TypeVariable = 6,
}

/// What a function-like block made for a comprehension computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comprehension {
    List,
    Dict,
    Set,
    Generator,
}

/// Index of a [`Block`] in its [`SymbolTable`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BlockId(pub u32);

/// One block: a module, function, class, comprehension, annotation …
#[derive(Clone, Debug)]
pub struct Block {
    pub name: Sym,
    pub kind: BlockKind,
    /// Mangled names with their flags, the scope at [`SCOPE_OFFSET`], in order of first appearance.
    pub symbols: SymMap<u32>,
    /// Parameters in order.
    pub varnames: Vec<Sym>,
    pub children: Vec<BlockId>,
    pub loc: Loc,
    /// Inside a function, at any depth.
    pub nested: bool,
    pub generator: bool,
    pub coroutine: bool,
    pub comprehension: Option<Comprehension>,
    pub varargs: bool,
    pub varkeywords: bool,
    pub annotations_used: bool,
    /// A class whose methods refer to `__class__`.
    pub needs_class_closure: bool,
    /// A class whose annotation scopes refer to its namespace.
    pub needs_classdict: bool,
    pub has_conditional_annotations: bool,
    /// A comprehension compiled as part of the block around it.
    pub comp_inlined: bool,
    /// An annotation scope that sees the names of the class around it.
    pub can_see_class_scope: bool,
    pub has_docstring: bool,
    /// A function directly inside a class.
    pub method: bool,
    /// The block of the deferred annotations of this module or class.
    pub annotation_block: Option<BlockId>,
    /// The names to mangle, if not all: see [`SymbolTable::mangle`].
    mangled_names: Option<u32>,
    /// For messages: what a [`BlockKind::TypeVariable`] is the value of.
    scope_info: Option<&'static str>,
    /// `global` and `nonlocal` statements, for errors found late.
    directives: Vec<(Sym, Loc)>,
    comp_iter_target: bool,
    comp_iter_expr: u32,
    in_conditional_block: bool,
    in_unevaluated_annotation: bool,
    entered: bool,
}

impl Block {
    /// Functions and everything that is compiled as one.
    #[inline]
    pub fn is_function_like(&self) -> bool {
        !matches!(self.kind, BlockKind::Class | BlockKind::Module)
    }

    /// The flags of a (mangled) name, 0 if the block does not know it.
    #[inline]
    pub fn flags(&self, name: Sym) -> u32 {
        self.symbols.get(name).copied().unwrap_or(0)
    }

    /// The scope of a (mangled) name.
    #[inline]
    pub fn scope(&self, name: Sym) -> Scope {
        Scope::of(self.flags(name))
    }
}

/// A node that opens a block, by its address in the tree. Nodes are aligned to at least four bytes, so the
/// low bits tell apart the blocks that one node opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BlockKey(usize);

impl BlockKey {
    /// The block of a node itself.
    #[inline]
    pub fn node<T>(node: &T) -> BlockKey {
        BlockKey(std::ptr::from_ref(node) as usize)
    }

    /// The default value of a type parameter (its bound is the node's own block).
    #[inline]
    pub fn default_of<T>(node: &T) -> BlockKey {
        BlockKey(std::ptr::from_ref(node) as usize + 1)
    }

    /// A list of type parameters.
    #[inline]
    pub fn type_params<T>(list: &[T]) -> BlockKey {
        BlockKey(list.as_ptr() as usize + 2)
    }
}

/// The symbol table of one program. Block 0 is the module.
#[derive(Debug)]
pub struct SymbolTable<'a> {
    pub names: Names<'a>,
    pub blocks: Vec<Block>,
    keys: FastMap<usize, BlockId>,
    mangled_sets: Vec<Vec<Sym>>,
}

impl<'a> SymbolTable<'a> {
    /// The module's block.
    pub const TOP: BlockId = BlockId(0);

    #[inline]
    pub fn block(&self, id: BlockId) -> &Block {
        &self.blocks[id.0 as usize]
    }

    #[inline]
    pub fn block_mut(&mut self, id: BlockId) -> &mut Block {
        &mut self.blocks[id.0 as usize]
    }

    /// The block a node opened.
    pub fn lookup(&self, key: BlockKey) -> Result<BlockId> {
        self.keys
            .get(&key.0)
            .copied()
            .ok_or_else(|| CompileError::other(ErrorKind::SystemError, "unknown symbol table entry"))
    }

    /// Mangles `name` as it stands in `block` within class `private`. In the scope of a generic class's type
    /// parameters only the parameters' own names are mangled.
    #[inline]
    pub fn mangle(&mut self, private: Option<Sym>, block: BlockId, name: Sym) -> Sym {
        if private.is_none() {
            return name;
        }
        if let Some(set) = self.block(block).mangled_names
            && !self.mangled_sets[set as usize].contains(&name)
        {
            return name;
        }
        self.names.mangle(private, name)
    }
}

/// Builds the symbol table of a tree.
pub fn build<'a>(
    tree: &Mod<'a>,
    names: Names<'a>,
    future: &Future,
    guard: StackGuard,
) -> Result<SymbolTable<'a>> {
    let mut table = build::build(tree, names, future, guard)?;
    analyze::analyze(&mut table, guard)?;
    Ok(table)
}
