//! From node objects to a tree: reading of attributes, and what is no node.
//!
//! Attributes run user code, and lists change under it: everything read is held, and lengths are checked again. What
//! the grammar guarantees beyond types is left to `compiler::validate`.

mod expr;
mod pattern;
mod stmt;

use super::classes::Classes;
use super::table::Position;
use crate::prelude::*;
use crate::state::enter_recursive_call;
use bumpalo::Bump;
use bumpalo::collections::Vec as ArenaVec;
use std::rc::Rc;
use syntax::Mode;
use syntax::ast::*;

/// Makes a tree of objects in an arena.
pub struct Reader<'py, 'a> {
    py: Python<'py>,
    classes: Rc<Classes>,
    arena: &'a Bump,
}

/// An object that is read as a node of a certain name.
struct Node<'r, 'py, 'a> {
    reader: &'r Reader<'py, 'a>,
    object: &'r PyObject,
    name: &'static str,
}

impl<'py, 'a> Reader<'py, 'a> {
    /// Errors: `MemoryError` while the classes are made.
    pub fn new(py: Python<'py>, arena: &'a Bump) -> PyResult<Self> {
        Ok(Reader { py, classes: Classes::get(py)?, arena })
    }

    /// The tree of an object that has to fit the mode.
    pub fn module(&self, o: &PyObject, mode: Mode) -> PyResult<Mod<'a>> {
        let name = match mode {
            Mode::Exec => "Module",
            Mode::Eval => "Expression",
            Mode::Single => "Interactive",
            Mode::FuncType => "FunctionType",
        };
        if !self.classes.is_instance(self.py, o, name)? {
            return Err(type_error(self.py, format!("expected {name} node, got {}", o.ty().short_name())));
        }
        let n = self.node(o, name);
        Ok(match mode {
            Mode::Exec => Mod::Module {
                body: n.body("body")?,
                type_ignores: n.list("type_ignores", |r, o| r.type_ignore(o))?,
            },
            Mode::Single => Mod::Interactive { body: n.body("body")? },
            Mode::Eval => Mod::Expression { body: n.expr("body")? },
            Mode::FuncType => {
                Mod::FunctionType { argtypes: n.exprs("argtypes")?, returns: n.expr("returns")? }
            }
        })
    }

    fn node<'r>(&'r self, object: &'r PyObject, name: &'static str) -> Node<'r, 'py, 'a> {
        Node { reader: self, object, name }
    }

    fn type_ignore(&self, o: &PyObject) -> PyResult<TypeIgnore<'a>> {
        let name = self.constructor(o, "type_ignore")?;
        let n = self.node(o, name);
        Ok(TypeIgnore { lineno: n.int("lineno")?, tag: n.required("tag", |r, o| r.string(o))? })
    }

    /// Which constructor of a sum the object is.
    fn constructor(&self, o: &PyObject, sum: &str) -> PyResult<&'static str> {
        if let Some(name) = self.classes.exact_constructor(o.ty(), sum) {
            return Ok(name);
        }
        for name in self.classes.constructors(sum) {
            if self.classes.is_instance(self.py, o, name)? {
                return Ok(name);
            }
        }
        let shown = o.repr(self.py)?.to_string_lossy();
        Err(type_error(self.py, format!("expected some sort of {sum}, but got {shown}")))
    }

    fn int_of(&self, o: &PyObject) -> PyResult<i32> {
        match o.downcast::<PyInt>() {
            Some(i) => i.to_i32(self.py),
            None => {
                let shown = o.repr(self.py)?.to_string_lossy();
                Err(value_error(self.py, format!("invalid integer value: {shown}")))
            }
        }
    }

    fn identifier(&self, o: &PyObject) -> PyResult<Ident<'a>> {
        match o.downcast_exact::<PyStr>() {
            Some(s) => Ok(self.arena.alloc_str(s.as_utf8(self.py)?)),
            None => Err(type_error(self.py, "AST identifier must be of type str")),
        }
    }

    fn string(&self, o: &PyObject) -> PyResult<&'a str> {
        if let Some(s) = o.downcast_exact::<PyStr>() {
            return Ok(self.arena.alloc_str(&s.to_string_lossy()));
        }
        match o.downcast_exact::<PyBytes>() {
            Some(b) => Ok(self.arena.alloc_str(&String::from_utf8_lossy(b.as_bytes()))),
            None => Err(type_error(self.py, "AST string must be of type str")),
        }
    }

    /// The value of a constant; [`Constant::Invalid`] for what none can have.
    fn constant(&self, o: &PyObject) -> PyResult<Constant<'a>> {
        if o.is_none() {
            return Ok(Constant::None);
        }
        if o.is(ellipsis()) {
            return Ok(Constant::Ellipsis);
        }
        if PyBool::check_exact(o) {
            return Ok(if o.is(py_bool(true)) { Constant::True } else { Constant::False });
        }
        if let Some(i) = o.downcast_exact::<PyInt>() {
            let digits = if i.is_zero() { &[] } else { i.digits() };
            let digits = self.arena.alloc_slice_copy(digits);
            return Ok(Constant::Int(Int { negative: i.is_negative(), digits }));
        }
        if let Some(f) = o.downcast_exact::<PyFloat>() {
            return Ok(Constant::Float(f.value()));
        }
        if PyComplex::check_exact(o) {
            let (real, imag) = PyComplex::parts_of(self.py, o)?;
            return Ok(Constant::Complex { real, imag });
        }
        if let Some(s) = o.downcast_exact::<PyStr>() {
            return Ok(Constant::Str(self.arena.alloc_slice_copy(&s.to_wtf8())));
        }
        if let Some(b) = o.downcast_exact::<PyBytes>() {
            return Ok(Constant::Bytes(self.arena.alloc_slice_copy(b.as_bytes())));
        }
        if let Some(t) = o.downcast_exact::<PyTuple>() {
            return Ok(Constant::Tuple(self.constants(t.items().iter().map(|o| o.owned()).collect())?));
        }
        if let Some(s) = o.downcast_exact::<PyFrozenSet>() {
            return Ok(Constant::FrozenSet(self.constants(s.snapshot())?));
        }
        Ok(Constant::Invalid(self.arena.alloc_str(o.ty().short_name())))
    }

    fn constants(&self, items: Vec<Py>) -> PyResult<&'a [Constant<'a>]> {
        self.enter("Constant")?;
        let mut all = ArenaVec::with_capacity_in(items.len(), self.arena);
        for item in &items {
            all.push(self.constant(item)?);
        }
        Ok(all.into_bump_slice())
    }

    /// Guards the recursion into the fields of a node.
    #[inline]
    fn enter(&self, node: &str) -> PyResult<()> {
        if object::stack::is_short() {
            enter_recursive_call(self.py, &format!(" while traversing '{node}' node"))?;
        }
        Ok(())
    }

    fn context(&self, o: &PyObject) -> PyResult<ExprContext> {
        Ok(match self.constructor(o, "expr_context")? {
            "Store" => ExprContext::Store,
            "Del" => ExprContext::Del,
            _ => ExprContext::Load,
        })
    }

    fn bool_op(&self, o: &PyObject) -> PyResult<BoolOp> {
        Ok(if self.constructor(o, "boolop")? == "And" { BoolOp::And } else { BoolOp::Or })
    }

    fn operator(&self, o: &PyObject) -> PyResult<Operator> {
        Ok(match self.constructor(o, "operator")? {
            "Add" => Operator::Add,
            "Sub" => Operator::Sub,
            "Mult" => Operator::Mult,
            "MatMult" => Operator::MatMult,
            "Div" => Operator::Div,
            "Mod" => Operator::Mod,
            "Pow" => Operator::Pow,
            "LShift" => Operator::LShift,
            "RShift" => Operator::RShift,
            "BitOr" => Operator::BitOr,
            "BitXor" => Operator::BitXor,
            "BitAnd" => Operator::BitAnd,
            _ => Operator::FloorDiv,
        })
    }

    fn unary_op(&self, o: &PyObject) -> PyResult<UnaryOp> {
        Ok(match self.constructor(o, "unaryop")? {
            "Invert" => UnaryOp::Invert,
            "Not" => UnaryOp::Not,
            "UAdd" => UnaryOp::UAdd,
            _ => UnaryOp::USub,
        })
    }

    fn comparison(&self, o: &PyObject) -> PyResult<CmpOp> {
        Ok(match self.constructor(o, "cmpop")? {
            "Eq" => CmpOp::Eq,
            "NotEq" => CmpOp::NotEq,
            "Lt" => CmpOp::Lt,
            "LtE" => CmpOp::LtE,
            "Gt" => CmpOp::Gt,
            "GtE" => CmpOp::GtE,
            "Is" => CmpOp::Is,
            "IsNot" => CmpOp::IsNot,
            "In" => CmpOp::In,
            _ => CmpOp::NotIn,
        })
    }
}

