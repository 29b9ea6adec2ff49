//! `from __future__ import …`: which features a module asks for, and where the last such import stands.

use syntax::ast::{Alias, Constant, ExprKind, Loc, Mod, Stmt, StmtKind};

use crate::error::{CompileError, FUTURE_ANNOTATIONS, FUTURE_BARRY_AS_BDFL, Result};

/// The future features in force.
#[derive(Clone, Copy, Debug)]
pub struct Future {
    /// `CO_FUTURE_*` bits (and the other flags of the compilation, once merged).
    pub features: u32,
    /// The last future import.
    pub loc: Loc,
}

/// Features that are part of the language by now.
const MANDATORY: &[&str] = &[
    "nested_scopes",
    "generators",
    "division",
    "absolute_import",
    "with_statement",
    "print_function",
    "unicode_literals",
    "generator_stop",
];

/// Reads the future imports at the beginning of a module.
pub fn future_features(tree: &Mod<'_>) -> Result<Future> {
    let mut future = Future { features: 0, loc: Loc { line: -1, col: -1, end_line: -1, end_col: -1 } };
    let (Mod::Module { body, .. } | Mod::Interactive { body }) = tree else { return Ok(future) };
    for (index, stmt) in body.iter().enumerate() {
        match stmt.kind {
            StmtKind::ImportFrom { module: Some("__future__"), names, level } if level.unwrap_or(0) == 0 => {
                for alias in names {
                    future.features |= feature(alias)?;
                }
                future.loc = stmt.loc;
            }
            _ if index == 0 && is_docstring(stmt) => {}
            _ => break,
        }
    }
    Ok(future)
}

fn feature(alias: &Alias<'_>) -> Result<u32> {
    match alias.name {
        "annotations" => Ok(FUTURE_ANNOTATIONS),
        "barry_as_FLUFL" => Ok(FUTURE_BARRY_AS_BDFL),
        "braces" => Err(CompileError::syntax("not a chance", alias.loc)),
        name if MANDATORY.contains(&name) => Ok(0),
        name => Err(CompileError::syntax(format!("future feature {name} is not defined"), alias.loc)),
    }
}

fn is_docstring(stmt: &Stmt<'_>) -> bool {
    match stmt.kind {
        StmtKind::Expr { value } => {
            matches!(value.kind, ExprKind::Constant { value: Constant::Str(_), .. })
        }
        _ => false,
    }
}
