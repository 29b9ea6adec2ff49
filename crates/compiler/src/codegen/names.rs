//! Loading, storing and deleting names.

use bytecode::op;
use syntax::ast::{ExprContext, Loc};

use super::Compiler;
use crate::error::Result;
use crate::names::Sym;
use crate::symtable::{BlockKind, Scope};

impl Compiler<'_, '_> {
    /// The name as it is stored: mangled if private.
    #[inline]
    pub(super) fn mangled(&mut self, name: Sym) -> Sym {
        self.table.mangle(self.unit.private, self.unit.block, name)
    }

    pub(super) fn load(&mut self, loc: Loc, name: Sym) -> Result<()> {
        self.name_op(loc, name, ExprContext::Load)
    }

    pub(super) fn store(&mut self, loc: Loc, name: Sym) -> Result<()> {
        self.name_op(loc, name, ExprContext::Store)
    }

    /// The instruction for a name in its scope.
    #[inline(never)]
    pub(super) fn name_op(&mut self, loc: Loc, name: Sym, ctx: ExprContext) -> Result<()> {
        let mangled = self.mangled(name);
        let block = self.block();
        let scope = block.scope(mangled);
        let function_like = block.is_function_like();
        let is_class = block.kind == BlockKind::Class;
        let sees_class = block.can_see_class_scope;
        match scope {
            Scope::Free | Scope::Cell => {
                let index = self.deref_index(mangled, scope);
                let op = match ctx {
                    ExprContext::Store => op::STORE_DEREF,
                    ExprContext::Del => op::DELETE_DEREF,
                    ExprContext::Load if is_class && self.unit.in_inlined_comprehension == 0 => {
                        self.op(loc, op::LOAD_LOCALS);
                        op::LOAD_FROM_DICT_OR_DEREF
                    }
                    ExprContext::Load if sees_class => {
                        self.load_class_dict(loc);
                        op::LOAD_FROM_DICT_OR_DEREF
                    }
                    ExprContext::Load => op::LOAD_DEREF,
                };
                self.op_arg(loc, op, index);
            }
            Scope::Local
                if function_like || self.unit.fast_hidden.get(mangled).is_some_and(|active| *active) =>
            {
                let op = match ctx {
                    ExprContext::Load => op::LOAD_FAST,
                    ExprContext::Store => op::STORE_FAST,
                    ExprContext::Del => op::DELETE_FAST,
                };
                let index = self.unit.varnames.index_of(mangled) as u32;
                self.op_arg(loc, op, index);
            }
            Scope::GlobalExplicit | Scope::GlobalImplicit
                if function_like || scope == Scope::GlobalExplicit =>
            {
                let index = self.unit.names.index_of(mangled) as u32;
                match ctx {
                    ExprContext::Load if sees_class && scope == Scope::GlobalImplicit => {
                        self.load_class_dict(loc);
                        self.op_arg(loc, op::LOAD_FROM_DICT_OR_GLOBALS, index);
                    }
                    ExprContext::Load => self.op_arg(loc, op::LOAD_GLOBAL, index << 1),
                    ExprContext::Store => self.op_arg(loc, op::STORE_GLOBAL, index),
                    ExprContext::Del => self.op_arg(loc, op::DELETE_GLOBAL, index),
                }
            }
            _ => {
                let index = self.unit.names.index_of(mangled) as u32;
                match ctx {
                    // A comprehension in a class does not see the names of the class.
                    ExprContext::Load if is_class && self.unit.in_inlined_comprehension != 0 => {
                        self.op_arg(loc, op::LOAD_GLOBAL, index << 1);
                    }
                    ExprContext::Load => self.op_arg(loc, op::LOAD_NAME, index),
                    ExprContext::Store => self.op_arg(loc, op::STORE_NAME, index),
                    ExprContext::Del => self.op_arg(loc, op::DELETE_NAME, index),
                }
            }
        }
        Ok(())
    }

    /// The number of a cell or free variable.
    pub(super) fn deref_index(&mut self, mangled: Sym, scope: Scope) -> u32 {
        let index = if scope == Scope::Cell {
            self.unit.cellvars.index_of(mangled)
        } else {
            self.unit.cellvars.len() + self.unit.freevars.index_of(mangled)
        };
        index as u32
    }

    /// Pushes the namespace of the class around an annotation scope.
    fn load_class_dict(&mut self, loc: Loc) {
        let index = self.deref_index(Sym::CLASSDICT, Scope::Free);
        self.op_arg(loc, op::LOAD_DEREF, index);
    }

    /// The index of an attribute or global name in `co_names`.
    #[inline]
    pub(super) fn name_index(&mut self, name: Sym) -> u32 {
        let mangled = self.mangled(name);
        self.unit.names.index_of(mangled) as u32
    }
}
