//! Entering and leaving blocks, and noting what is said about a name: the vocabulary of the first pass.

use syntax::ast::{Expr, ExprContext, ExprKind, Keyword, Loc};

use super::{
    Block, BlockId, BlockKey, BlockKind, DEF_COMP_ITER, DEF_GLOBAL, DEF_IMPORT, DEF_LOCAL, DEF_NONLOCAL,
    DEF_PARAM, DEF_TYPE_PARAM, SymbolTable, USE,
};
use crate::error::{ALLOW_TOP_LEVEL_AWAIT, CompileError, FUTURE_ANNOTATIONS, Result, StackGuard};
use crate::future::Future;
use crate::names::{Sym, SymMap};

/// The state of the first pass.
pub(super) struct Builder<'f, 'a> {
    pub table: SymbolTable<'a>,
    /// The open blocks, innermost last.
    pub stack: Vec<BlockId>,
    /// The class whose name mangles private names.
    pub private: Option<Sym>,
    pub future: &'f Future,
    pub guard: StackGuard,
}

impl<'a> Builder<'_, 'a> {
    /// The innermost open block.
    #[inline]
    pub fn cur(&self) -> BlockId {
        self.stack.last().copied().unwrap_or(SymbolTable::TOP)
    }

    #[inline]
    pub fn block(&mut self) -> &mut Block {
        let cur = self.cur();
        self.table.block_mut(cur)
    }

    #[inline]
    pub fn intern(&mut self, name: &'a str) -> Sym {
        self.table.names.intern(name)
    }

    pub fn future_annotations(&self) -> bool {
        self.future.features & FUTURE_ANNOTATIONS != 0
    }

    /// Makes a block inside the current one, without entering it.
    pub fn new_block(&mut self, name: Sym, kind: BlockKind, key: Option<BlockKey>, loc: Loc) -> BlockId {
        let (nested, method) = match self.stack.last() {
            None => (false, false),
            Some(&cur) => {
                let cur = self.table.block(cur);
                (
                    cur.nested || cur.is_function_like(),
                    cur.kind == BlockKind::Class && kind == BlockKind::Function,
                )
            }
        };
        let id = BlockId(self.table.blocks.len() as u32);
        self.table.blocks.push(Block {
            name,
            kind,
            symbols: SymMap::default(),
            varnames: Vec::new(),
            children: Vec::new(),
            loc,
            nested,
            generator: false,
            coroutine: false,
            comprehension: None,
            varargs: false,
            varkeywords: false,
            annotations_used: false,
            needs_class_closure: false,
            needs_classdict: false,
            has_conditional_annotations: false,
            comp_inlined: false,
            can_see_class_scope: false,
            has_docstring: false,
            method,
            annotation_block: None,
            mangled_names: None,
            scope_info: None,
            directives: Vec::new(),
            comp_iter_target: false,
            comp_iter_expr: 0,
            in_conditional_block: false,
            in_unevaluated_annotation: false,
            entered: false,
        });
        if let Some(key) = key {
            self.table.keys.insert(key.0, id);
        }
        id
    }

    /// Enters a block made before, perhaps once more.
    pub fn enter_existing(&mut self, id: BlockId) {
        let outer = self.stack.last().copied();
        self.stack.push(id);
        let Some(outer) = outer else { return };
        let (comp_iter_expr, mangled_names) = {
            let outer = self.table.block(outer);
            (outer.comp_iter_expr, outer.mangled_names)
        };
        let invisible = self.future_annotations() && self.table.block(id).kind == BlockKind::Annotation;
        let block = self.table.block_mut(id);
        // Assignment expressions are refused in all of the iterator expression of a comprehension, however
        // deep.
        block.comp_iter_expr = comp_iter_expr;
        if mangled_names.is_some() && block.kind != BlockKind::Class {
            block.mangled_names = mangled_names;
        }
        // Annotations that become strings leave no trace.
        if !invisible && !block.entered {
            block.entered = true;
            self.table.block_mut(outer).children.push(id);
        }
    }

    /// Makes a block and enters it.
    pub fn enter(&mut self, name: Sym, kind: BlockKind, key: Option<BlockKey>, loc: Loc) -> Result<()> {
        let id = self.new_block(name, kind, key, loc);
        self.enter_existing(id);
        if matches!(kind, BlockKind::Annotation | BlockKind::TypeVariable | BlockKind::TypeAlias) {
            // The code of these blocks begins by looking at its parameter.
            self.add_def(Sym::DOT_FORMAT, DEF_PARAM, loc)?;
            self.add_def(Sym::DOT_FORMAT, USE, loc)?;
        }
        Ok(())
    }

    pub fn exit(&mut self) {
        self.stack.pop();
    }

    /// Enters the block of the type parameters of a function, class or type alias.
    pub fn enter_type_params(
        &mut self,
        name: Sym,
        key: BlockKey,
        owner: TypeParamsOwner,
        loc: Loc,
    ) -> Result<()> {
        let in_class = self.block().kind == BlockKind::Class;
        self.enter(name, BlockKind::TypeParameters, Some(key), loc)?;
        if in_class {
            self.block().can_see_class_scope = true;
            self.add_def(Sym::CLASSDICT, USE, loc)?;
        }
        match owner {
            TypeParamsOwner::Class => {
                // Set where the parameters are made, used where the bases are.
                for name in [Sym::DOT_TYPE_PARAMS, Sym::DOT_GENERIC_BASE] {
                    self.add_def(name, DEF_LOCAL, loc)?;
                    self.add_def(name, USE, loc)?;
                }
            }
            TypeParamsOwner::Function { kwdefaults } => {
                // Positional defaults are provided for whether or not there are any.
                self.add_def(Sym::DOT_DEFAULTS, DEF_PARAM, loc)?;
                if kwdefaults {
                    self.add_def(Sym::DOT_KWDEFAULTS, DEF_PARAM, loc)?;
                }
            }
            TypeParamsOwner::TypeAlias => {}
        }
        Ok(())
    }

    /// From here on only names added as type parameters are mangled.
    pub fn start_mangled_names(&mut self) {
        let set = self.table.mangled_sets.len() as u32;
        self.table.mangled_sets.push(Vec::new());
        self.block().mangled_names = Some(set);
    }

    /// The flags of `name` in `block`, mangled as it would be there.
    pub fn lookup_in(&mut self, block: BlockId, name: Sym) -> u32 {
        let mangled = self.table.mangle(self.private, block, name);
        self.table.block(block).flags(mangled)
    }

    /// Notes something about a name in the current block. Everything but a use counts as a store.
    #[inline]
    pub fn add_def(&mut self, name: Sym, flag: u32, loc: Loc) -> Result<()> {
        let ctx = if flag == USE { ExprContext::Load } else { ExprContext::Store };
        self.add_def_ctx(name, flag, loc, ctx)
    }

    /// The same, with the context of the expression.
    #[inline]
    pub fn add_def_ctx(&mut self, name: Sym, flag: u32, loc: Loc, ctx: ExprContext) -> Result<()> {
        if flag & (DEF_PARAM | DEF_LOCAL | DEF_IMPORT) != 0 && name == Sym::DEBUG {
            check_debug(ctx, loc)?;
        }
        if flag & DEF_TYPE_PARAM != 0
            && let Some(set) = self.block().mangled_names
        {
            self.table.mangled_sets[set as usize].push(name);
        }
        let cur = self.cur();
        self.add_def_to(cur, name, flag, loc)
    }

    /// Notes something about a name, mangled as in the current block, in any block.
    #[inline]
    pub fn add_def_to(&mut self, target: BlockId, name: Sym, flag: u32, loc: Loc) -> Result<()> {
        let mangled = self.table.mangle(self.private, self.cur(), name);
        let block = self.table.block_mut(target);
        let at = block.symbols.position(mangled);
        let mut flags = flag;
        if let Some(at) = at {
            let known = block.symbols.entries()[at].1;
            if flag & known & (DEF_PARAM | DEF_TYPE_PARAM) != 0 {
                return Err(self.duplicate(name, flag, loc));
            }
            flags |= known;
        }
        if block.comp_iter_target {
            // An iteration variable: assignment expressions may not bind it, neither before nor after.
            if flags & (DEF_GLOBAL | DEF_NONLOCAL) != 0 {
                let name = self.table.names.text(name);
                return Err(CompileError::syntax(
                    format!("comprehension inner loop cannot rebind assignment expression target '{name}'"),
                    loc,
                ));
            }
            flags |= DEF_COMP_ITER;
        }
        match at {
            Some(at) => block.symbols.entries_mut()[at].1 = flags,
            None => {
                block.symbols.push(mangled, flags);
            }
        }
        if flag & DEF_PARAM != 0 {
            block.varnames.push(mangled);
        } else if flag & DEF_GLOBAL != 0 {
            let top = &mut self.table.block_mut(SymbolTable::TOP).symbols;
            match top.get_mut(mangled) {
                Some(known) => *known |= flag,
                None => {
                    top.push(mangled, flag);
                }
            }
        }
        Ok(())
    }

    #[cold]
    fn duplicate(&self, name: Sym, flag: u32, loc: Loc) -> Box<CompileError> {
        let name = self.table.names.text(name);
        CompileError::syntax(
            if flag & DEF_PARAM != 0 {
                format!("duplicate argument '{name}' in function definition")
            } else {
                format!("duplicate type parameter '{name}'")
            },
            loc,
        )
    }

    /// Remembers where a name was declared global or nonlocal.
    pub fn record_directive(&mut self, name: Sym, loc: Loc) {
        let mangled = self.table.mangle(self.private, self.cur(), name);
        self.block().directives.push((mangled, loc));
    }

    /// Refuses `__debug__` as the name of a keyword argument.
    pub fn check_keywords(&mut self, keywords: &[Keyword<'a>]) -> Result<()> {
        for keyword in keywords {
            if keyword.arg == Some("__debug__") {
                check_debug(ExprContext::Store, keyword.loc)?;
            }
        }
        Ok(())
    }

    /// Whether `await` is allowed outside a function, here.
    pub fn allows_top_level_await(&mut self) -> bool {
        self.future.features & ALLOW_TOP_LEVEL_AWAIT != 0 && self.block().kind == BlockKind::Module
    }

    /// Whether this is the body of an `async def`.
    pub fn in_async_def(&mut self) -> bool {
        let block = self.block();
        block.kind == BlockKind::Function && block.coroutine
    }

    /// Finds the block in which an assignment expression inside a comprehension binds its target, and notes
    /// the binding there and here.
    pub fn extend_named_expr_scope(&mut self, target: &Expr<'a>) -> Result<()> {
        let ExprKind::Name { id, .. } = target.kind else { return Ok(()) };
        let name = self.intern(id);
        let loc = target.loc;
        for depth in (0..self.stack.len()).rev() {
            let id = self.stack[depth];
            let (kind, comprehension) = {
                let block = self.table.block(id);
                (block.kind, block.comprehension)
            };
            if comprehension.is_some() {
                let flags = self.lookup_in(id, name);
                if flags & DEF_COMP_ITER != 0 && flags & DEF_LOCAL != 0 {
                    let name = self.table.names.text(name);
                    return Err(CompileError::syntax(
                        format!(
                            "assignment expression cannot rebind comprehension iteration variable '{name}'"
                        ),
                        loc,
                    ));
                }
                continue;
            }
            let refused = match kind {
                BlockKind::Function => {
                    let global = self.lookup_in(id, name) & DEF_GLOBAL != 0;
                    self.add_def(name, if global { DEF_GLOBAL } else { DEF_NONLOCAL }, loc)?;
                    self.record_directive(name, loc);
                    return self.add_def_to(id, name, DEF_LOCAL, loc);
                }
                BlockKind::Module => {
                    self.add_def(name, DEF_GLOBAL, loc)?;
                    self.record_directive(name, loc);
                    return self.add_def_to(id, name, DEF_GLOBAL, loc);
                }
                BlockKind::Class => "cannot be used in a class body",
                BlockKind::TypeParameters => "cannot be used within the definition of a generic",
                BlockKind::TypeAlias => "cannot be used in a type alias",
                BlockKind::TypeVariable => "cannot be used in a TypeVar bound",
                BlockKind::Annotation => continue,
            };
            return Err(CompileError::syntax(
                format!("assignment expression within a comprehension {refused}"),
                loc,
            ));
        }
        Ok(())
    }
}

/// Whose type parameters a block holds.
pub(super) enum TypeParamsOwner {
    Class,
    Function { kwdefaults: bool },
    TypeAlias,
}

/// Refuses assignments to `__debug__`.
pub(super) fn check_debug(ctx: ExprContext, loc: Loc) -> Result<()> {
    match ctx {
        ExprContext::Load => Ok(()),
        ExprContext::Store => Err(CompileError::syntax("cannot assign to __debug__", loc)),
        ExprContext::Del => Err(CompileError::syntax("cannot delete __debug__", loc)),
    }
}
