//! `match`: structural pattern matching.
//!
//! Every pattern consumes the subject on top of the stack and jumps to a place that cleans up if it does not
//! match. Names are bound only when the whole pattern has matched: until then captured values wait under
//! the items still in use.

use bytecode::{Opcode, args, op};
use syntax::ast::{CmpOp, Constant, Expr, ExprKind, Loc, MatchCase, Operator, Pattern, PatternKind};

use super::Compiler;
use super::consts::{as_constant, python_equal};
use crate::error::Result;
use crate::instr::{Label, NEXT_LOCATION, NO_LOCATION};
use crate::names::Sym;
use crate::unparse;

/// The state of one case, or of one alternative of an or-pattern.
#[derive(Default)]
struct Context {
    /// Names captured so far; their values are on the stack in this order.
    stores: Vec<Sym>,
    /// Whether a pattern that always matches may stand here.
    allow_irrefutable: bool,
    /// `fail_pop[n]` pops n items on the way to the next case.
    fail_pop: Vec<Label>,
    /// Items on top of the stack that must stay above captured values.
    on_top: usize,
}

fn is_wildcard(pattern: &Pattern<'_>) -> bool {
    matches!(pattern.kind, PatternKind::MatchAs { name: None, .. })
}

fn is_star(pattern: &Pattern<'_>) -> bool {
    matches!(pattern.kind, PatternKind::MatchStar { .. })
}

