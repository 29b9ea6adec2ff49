//! Classes.

use std::sync::Arc;

use bytecode::args::intrinsic;
use bytecode::{Const, Text, op};
use syntax::ast::{ClassDef, Loc};

use super::Compiler;
use super::scope::NewScope;
use super::unit::ScopeKind;
use crate::error::Result;
use crate::instr::NO_LOCATION;
use crate::names::Sym;
use crate::symtable::{BlockKey, Scope};

impl<'a> Compiler<'_, 'a> {
    /// `name = __build_class__(body, "name", *bases, **keywords)`, decorated.
    #[inline(never)]
    pub(super) fn class(&mut self, def: &'a ClassDef<'a>, loc: Loc) -> Result<()> {
        self.exprs(def.decorator_list)?;
        let firstlineno = def.decorator_list.first().map_or(loc.line, |decorator| decorator.loc.line);
        let name = self.intern(def.name);
        let generic = !def.type_params.is_empty();
        if generic {
            self.enter_type_params_scope(name, def.type_params, firstlineno, 0, Some(name))?;
            self.type_params(def.type_params)?;
            self.store(loc, Sym::DOT_TYPE_PARAMS)?;
        }
        self.class_body(def, name, firstlineno, loc)?;
        if generic {
            self.load(loc, Sym::DOT_TYPE_PARAMS)?;
            self.op_arg(loc, op::CALL_INTRINSIC_1, intrinsic::SUBSCRIPT_GENERIC);
            self.store(loc, Sym::DOT_GENERIC_BASE)?;
            self.call_args(loc, 2, def.bases, Some(Sym::DOT_GENERIC_BASE), def.keywords)?;
            let code = self.finish_scope(false)?;
            self.make_closure(loc, code, 0)?;
            self.op(loc, op::PUSH_NULL);
            self.op_arg(loc, op::CALL, 0);
        } else {
            self.call_args(loc, 2, def.bases, None, def.keywords)?;
        }
        self.apply_decorators(def.decorator_list);
        self.store(loc, name)
    }

    /// Leaves `__build_class__`, the function of the body and the name on the stack.
    fn class_body(
        &mut self,
        def: &'a ClassDef<'a>,
        name: Sym,
        firstlineno: i32,
        class_loc: Loc,
    ) -> Result<()> {
        let block = self.table.lookup(BlockKey::node(def))?;
        let mut scope = NewScope::new(ScopeKind::Class, name, block, firstlineno);
        scope.private = Some(name);
        self.enter_scope(scope);
        let loc = Loc { line: firstlineno, col: 0, end_line: firstlineno, end_col: 0 };
        self.load(loc, Sym::NAME)?;
        self.store(loc, Sym::MODULE)?;
        let qualname: Text = self.unit.qualname.into();
        self.load_const(loc, Const::Str(qualname));
        self.store(loc, Sym::QUALNAME)?;
        self.load_const(loc, Const::Int(i64::from(firstlineno)));
        self.store(loc, Sym::FIRSTLINENO)?;
        if !def.type_params.is_empty() {
            self.load(loc, Sym::DOT_TYPE_PARAMS)?;
            self.store(loc, Sym::TYPE_PARAMS)?;
        }
        if self.block().needs_classdict {
            self.op(loc, op::LOAD_LOCALS);
            let index = self.deref_index(Sym::CLASSDICT, Scope::Cell);
            self.op_arg(loc, op::STORE_DEREF, index);
        }
        if self.block().has_conditional_annotations {
            self.op_arg(loc, op::BUILD_SET, 0);
            let index = self.deref_index(Sym::CONDITIONAL_ANNOTATIONS, Scope::Cell);
            self.op_arg(loc, op::STORE_DEREF, index);
        }
        self.body(loc, def.body, false)?;
        self.load_static_attributes();
        self.store(NO_LOCATION, Sym::STATIC_ATTRIBUTES)?;
        if self.block().needs_classdict {
            let index = self.deref_index(Sym::CLASSDICT, Scope::Cell);
            self.op_arg(NO_LOCATION, op::LOAD_CLOSURE, index);
            self.store(NO_LOCATION, Sym::CLASSDICTCELL)?;
        }
        if self.block().needs_class_closure {
            let index = self.deref_index(Sym::CLASS, Scope::Cell);
            self.op_arg(NO_LOCATION, op::LOAD_CLOSURE, index);
            self.op_arg(NO_LOCATION, op::COPY, 1);
            self.store(NO_LOCATION, Sym::CLASSCELL)?;
        } else {
            self.load_none(NO_LOCATION);
        }
        self.op(NO_LOCATION, op::RETURN_VALUE);
        let code = self.finish_scope(true)?;

        self.op(class_loc, op::LOAD_BUILD_CLASS);
        self.op(class_loc, op::PUSH_NULL);
        self.make_closure(class_loc, code, 0)?;
        self.load_name_const(class_loc, name);
        Ok(())
    }

    fn load_static_attributes(&mut self) {
        let mut names: Vec<Sym> =
            self.unit.static_attributes.entries().iter().map(|(name, ())| *name).collect();
        names.sort_by_key(|name| self.table.names.text(*name));
        let items: Vec<Const> = names.into_iter().map(|name| Const::Str(self.text(name))).collect();
        self.load_const(NO_LOCATION, Const::Tuple(Arc::from(items)));
    }

    /// Records `self.attr = …` for the class the function is in.
    pub(super) fn note_static_attribute(&mut self, attr: Sym) {
        if let Some(class) = self.outer.iter_mut().rev().find(|unit| unit.kind == ScopeKind::Class) {
            class.static_attributes.index_of(attr);
        }
    }
}
