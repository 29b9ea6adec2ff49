//! From the syntax tree to code objects: symbol table, code generation, flow graph, assembly.
//!
//! [`compile`] does all of it. [`symtable`](symtable()) stops after the symbol table, [`validate`](validate()) checks trees
//! that Python code built, [`preprocess`](preprocess()) is what `ast.parse(optimize=…)` does to a tree.
#![forbid(unsafe_code)]

pub mod assemble;
mod codegen;
pub mod consts;
mod error;
mod flowgraph;
mod fold;
mod future;
pub mod instr;
pub mod names;
mod preprocess;
mod repr;
pub mod symtable;
mod unparse;
mod validate;

use bumpalo::Bump;
use bytecode::Code;
use syntax::ast::Mod;

use self::error::StackGuard;
use self::future::future_features;
use self::names::Names;
use self::preprocess::Settings;
use self::symtable::SymbolTable;

pub use self::error::{
    ALLOW_TOP_LEVEL_AWAIT, CompileError, CompileOptions, DEFAULT_STACK_BUDGET, ErrorKind, FUTURE_ANNOTATIONS,
    FUTURE_BARRY_AS_BDFL, INHERITED_FLAGS, Position, Result, Warning,
};
pub use self::validate::{validate, validate_within};

/// Compiles a tree to the code object of its module (or expression).
///
/// `arena` is where the tree lives; texts and changed nodes are added to it. The warnings are to be issued by
/// the caller; an error carries those that precede it.
pub fn compile<'a>(
    arena: &'a Bump,
    tree: &Mod<'a>,
    options: &CompileOptions<'_>,
) -> Result<(Code, Vec<Warning>)> {
    let mut warnings = Vec::new();
    match compile_with(arena, tree, options, &mut warnings) {
        Ok(code) => Ok((code, warnings)),
        Err(mut error) => {
            error.warnings = warnings;
            Err(error)
        }
    }
}

fn compile_with<'a>(
    arena: &'a Bump,
    tree: &Mod<'a>,
    options: &CompileOptions<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<Code> {
    let guard = StackGuard::new(options.stack_budget);
    let mut future = future_features(tree).map_err(CompileError::message_only)?;
    future.features |= options.flags;
    let settings = Settings {
        optimize: options.optimize,
        features: future.features,
        check_only: false,
        warn: true,
        guard,
    };
    let tree = preprocess::preprocess(arena, tree, settings, warnings)?;
    let table =
        symtable::build(&tree, Names::new(arena), &future, guard).map_err(CompileError::message_only)?;
    codegen::generate(arena, &tree, table, options, future.features, guard, warnings)
}

/// What the compiler does to a tree before anything else; with `check_only` expressions stay as they are.
/// Issues no warnings: those come when the tree is compiled.
pub fn preprocess<'a>(
    arena: &'a Bump,
    tree: &Mod<'a>,
    options: &CompileOptions<'_>,
    check_only: bool,
) -> Result<Mod<'a>> {
    let features = future_features(tree).map_err(CompileError::message_only)?.features | options.flags;
    let guard = StackGuard::new(options.stack_budget);
    let settings = Settings { optimize: options.optimize, features, check_only, warn: false, guard };
    preprocess::preprocess(arena, tree, settings, &mut Vec::new())
}

/// The symbol table of a tree, as the `symtable` module shows it.
pub fn symtable<'a>(
    arena: &'a Bump,
    tree: &Mod<'a>,
    options: &CompileOptions<'_>,
) -> Result<SymbolTable<'a>> {
    let guard = StackGuard::new(options.stack_budget);
    let mut future = future_features(tree).map_err(CompileError::message_only)?;
    future.features |= options.flags;
    symtable::build(tree, Names::new(arena), &future, guard).map_err(CompileError::message_only)
}
