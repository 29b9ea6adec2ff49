//! From the parser's tree to node objects.

use super::classes::Classes;
use crate::prelude::*;
use crate::state::enter_recursive_call;
use compiler::names::FastMap;
use std::cell::RefCell;
use std::rc::Rc;
use syntax::ast::*;

/// Makes the objects of one tree, whose texts live as long as `'t`.
pub struct Builder<'py, 't> {
    py: Python<'py>,
    classes: Rc<Classes>,
    names: RefCell<FastMap<&'t str, Py>>,
}

impl<'py, 't> Builder<'py, 't> {
    /// Errors: `MemoryError` while the classes are made.
    pub fn new(py: Python<'py>) -> PyResult<Self> {
        Ok(Builder { py, classes: Classes::get(py)?, names: RefCell::default() })
    }

    /// A node with its field values in the order of the grammar.
    fn node<const N: usize>(&self, name: &str, loc: Option<Loc>, values: [Py; N]) -> PyResult {
        let class = self.classes.class(self.py, name)?;
        let dict = match loc {
            None => PyDict::like(self.py, &class.attributes, values.into_iter())?,
            Some(l) => {
                let line = self.int(l.line)?;
                let end_line = if l.end_line == l.line { line.clone() } else { self.int(l.end_line)? };
                let place = [line, self.int(l.col)?, end_line, self.int(l.end_col)?];
                PyDict::like(self.py, &class.attributes, values.into_iter().chain(place))?
            }
        };
        super::base::instance(self.py, &class.ty, dict)
    }

    /// The one node of a class without fields.
    fn simple(&self, name: &str) -> PyResult {
        match &self.classes.class(self.py, name)?.singleton {
            Some(one) => Ok(one.clone()),
            None => Err(bad_internal_call(self.py)),
        }
    }

    fn int(&self, n: i32) -> PyResult {
        Ok(PyInt::from_i64(self.py, n.into())?.into_object())
    }

    /// An identifier, interned: one object for all places of a tree.
    fn text(&self, s: &'t str) -> PyResult {
        if let Some(known) = self.names.borrow().get(s) {
            return Ok(known.clone());
        }
        let made = PyStr::intern(self.py, PyStr::new(self.py, s)?).into_object();
        self.names.borrow_mut().insert(s, made.clone());
        Ok(made)
    }

    fn string(&self, s: Option<&str>) -> PyResult {
        s.map_or_else(|| Ok(none().owned().into_object()), |s| Ok(PyStr::new(self.py, s)?.into_object()))
    }

    fn name(&self, s: Option<&'t str>) -> PyResult {
        s.map_or_else(|| Ok(none().owned().into_object()), |s| self.text(s))
    }

    fn list<T>(&self, items: &[T], mut each: impl FnMut(&T) -> PyResult) -> PyResult {
        let made = PyList::with_capacity(self.py, items.len())?;
        for item in items {
            made.push(each(item)?);
        }
        Ok(made.into_object())
    }