impl<'py, 'a> Node<'_, 'py, 'a> {
    fn attribute(&self, field: &'static str) -> PyResult<Option<Py>> {
        let py = self.reader.py;
        self.object.getattr_opt(py, PyStr::intern_static(py, field))
    }

    /// A field that has to be there.
    fn field(&self, field: &'static str) -> PyResult {
        match self.attribute(field)? {
            Some(o) => {
                self.reader.enter(self.name)?;
                Ok(o)
            }
            None => {
                let message = format!("required field \"{field}\" missing from {}", self.name);
                Err(type_error(self.reader.py, message))
            }
        }
    }

    /// A field that has to be there and not `None`.
    fn required<T>(
        &self,
        field: &'static str,
        read: impl FnOnce(&Reader<'py, 'a>, &PyObject) -> PyResult<T>,
    ) -> PyResult<T> {
        let o = self.field(field)?;
        if o.is_none() && field != "tag" {
            let message = format!("field '{field}' is required for {}", self.name);
            return Err(value_error(self.reader.py, message));
        }
        read(self.reader, &o)
    }

    /// A field that may be missing or `None`.
    fn optional<T>(
        &self,
        field: &'static str,
        read: impl FnOnce(&Reader<'py, 'a>, &PyObject) -> PyResult<T>,
    ) -> PyResult<Option<T>> {
        match self.attribute(field)? {
            Some(o) if !o.is_none() => {
                self.reader.enter(self.name)?;
                read(self.reader, &o).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// A list; a missing one is empty.
    fn list<T>(
        &self,
        field: &'static str,
        mut read: impl FnMut(&Reader<'py, 'a>, &PyObject) -> PyResult<T>,
    ) -> PyResult<&'a [T]> {
        let py = self.reader.py;
        let Some(o) = self.attribute(field)? else { return Ok(&[]) };
        let Some(list) = o.downcast::<PyList>() else {
            let message =
                format!("{} field \"{field}\" must be a list, not a {}", self.name, o.ty().short_name());
            return Err(type_error(py, message));
        };
        let len = list.len();
        let mut all = ArenaVec::with_capacity_in(len, self.reader.arena);
        for i in 0..len {
            self.reader.enter(self.name)?;
            if let Some(item) = list.get(i) {
                all.push(read(self.reader, &item)?);
            }
            if list.len() != len {
                let message = format!("{} field \"{field}\" changed size during iteration", self.name);
                return Err(raise(py, &exceptions::PyExc_RuntimeError_Type, message));
            }
        }
        Ok(all.into_bump_slice())
    }

    /// A list whose members `None` cannot stand for.
    fn full_list<T>(
        &self,
        field: &'static str,
        what: &str,
        mut read: impl FnMut(&Reader<'py, 'a>, &PyObject) -> PyResult<T>,
    ) -> PyResult<&'a [T]> {
        self.list(field, |r, o| {
            if o.is_none() {
                return Err(value_error(r.py, format!("None disallowed in {what} list")));
            }
            read(r, o)
        })
    }

    fn int(&self, field: &'static str) -> PyResult<i32> {
        let o = self.field(field)?;
        self.reader.int_of(&o)
    }

    fn identifier(&self, field: &'static str) -> PyResult<Ident<'a>> {
        self.required(field, |r, o| r.identifier(o))
    }

    fn identifiers(&self, field: &'static str) -> PyResult<Seq<'a, Ident<'a>>> {
        self.full_list(field, "identifier", |r, o| r.identifier(o))
    }

    fn constant(&self, field: &'static str) -> PyResult<Constant<'a>> {
        let o = self.field(field)?;
        self.reader.constant(&o)
    }

    fn simple<T>(
        &self,
        field: &'static str,
        read: impl FnOnce(&Reader<'py, 'a>, &PyObject) -> PyResult<T>,
    ) -> PyResult<T> {
        let o = self.field(field)?;
        read(self.reader, &o)
    }

    fn expr(&self, field: &'static str) -> PyResult<ExprRef<'a>> {
        self.required(field, |r, o| r.expr(o).map(|e| &*r.arena.alloc(e)))
    }

    fn optional_expr(&self, field: &'static str) -> PyResult<Option<ExprRef<'a>>> {
        self.optional(field, |r, o| r.expr(o).map(|e| &*r.arena.alloc(e)))
    }

    fn exprs(&self, field: &'static str) -> PyResult<Seq<'a, Expr<'a>>> {
        self.full_list(field, "expression", |r, o| r.expr(o))
    }

    /// A list in which `None` has a meaning.
    fn sparse_exprs(&self, field: &'static str) -> PyResult<Seq<'a, Option<Expr<'a>>>> {
        self.list(field, |r, o| if o.is_none() { Ok(None) } else { r.expr(o).map(Some) })
    }

    fn body(&self, field: &'static str) -> PyResult<Body<'a>> {
        self.full_list(field, "statement", |r, o| r.stmt(o))
    }

    /// The position attributes; messages call the node's kind by `kind`.
    fn loc(&self, kind: &'static str, position: Position) -> PyResult<Loc> {
        let of_kind = Node { reader: self.reader, object: self.object, name: kind };
        let (line, col) = (of_kind.int("lineno")?, of_kind.int("col_offset")?);
        let end = |field, start| match position {
            Position::OptionalEnd => Ok(of_kind.optional(field, |r, o| r.int_of(o))?.unwrap_or(start)),
            _ => of_kind.int(field),
        };
        Ok(Loc { line, col, end_line: end("end_lineno", line)?, end_col: end("end_col_offset", col)? })
    }
}