impl<'a> Compiler<'_, 'a> {
    #[inline(never)]
    pub(super) fn match_stmt(&mut self, subject: &'a Expr<'a>, cases: &'a [MatchCase<'a>]) -> Result<()> {
        self.expr(subject)?;
        let end = self.label();
        // A final `case _` needs no copy of the subject.
        let default = match cases {
            [_, .., last] if is_wildcard(last.pattern) => Some(last),
            _ => None,
        };
        let tested = cases.len() - usize::from(default.is_some());
        for (index, case) in cases.iter().enumerate().take(tested) {
            let keep_subject = index + 1 < tested;
            let loc = case.pattern.loc;
            if keep_subject {
                self.op_arg(loc, op::COPY, 1);
            }
            let mut cx = Context {
                allow_irrefutable: case.guard.is_some() || index + 1 == cases.len(),
                ..Context::default()
            };
            self.pattern(case.pattern, &mut cx)?;
            for &name in &cx.stores {
                self.store(loc, name)?;
            }
            if let Some(guard) = case.guard {
                let fail = self.fail_label(&mut cx, 0);
                self.jump_if(guard, fail, false)?;
            }
            if keep_subject {
                self.op(NEXT_LOCATION, op::POP_TOP);
            }
            self.stmts(case.body)?;
            self.jump(NO_LOCATION, op::JUMP, end);
            // The cleanup belongs to the pattern that failed, not to the end of the body.
            self.emit_fail_pops(loc, &mut cx);
        }
        if let Some(case) = default {
            // For line coverage.
            self.op(case.pattern.loc, op::NOP);
            if let Some(guard) = case.guard {
                self.jump_if(guard, end, false)?;
            }
            self.stmts(case.body)?;
        }
        self.place(end);
        Ok(())
    }

    fn pattern(&mut self, pattern: &'a Pattern<'a>, cx: &mut Context) -> Result<()> {
        self.guard.check()?;
        let loc = pattern.loc;
        match pattern.kind {
            PatternKind::MatchValue { value } => self.value_pattern(loc, value, cx),
            PatternKind::MatchSingleton { value } => {
                self.load_constant(loc, &value)?;
                self.compare_op(loc, CmpOp::Is);
                self.jump_to_fail(loc, cx, op::POP_JUMP_IF_FALSE);
                Ok(())
            }
            PatternKind::MatchSequence { patterns } => self.sequence_pattern(loc, patterns, cx),
            PatternKind::MatchMapping { keys, patterns, rest } => {
                self.mapping_pattern(loc, keys, patterns, rest, cx)
            }
            PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => {
                self.class_pattern(loc, cls, patterns, kwd_attrs, kwd_patterns, cx)
            }
            PatternKind::MatchStar { name } => self.capture(loc, name, cx),
            PatternKind::MatchAs { pattern, name } => self.as_pattern(loc, pattern, name, cx),
            PatternKind::MatchOr { patterns } => self.or_pattern(loc, patterns, cx),
        }
    }

    /// A pattern inside another: here it may always match.
    fn subpattern(&mut self, pattern: &'a Pattern<'a>, cx: &mut Context) -> Result<()> {
        let before = std::mem::replace(&mut cx.allow_irrefutable, true);
        self.pattern(pattern, cx)?;
        cx.allow_irrefutable = before;
        Ok(())
    }

    // Failing.

    /// The place that pops `pops` items on failure.
    fn fail_label(&mut self, cx: &mut Context, pops: usize) -> Label {
        while cx.fail_pop.len() <= pops {
            let label = self.label();
            cx.fail_pop.push(label);
        }
        cx.fail_pop[pops]
    }

    fn jump_to_fail(&mut self, loc: Loc, cx: &mut Context, jump: Opcode) {
        let pops = cx.on_top + cx.stores.len();
        let target = self.fail_label(cx, pops);
        self.jump(loc, jump, target);
    }

    /// Places all failure targets, each falling through to the one that pops less.
    fn emit_fail_pops(&mut self, loc: Loc, cx: &mut Context) {
        let mut labels = std::mem::take(&mut cx.fail_pop);
        while let Some(label) = labels.pop() {
            self.place(label);
            if !labels.is_empty() {
                self.op(loc, op::POP_TOP);
            }
        }
    }

    // Capturing.

    fn duplicate_store(&self, loc: Loc, name: Sym) -> Box<crate::error::CompileError> {
        let name = unparse::repr_str(self.table.names.text(name).as_bytes());
        self.syntax_error(format!("multiple assignments to name {name} in pattern"), loc)
    }

    /// Moves the value on top of the stack `count - 1` places down.
    fn rotate(&mut self, loc: Loc, count: usize) {
        for depth in (2..=count).rev() {
            self.op_len(loc, op::SWAP, depth);
        }
    }

    fn capture(&mut self, loc: Loc, name: Option<&'a str>, cx: &mut Context) -> Result<()> {
        let Some(name) = name else {
            self.op(loc, op::POP_TOP);
            return Ok(());
        };
        let name = self.intern(name);
        if cx.stores.contains(&name) {
            return Err(self.duplicate_store(loc, name));
        }
        self.rotate(loc, cx.on_top + cx.stores.len() + 1);
        cx.stores.push(name);
        Ok(())
    }

    fn as_pattern(
        &mut self,
        loc: Loc,
        pattern: Option<&'a Pattern<'a>>,
        name: Option<&'a str>,
        cx: &mut Context,
    ) -> Result<()> {
        let Some(pattern) = pattern else {
            if !cx.allow_irrefutable {
                let message = match name {
                    Some(name) => {
                        let name = unparse::repr_str(name.as_bytes());
                        format!("name capture {name} makes remaining patterns unreachable")
                    }
                    None => "wildcard makes remaining patterns unreachable".into(),
                };
                return Err(self.syntax_error(message, loc));
            }
            return self.capture(loc, name, cx);
        };
        // A copy for the name.
        cx.on_top += 1;
        self.op_arg(loc, op::COPY, 1);
        self.pattern(pattern, cx)?;
        cx.on_top -= 1;
        self.capture(loc, name, cx)
    }

    // The kinds of patterns.

    fn value_pattern(&mut self, loc: Loc, value: &'a Expr<'a>, cx: &mut Context) -> Result<()> {
        if !matches!(value.kind, ExprKind::Constant { .. } | ExprKind::Attribute { .. }) {
            return Err(self.syntax_error("patterns may only match literals and attribute lookups", loc));
        }
        self.expr(value)?;
        self.compare_op(loc, CmpOp::Eq);
        self.op(loc, op::TO_BOOL);
        self.jump_to_fail(loc, cx, op::POP_JUMP_IF_FALSE);
        Ok(())
    }

    fn sequence_pattern(&mut self, loc: Loc, patterns: &'a [Pattern<'a>], cx: &mut Context) -> Result<()> {
        let count = patterns.len();
        let star = patterns.iter().position(is_star);
        if patterns.iter().filter(|pattern| is_star(pattern)).count() > 1 {
            return Err(self.syntax_error("multiple starred names in sequence pattern", loc));
        }
        let wild_star = |pattern: &Pattern<'_>| matches!(pattern.kind, PatternKind::MatchStar { name: None });
        let only_wildcards = patterns.iter().all(|pattern| is_wildcard(pattern) || wild_star(pattern));
        cx.on_top += 1;
        self.op(loc, op::MATCH_SEQUENCE);
        self.jump_to_fail(loc, cx, op::POP_JUMP_IF_FALSE);
        let length = match star {
            None => Some((count, CmpOp::Eq)),
            Some(_) if count > 1 => Some((count - 1, CmpOp::GtE)),
            Some(_) => None,
        };
        if let Some((length, operator)) = length {
            self.op(loc, op::GET_LEN);
            self.load_int(loc, length);
            self.compare_op(loc, operator);
            self.jump_to_fail(loc, cx, op::POP_JUMP_IF_FALSE);
        }
        cx.on_top -= 1;
        match star {
            _ if only_wildcards => {
                self.op(loc, op::POP_TOP);
                Ok(())
            }
            Some(star) if wild_star(&patterns[star]) => self.subscript_sequence(loc, patterns, star, cx),
            _ => self.unpack_sequence(loc, patterns, star, cx),
        }
    }

    fn unpack_sequence(
        &mut self,
        loc: Loc,
        patterns: &'a [Pattern<'a>],
        star: Option<usize>,
        cx: &mut Context,
    ) -> Result<()> {
        let count = patterns.len();
        match star {
            None => self.op_len(loc, op::UNPACK_SEQUENCE, count),
            Some(before) => {
                let after = count - before - 1;
                if before >= 1 << 8 || after >= (i32::MAX >> 8) as usize {
                    return Err(
                        self.syntax_error("too many expressions in star-unpacking sequence pattern", loc)
                    );
                }
                self.op_len(loc, op::UNPACK_EX, before + (after << 8));
            }
        }
        cx.on_top += count;
        for pattern in patterns {
            cx.on_top -= 1;
            self.subpattern(pattern, cx)?;
        }
        Ok(())
    }

    /// For `[a, *_, b]`: looks at the items that matter instead of unpacking all.
    fn subscript_sequence(
        &mut self,
        loc: Loc,
        patterns: &'a [Pattern<'a>],
        star: usize,
        cx: &mut Context,
    ) -> Result<()> {
        cx.on_top += 1;
        for (index, pattern) in patterns.iter().enumerate() {
            if is_wildcard(pattern) || index == star {
                continue;
            }
            self.op_arg(loc, op::COPY, 1);
            if index < star {
                self.load_int(loc, index);
            } else {
                // The subject need not know negative indices.
                self.op(loc, op::GET_LEN);
                self.load_int(loc, patterns.len() - index);
                self.binary_op(loc, Operator::Sub, false);
            }
            self.op_arg(loc, op::BINARY_OP, args::nb::SUBSCR);
            self.subpattern(pattern, cx)?;
        }
        cx.on_top -= 1;
        self.op(loc, op::POP_TOP);
        Ok(())
    }

    fn class_pattern(
        &mut self,
        loc: Loc,
        cls: &'a Expr<'a>,
        patterns: &'a [Pattern<'a>],
        kwd_attrs: &'a [&'a str],
        kwd_patterns: &'a [Pattern<'a>],
        cx: &mut Context,
    ) -> Result<()> {
        if kwd_attrs.len() != kwd_patterns.len() {
            let (attrs, patterns) = (kwd_attrs.len(), kwd_patterns.len());
            let message =
                format!("kwd_attrs ({attrs}) / kwd_patterns ({patterns}) length mismatch in class pattern");
            return Err(self.syntax_error(message, loc));
        }
        for (index, attr) in kwd_attrs.iter().enumerate() {
            if let Some(again) = kwd_attrs[index + 1..].iter().position(|other| other == attr) {
                let place = kwd_patterns[index + 1 + again].loc;
                return Err(
                    self.syntax_error(format!("attribute name repeated in class pattern: {attr}"), place)
                );
            }
        }
        self.expr(cls)?;
        let names: Vec<Sym> = kwd_attrs.iter().map(|attr| self.intern(attr)).collect();
        self.load_name_tuple(loc, names);
        self.op_len(loc, op::MATCH_CLASS, patterns.len());
        self.op_arg(loc, op::COPY, 1);
        self.load_none(loc);
        self.op_arg(loc, op::IS_OP, 1);
        // A tuple of attributes, or `None`.
        cx.on_top += 1;
        self.jump_to_fail(loc, cx, op::POP_JUMP_IF_FALSE);
        let count = patterns.len() + kwd_patterns.len();
        self.op_len(loc, op::UNPACK_SEQUENCE, count);
        cx.on_top = cx.on_top + count - 1;
        for pattern in patterns.iter().chain(kwd_patterns) {
            cx.on_top -= 1;
            if is_wildcard(pattern) {
                self.op(loc, op::POP_TOP);
            } else {
                self.subpattern(pattern, cx)?;
            }
        }
        Ok(())
    }

    fn mapping_pattern(
        &mut self,
        loc: Loc,
        keys: &'a [Expr<'a>],
        patterns: &'a [Pattern<'a>],
        rest: Option<&'a str>,
        cx: &mut Context,
    ) -> Result<()> {
        let count = keys.len();
        if count != patterns.len() {
            let patterns = patterns.len();
            let message =
                format!("keys ({count}) / patterns ({patterns}) length mismatch in mapping pattern");
            return Err(self.syntax_error(message, loc));
        }
        cx.on_top += 1;
        self.op(loc, op::MATCH_MAPPING);
        self.jump_to_fail(loc, cx, op::POP_JUMP_IF_FALSE);
        if count == 0 && rest.is_none() {
            cx.on_top -= 1;
            self.op(loc, op::POP_TOP);
            return Ok(());
        }
        if count > 0 {
            self.op(loc, op::GET_LEN);
            self.load_int(loc, count);
            self.compare_op(loc, CmpOp::GtE);
            self.jump_to_fail(loc, cx, op::POP_JUMP_IF_FALSE);
        }
        let mut seen: Vec<Constant<'a>> = Vec::new();
        for key in keys {
            self.mapping_key(loc, key, &mut seen)?;
        }
        self.op_len(loc, op::BUILD_TUPLE, count);
        self.op(loc, op::MATCH_KEYS);
        // The keys and the values, or `None`, above the subject.
        cx.on_top += 2;
        self.op_arg(loc, op::COPY, 1);
        self.load_none(loc);
        self.op_arg(loc, op::IS_OP, 1);
        self.jump_to_fail(loc, cx, op::POP_JUMP_IF_FALSE);
        self.op_len(loc, op::UNPACK_SEQUENCE, count);
        cx.on_top = cx.on_top + count - 1;
        for pattern in patterns {
            cx.on_top -= 1;
            self.subpattern(pattern, cx)?;
        }
        cx.on_top -= 2;
        if let Some(rest) = rest {
            // rest = dict(subject), then without each of the keys.
            self.op_arg(loc, op::BUILD_MAP, 0);
            self.op_arg(loc, op::SWAP, 3);
            self.op_arg(loc, op::DICT_UPDATE, 2);
            self.op_len(loc, op::UNPACK_SEQUENCE, count);
            for left in (1..=count).rev() {
                self.op_len(loc, op::COPY, 1 + left);
                self.op_arg(loc, op::SWAP, 2);
                self.op(loc, op::DELETE_SUBSCR);
            }
            self.capture(loc, Some(rest), cx)
        } else {
            self.op(loc, op::POP_TOP);
            self.op(loc, op::POP_TOP);
            Ok(())
        }
    }

    fn mapping_key(&mut self, loc: Loc, key: &'a Expr<'a>, seen: &mut Vec<Constant<'a>>) -> Result<()> {
        if let Some(value) = as_constant(key) {
            if seen.iter().any(|other| python_equal(other, &value)) {
                let repr = unparse::repr_constant(&value, self.guard)?;
                let repr = String::from_utf8_lossy(&repr);
                return Err(self.syntax_error(format!("mapping pattern checks duplicate key ({repr})"), loc));
            }
            seen.push(value);
        } else if !matches!(key.kind, ExprKind::Attribute { .. }) {
            return Err(
                self.syntax_error("mapping pattern keys may only match literals and attribute lookups", loc)
            );
        }
        self.expr(key)
    }

    fn or_pattern(&mut self, loc: Loc, patterns: &'a [Pattern<'a>], cx: &mut Context) -> Result<()> {
        let end = self.label();
        // The captures of the first alternative, in the order all others have to leave theirs in.
        let mut control: Option<Vec<Sym>> = None;
        for (index, alternative) in patterns.iter().enumerate() {
            let place = alternative.loc;
            let mut alt = Context {
                allow_irrefutable: index + 1 == patterns.len() && cx.allow_irrefutable,
                ..Context::default()
            };
            self.op_arg(place, op::COPY, 1);
            self.pattern(alternative, &mut alt)?;
            match &control {
                None => control = Some(alt.stores.clone()),
                Some(control) => self.reorder_captures(loc, place, control, &mut alt)?,
            }
            self.jump(place, op::JUMP, end);
            self.emit_fail_pops(place, &mut alt);
        }
        // No alternative matched.
        self.op(loc, op::POP_TOP);
        self.jump_to_fail(loc, cx, op::JUMP);
        self.place(end);
        let control = control.unwrap_or_default();
        // Above the place for the captures: the captures, the subject, items in use, earlier captures.
        let depth = control.len() + 1 + cx.on_top + cx.stores.len();
        for name in control {
            self.rotate(loc, depth);
            if cx.stores.contains(&name) {
                return Err(self.duplicate_store(loc, name));
            }
            cx.stores.push(name);
        }
        self.op(loc, op::POP_TOP);
        Ok(())
    }

    /// Brings the captures of an alternative into the order of the first one's.
    fn reorder_captures(&mut self, loc: Loc, place: Loc, control: &[Sym], alt: &mut Context) -> Result<()> {
        let different = "alternative patterns bind different names";
        if alt.stores.len() != control.len() {
            return Err(self.syntax_error(different, loc));
        }
        for (wanted, name) in control.iter().enumerate().rev() {
            let Some(found) = alt.stores.iter().position(|store| store == name) else {
                return Err(self.syntax_error(different, loc));
            };
            if found == wanted {
                continue;
            }
            // Rotate everything up to the name to just below its place.
            let rotations = found + 1;
            let rotated: Vec<Sym> = alt.stores.drain(..rotations).collect();
            let at = wanted - found;
            alt.stores.splice(at..at, rotated);
            for _ in 0..rotations {
                self.rotate(place, wanted + 1);
            }
        }
        Ok(())
    }
}