    fn exprs(&self, items: &[Expr<'t>]) -> PyResult {
        self.list(items, |e| self.expr(e))
    }

    fn optional_exprs(&self, items: &[Option<Expr<'t>>]) -> PyResult {
        self.list(items, |e| self.optional(e.as_ref()))
    }

    fn body(&self, items: &[Stmt<'t>]) -> PyResult {
        self.list(items, |s| self.stmt(s))
    }

    fn names(&self, items: &[&'t str]) -> PyResult {
        self.list(items, |s| self.text(s))
    }

    fn optional(&self, e: Option<&Expr<'t>>) -> PyResult {
        e.map_or_else(|| Ok(none().owned().into_object()), |e| self.expr(e))
    }

    /// The object of a whole tree.
    pub fn module(&self, m: &Mod<'t>) -> PyResult {
        match *m {
            Mod::Module { body, type_ignores } => {
                let ignores = self.list(type_ignores, |t| {
                    self.node("TypeIgnore", None, [self.int(t.lineno)?, self.string(Some(t.tag))?])
                })?;
                self.node("Module", None, [self.body(body)?, ignores])
            }
            Mod::Interactive { body } => self.node("Interactive", None, [self.body(body)?]),
            Mod::Expression { body } => self.node("Expression", None, [self.expr(body)?]),
            Mod::FunctionType { argtypes, returns } => {
                self.node("FunctionType", None, [self.exprs(argtypes)?, self.expr(returns)?])
            }
        }
    }

    fn stmt(&self, s: &Stmt<'t>) -> PyResult {
        enter_recursive_call(self.py, " during ast construction")?;
        let l = Some(s.loc);
        match s.kind {
            StmtKind::FunctionDef(f) => self.function("FunctionDef", l, f),
            StmtKind::AsyncFunctionDef(f) => self.function("AsyncFunctionDef", l, f),
            StmtKind::ClassDef(c) => self.node(
                "ClassDef",
                l,
                [
                    self.text(c.name)?,
                    self.exprs(c.bases)?,
                    self.keywords(c.keywords)?,
                    self.body(c.body)?,
                    self.exprs(c.decorator_list)?,
                    self.type_params(c.type_params)?,
                ],
            ),
            StmtKind::Return { value } => self.node("Return", l, [self.optional(value)?]),
            StmtKind::Delete { targets } => self.node("Delete", l, [self.exprs(targets)?]),
            StmtKind::Assign { targets, value, type_comment } => {
                self.node("Assign", l, [self.exprs(targets)?, self.expr(value)?, self.string(type_comment)?])
            }
            StmtKind::TypeAlias { name, type_params, value } => self.node(
                "TypeAlias",
                l,
                [self.expr(name)?, self.type_params(type_params)?, self.expr(value)?],
            ),
            StmtKind::AugAssign { target, op, value } => {
                self.node("AugAssign", l, [self.expr(target)?, self.simple(op.name())?, self.expr(value)?])
            }
            StmtKind::AnnAssign { target, annotation, value, simple } => self.node(
                "AnnAssign",
                l,
                [self.expr(target)?, self.expr(annotation)?, self.optional(value)?, self.int(simple)?],
            ),
            StmtKind::For(f) => self.for_("For", l, f),
            StmtKind::AsyncFor(f) => self.for_("AsyncFor", l, f),
            StmtKind::While { test, body, orelse } => {
                self.node("While", l, [self.expr(test)?, self.body(body)?, self.body(orelse)?])
            }
            StmtKind::If { test, body, orelse } => {
                self.node("If", l, [self.expr(test)?, self.body(body)?, self.body(orelse)?])
            }
            StmtKind::With(w) => self.with("With", l, w),
            StmtKind::AsyncWith(w) => self.with("AsyncWith", l, w),
            StmtKind::Match { subject, cases } => {
                let cases = self.list(cases, |c| {
                    self.node(
                        "match_case",
                        None,
                        [self.pattern(c.pattern)?, self.optional(c.guard)?, self.body(c.body)?],
                    )
                })?;
                self.node("Match", l, [self.expr(subject)?, cases])
            }
            StmtKind::Raise { exc, cause } => {
                self.node("Raise", l, [self.optional(exc)?, self.optional(cause)?])
            }
            StmtKind::Try(t) => self.try_("Try", l, t),
            StmtKind::TryStar(t) => self.try_("TryStar", l, t),
            StmtKind::Assert { test, msg } => self.node("Assert", l, [self.expr(test)?, self.optional(msg)?]),
            StmtKind::Import { names } => self.node("Import", l, [self.aliases(names)?]),
            StmtKind::ImportFrom { module, names, level } => {
                let level = level.map_or_else(|| Ok(none().owned().into_object()), |n| self.int(n))?;
                self.node("ImportFrom", l, [self.name(module)?, self.aliases(names)?, level])
            }
            StmtKind::Global { names } => self.node("Global", l, [self.names(names)?]),
            StmtKind::Nonlocal { names } => self.node("Nonlocal", l, [self.names(names)?]),
            StmtKind::Expr { value } => self.node("Expr", l, [self.expr(value)?]),
            StmtKind::Pass => self.node("Pass", l, []),
            StmtKind::Break => self.node("Break", l, []),
            StmtKind::Continue => self.node("Continue", l, []),
        }
    }

    fn function(&self, name: &str, l: Option<Loc>, f: &FunctionDef<'t>) -> PyResult {
        self.node(
            name,
            l,
            [
                self.text(f.name)?,
                self.arguments(f.args)?,
                self.body(f.body)?,
                self.exprs(f.decorator_list)?,
                self.optional(f.returns)?,
                self.string(f.type_comment)?,
                self.type_params(f.type_params)?,
            ],
        )
    }

    fn for_(&self, name: &str, l: Option<Loc>, f: &For<'t>) -> PyResult {
        self.node(
            name,
            l,
            [
                self.expr(f.target)?,
                self.expr(f.iter)?,
                self.body(f.body)?,
                self.body(f.orelse)?,
                self.string(f.type_comment)?,
            ],
        )
    }

    fn with(&self, name: &str, l: Option<Loc>, w: &With<'t>) -> PyResult {
        let items = self.list(w.items, |i| {
            self.node("withitem", None, [self.expr(i.context_expr)?, self.optional(i.optional_vars)?])
        })?;
        self.node(name, l, [items, self.body(w.body)?, self.string(w.type_comment)?])
    }

    fn try_(&self, name: &str, l: Option<Loc>, t: &Try<'t>) -> PyResult {
        let handlers = self.list(t.handlers, |h| {
            self.node(
                "ExceptHandler",
                Some(h.loc),
                [self.optional(h.type_)?, self.name(h.name)?, self.body(h.body)?],
            )
        })?;
        self.node(name, l, [self.body(t.body)?, handlers, self.body(t.orelse)?, self.body(t.finalbody)?])
    }

    fn aliases(&self, names: &[Alias<'t>]) -> PyResult {
        self.list(names, |a| self.node("alias", Some(a.loc), [self.text(a.name)?, self.name(a.asname)?]))
    }

    fn keywords(&self, items: &[Keyword<'t>]) -> PyResult {
        self.list(items, |k| self.node("keyword", Some(k.loc), [self.name(k.arg)?, self.expr(k.value)?]))
    }

    fn arg(&self, a: &Arg<'t>) -> PyResult {
        let values = [self.text(a.arg)?, self.optional(a.annotation)?, self.string(a.type_comment)?];
        self.node("arg", Some(a.loc), values)
    }

    fn arguments(&self, a: &Arguments<'t>) -> PyResult {
        let one = |a: Option<&Arg<'t>>| a.map_or_else(|| Ok(none().owned().into_object()), |a| self.arg(a));
        let values = [
            self.list(a.posonlyargs, |a| self.arg(a))?,
            self.list(a.args, |a| self.arg(a))?,
            one(a.vararg)?,
            self.list(a.kwonlyargs, |a| self.arg(a))?,
            self.optional_exprs(a.kw_defaults)?,
            one(a.kwarg)?,
            self.exprs(a.defaults)?,
        ];
        self.node("arguments", None, values)
    }

    fn type_params(&self, items: &[TypeParam<'t>]) -> PyResult {
        self.list(items, |t| {
            let l = Some(t.loc);
            match t.kind {
                TypeParamKind::TypeVar { name, bound, default_value } => self.node(
                    "TypeVar",
                    l,
                    [self.text(name)?, self.optional(bound)?, self.optional(default_value)?],
                ),
                TypeParamKind::ParamSpec { name, default_value } => {
                    self.node("ParamSpec", l, [self.text(name)?, self.optional(default_value)?])
                }
                TypeParamKind::TypeVarTuple { name, default_value } => {
                    self.node("TypeVarTuple", l, [self.text(name)?, self.optional(default_value)?])
                }
            }
        })
    }

    fn generators(&self, items: &[Comprehension<'t>]) -> PyResult {
        self.list(items, |c| {
            let values =
                [self.expr(c.target)?, self.expr(c.iter)?, self.exprs(c.ifs)?, self.int(c.is_async.into())?];
            self.node("comprehension", None, values)
        })
    }

    fn patterns(&self, items: &[Pattern<'t>]) -> PyResult {
        self.list(items, |p| self.pattern(p))
    }

    fn pattern(&self, p: &Pattern<'t>) -> PyResult {
        enter_recursive_call(self.py, " during ast construction")?;
        let l = Some(p.loc);
        match p.kind {
            PatternKind::MatchValue { value } => self.node("MatchValue", l, [self.expr(value)?]),
            PatternKind::MatchSingleton { value } => self.node("MatchSingleton", l, [self.constant(&value)?]),
            PatternKind::MatchSequence { patterns } => {
                self.node("MatchSequence", l, [self.patterns(patterns)?])
            }
            PatternKind::MatchMapping { keys, patterns, rest } => {
                self.node("MatchMapping", l, [self.exprs(keys)?, self.patterns(patterns)?, self.name(rest)?])
            }
            PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => self.node(
                "MatchClass",
                l,
                [
                    self.expr(cls)?,
                    self.patterns(patterns)?,
                    self.names(kwd_attrs)?,
                    self.patterns(kwd_patterns)?,
                ],
            ),
            PatternKind::MatchStar { name } => self.node("MatchStar", l, [self.name(name)?]),
            PatternKind::MatchAs { pattern, name } => {
                let inner = pattern.map_or_else(|| Ok(none().owned().into_object()), |p| self.pattern(p))?;
                self.node("MatchAs", l, [inner, self.name(name)?])
            }
            PatternKind::MatchOr { patterns } => self.node("MatchOr", l, [self.patterns(patterns)?]),
        }
    }

    fn constant(&self, c: &Constant) -> PyResult {
        let py = self.py;
        Ok(match *c {
            Constant::None => none().owned().into_object(),
            Constant::True => py_bool(true).owned().into_object(),
            Constant::False => py_bool(false).owned().into_object(),
            Constant::Ellipsis => ellipsis().owned().into_object(),
            Constant::Int(n) => PyInt::from_digits(py, n.negative, n.digits)?.into_object(),
            Constant::Float(v) => PyFloat::new(py, v)?.into_object(),
            Constant::Complex { real, imag } => PyComplex::new(py, real, imag)?.into_object(),
            Constant::Str(s) => PyStr::from_wtf8(py, s)?.into_object(),
            Constant::Bytes(b) => PyBytes::new(py, b)?.into_object(),
            Constant::Tuple(items) => {
                let made: PyResult<Vec<Py>> = items.iter().map(|c| self.constant(c)).collect();
                PyTuple::new(py, made?)?.into_object()
            }
            Constant::Invalid(ty) => {
                return Err(type_error(py, format!("got an invalid type in Constant: {ty}")));
            }
            Constant::FrozenSet(items) => {
                PyFrozenSet::from_iter(py, items.iter().map(|c| self.constant(c)))?.into_object()
            }
        })
    }

    fn expr(&self, e: &Expr<'t>) -> PyResult {
        enter_recursive_call(self.py, " during ast construction")?;
        let l = Some(e.loc);
        match e.kind {
            ExprKind::BoolOp { op, values } => {
                self.node("BoolOp", l, [self.simple(op.name())?, self.exprs(values)?])
            }
            ExprKind::NamedExpr { target, value } => {
                self.node("NamedExpr", l, [self.expr(target)?, self.expr(value)?])
            }
            ExprKind::BinOp { left, op, right } => {
                self.node("BinOp", l, [self.expr(left)?, self.simple(op.name())?, self.expr(right)?])
            }
            ExprKind::UnaryOp { op, operand } => {
                self.node("UnaryOp", l, [self.simple(op.name())?, self.expr(operand)?])
            }
            ExprKind::Lambda { args, body } => {
                self.node("Lambda", l, [self.arguments(args)?, self.expr(body)?])
            }
            ExprKind::IfExp { test, body, orelse } => {
                self.node("IfExp", l, [self.expr(test)?, self.expr(body)?, self.expr(orelse)?])
            }
            ExprKind::Dict { keys, values } => {
                self.node("Dict", l, [self.optional_exprs(keys)?, self.exprs(values)?])
            }
            ExprKind::Set { elts } => self.node("Set", l, [self.exprs(elts)?]),
            ExprKind::ListComp { elt, generators } => {
                self.node("ListComp", l, [self.expr(elt)?, self.generators(generators)?])
            }
            ExprKind::SetComp { elt, generators } => {
                self.node("SetComp", l, [self.expr(elt)?, self.generators(generators)?])
            }
            ExprKind::DictComp { key, value, generators } => {
                self.node("DictComp", l, [self.expr(key)?, self.expr(value)?, self.generators(generators)?])
            }
            ExprKind::GeneratorExp { elt, generators } => {
                self.node("GeneratorExp", l, [self.expr(elt)?, self.generators(generators)?])
            }
            ExprKind::Await { value } => self.node("Await", l, [self.expr(value)?]),
            ExprKind::Yield { value } => self.node("Yield", l, [self.optional(value)?]),
            ExprKind::YieldFrom { value } => self.node("YieldFrom", l, [self.expr(value)?]),
            ExprKind::Compare { left, ops, comparators } => self.node(
                "Compare",
                l,
                [self.expr(left)?, self.list(ops, |o| self.simple(o.name()))?, self.exprs(comparators)?],
            ),
            ExprKind::Call { func, args, keywords } => {
                self.node("Call", l, [self.expr(func)?, self.exprs(args)?, self.keywords(keywords)?])
            }
            ExprKind::FormattedValue { value, conversion, format_spec } => self.node(
                "FormattedValue",
                l,
                [self.expr(value)?, self.int(conversion)?, self.optional(format_spec)?],
            ),
            ExprKind::Interpolation { value, str, conversion, format_spec } => self.node(
                "Interpolation",
                l,
                [self.expr(value)?, self.constant(&str)?, self.int(conversion)?, self.optional(format_spec)?],
            ),
            ExprKind::JoinedStr { values } => self.node("JoinedStr", l, [self.exprs(values)?]),
            ExprKind::TemplateStr { values } => self.node("TemplateStr", l, [self.exprs(values)?]),
            ExprKind::Constant { value, kind } => {
                self.node("Constant", l, [self.constant(&value)?, self.string(kind)?])
            }
            ExprKind::Attribute { value, attr, ctx } => {
                self.node("Attribute", l, [self.expr(value)?, self.text(attr)?, self.simple(ctx.name())?])
            }
            ExprKind::Subscript { value, slice, ctx } => {
                self.node("Subscript", l, [self.expr(value)?, self.expr(slice)?, self.simple(ctx.name())?])
            }
            ExprKind::Starred { value, ctx } => {
                self.node("Starred", l, [self.expr(value)?, self.simple(ctx.name())?])
            }
            ExprKind::Name { id, ctx } => self.node("Name", l, [self.text(id)?, self.simple(ctx.name())?]),
            ExprKind::List { elts, ctx } => {
                self.node("List", l, [self.exprs(elts)?, self.simple(ctx.name())?])
            }
            ExprKind::Tuple { elts, ctx } => {
                self.node("Tuple", l, [self.exprs(elts)?, self.simple(ctx.name())?])
            }
            ExprKind::Slice { lower, upper, step } => {
                self.node("Slice", l, [self.optional(lower)?, self.optional(upper)?, self.optional(step)?])
            }
        }
    }
}
