//! Expressions made of operators.

use super::node::{Node, Shape};
use super::parameters::Style;
use super::peg::{Peg, Res, Rule, alt, invalid};
use crate::token::Kind as K;

impl<'b> Peg<'b, '_> {
    /// A comma list of `item`s, a tuple if there is a comma.
    fn tuple_or_single(&mut self, item: fn(&mut Self) -> Res<'b>) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                let first = item(p)?;
                let rest = p.many1(|p| {
                    p.tok(K::Comma)?;
                    item(p)
                })?;
                p.opt(|p| p.tok(K::Comma))?;
                (first, rest)
            } => |p, start, (first, rest)| {
                let items = p.joined(first, rest.items);
                Some(p.node(Shape::Tuple, start, items))
            });
            alt!(p, {
                let first = item(p)?;
                p.tok(K::Comma)?;
                first
            } => |p, start, first| Some(p.node(Shape::Tuple, start, &[first])));
            alt!(p, { item(p)? });
            None
        })
    }

    pub(super) fn expressions(&mut self) -> Res<'b> {
        self.tuple_or_single(Self::expression)
    }

    pub(super) fn star_expressions(&mut self) -> Res<'b> {
        self.tuple_or_single(Self::star_expression)
    }

    pub(super) fn expression(&mut self) -> Res<'b> {
        self.memo(Rule::Expression, |p| {
            invalid!(p, invalid_expression);
            invalid!(p, invalid_legacy_expression);
            alt!(p, { p.conditional()? } => |p, start, ()| Some(p.node(Shape::IfExp, start, &[])));
            alt!(p, { p.disjunction()? });
            alt!(p, { p.lambdef()? });
            None
        })
    }

    /// `disjunction 'if' disjunction 'else' expression`
    fn conditional(&mut self) -> Option<()> {
        self.disjunction()?;
        self.tok(K::If)?;
        self.disjunction()?;
        self.tok(K::Else)?;
        self.expression()?;
        Some(())
    }

    /// An expression for whose parts the rules for invalid programs do not apply.
    fn expression_without_invalid(&mut self) -> Res<'b> {
        let diagnosing = std::mem::replace(&mut self.diagnosing, false);
        let result = self.rule(|p| {
            alt!(p, { p.conditional()? } => |p, start, ()| Some(p.node(Shape::IfExp, start, &[])));
            alt!(p, { p.disjunction()? });
            alt!(p, { p.lambdef()? });
            None
        });
        self.diagnosing = diagnosing;
        result
    }

    fn invalid_legacy_expression(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                let name = p.name()?;
                p.not_any(&[K::LPar])?;
                (name, p.star_expressions()?)
            } => |p, start, (name, argument)| {
                if name.shape != Shape::Name(true) {
                    return None;
                }
                let word = p.text(&p.token_at(start));
                let msg = format!("Missing parentheses in call to '{word}'. Did you mean {word}(...)?");
                p.raise_range(name, argument, msg)
            });
            None
        })
    }

    fn invalid_expression(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.tok(K::String)?;
                let inside = p.many1(|p| {
                    p.not_any(&[K::String])?;
                    p.expression_without_invalid()
                })?;
                p.tok(K::String)?;
                inside
            } => |p, _, inside| {
                let msg = "invalid syntax. Is this intended to be part of the string?";
                p.raise_range(inside.first(), inside.last(), msg)
            });
            alt!(p, {
                p.not(|p| {
                    if let Some(found) = p.group(|p| {
                        p.name()?;
                        p.tok(K::String)
                    }) {
                        return Some(found);
                    }
                    p.soft_keyword()
                })?;
                let first = p.disjunction()?;
                (first, p.expression_without_invalid()?)
            } => |p, _, (first, second)| {
                if first.shape == Shape::Name(true) || p.token_at(p.mark - 1).level == 0 {
                    return None;
                }
                p.raise_range(first, second, "invalid syntax. Perhaps you forgot a comma?")
            });
            alt!(p, {
                let body = p.disjunction()?;
                p.tok(K::If)?;
                let test = p.disjunction()?;
                p.not_any(&[K::Else, K::Colon])?;
                (body, test)
            } => |p, _, (body, test)| p.raise_range(body, test, "expected 'else' after 'if' expression"));
            alt!(p, {
                p.disjunction()?;
                p.tok(K::If)?;
                p.disjunction()?;
                p.tok(K::Else)?;
                p.not(Self::expression)?;
            } => |p, _, ()| p.raise_next("expected expression after 'else', but statement is given"));
            alt!(p, {
                let statement = p.flow_stmt()?;
                p.tok(K::If)?;
                p.disjunction()?;
                p.tok(K::Else)?;
                p.simple_stmt()?;
                statement
            } => |p, _, statement| {
                p.raise_at(statement, "expected expression before 'if', but statement is given")
            });
            for (middle, prefix) in [(K::FStringMiddle, 'f'), (K::TStringMiddle, 't')] {
                alt!(p, {
                    let keyword = p.tok(K::Lambda)?;
                    p.opt(|p| p.params(Style::Lambda))?;
                    let colon = p.tok(K::Colon)?;
                    p.look_any(&[middle])?;
                    (keyword, colon, prefix)
                } => |p, _, (keyword, colon, prefix)| {
                    let msg = format!("{prefix}-string: lambda expressions are not allowed without parentheses");
                    p.raise_range(keyword, colon, msg)
                });
            }
            None
        })
    }

    pub(super) fn yield_expr(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.tok(K::Yield)?;
                p.tok(K::From)?;
                p.expression()?
            } => |p, start, _| Some(p.node(Shape::Yield, start, &[])));
            alt!(p, {
                p.tok(K::Yield)?;
                p.opt(Self::star_expressions)?
            } => |p, start, _| Some(p.node(Shape::Yield, start, &[])));
            None
        })
    }

    pub(super) fn star_expression(&mut self) -> Res<'b> {
        self.memo(Rule::StarExpression, |p| {
            alt!(p, { p.starred_bitwise_or()? });
            alt!(p, { p.expression()? });
            None
        })
    }

    fn starred_bitwise_or(&mut self) -> Res<'b> {
        let start = self.mark;
        self.tok(K::Star)?;
        let value = self.bitwise_or()?;
        Some(self.node(Shape::Starred, start, &[value]))
    }

    pub(super) fn star_named_expressions(&mut self) -> Res<'b> {
        self.rule(|p| {
            let items = p.separated(K::Comma, Self::star_named_expression)?;
            p.opt(|p| p.tok(K::Comma))?;
            Some(items)
        })
    }

    pub(super) fn star_named_expression(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, { p.starred_bitwise_or()? });
            alt!(p, { p.named_expression()? });
            None
        })
    }

    pub(super) fn assignment_expression(&mut self) -> Res<'b> {
        self.rule(|p| {
            // What follows `:=` is decided: no other alternative exists.
            alt!(p, {
                p.name()?;
                p.tok(K::ColonEqual)?;
                p.expression()?
            } => |p, start, _| {
                let node = p.node(Shape::NamedExpr, start, &[]);
                p.since(8, "Assignment expressions are", node)
            });
            None
        })
    }

    pub(super) fn named_expression(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, { p.assignment_expression()? });
            invalid!(p, invalid_named_expression);
            alt!(p, { p.expression_not_assigned()? });
            None
        })
    }

    /// `expression !':='`
    pub(super) fn expression_not_assigned(&mut self) -> Res<'b> {
        let value = self.expression()?;
        self.not_any(&[K::ColonEqual])?;
        Some(value)
    }

    fn invalid_named_expression(&mut self) -> Res<'b> {
        self.memo(Rule::InvalidNamedExpression, |p| {
            alt!(p, {
                let target = p.expression()?;
                p.tok(K::ColonEqual)?;
                p.expression()?;
                target
            } => |p, _, target| {
                p.raise_at(target, format!("cannot use assignment expressions with {}", target.name()))
            });
            alt!(p, {
                let name = p.name()?;
                p.tok(K::Equal)?;
                let value = p.bitwise_or()?;
                p.not_any(&[K::Equal, K::ColonEqual])?;
                (name, value)
            } => |p, _, (name, value)| {
                let msg = "invalid syntax. Maybe you meant '==' or ':=' instead of '='?";
                p.raise_range(name, value, msg)
            });
            alt!(p, {
                p.not(|p| {
                    for display in [Self::list, Self::tuple, Self::genexp] {
                        if let Some(found) = p.group(display) {
                            return Some(found);
                        }
                    }
                    p.any(&[K::True, K::None, K::False])
                })?;
                let target = p.bitwise_or()?;
                p.tok(K::Equal)?;
                p.bitwise_or()?;
                p.not_any(&[K::Equal, K::ColonEqual])?;
                target
            } => |p, _, target| {
                let name = target.name();
                p.raise_at(target, format!("cannot assign to {name} here. Maybe you meant '==' instead of '='?"))
            });
            None
        })
    }

    // Operators, weakest first.

    pub(super) fn disjunction(&mut self) -> Res<'b> {
        self.memo(Rule::Disjunction, |p| p.bool_operation(K::Or, Self::conjunction))
    }

    fn conjunction(&mut self) -> Res<'b> {
        self.memo(Rule::Conjunction, |p| p.bool_operation(K::And, Self::inversion))
    }

    fn bool_operation(&mut self, operator: K, operand: fn(&mut Self) -> Res<'b>) -> Res<'b> {
        let start = self.mark;
        let first = operand(self)?;
        let rest = self.many0(|p| {
            p.tok(operator)?;
            operand(p)
        })?;
        if rest.items.is_empty() { Some(first) } else { Some(self.node(Shape::Operator, start, &[])) }
    }

    pub(super) fn inversion(&mut self) -> Res<'b> {
        self.memo(Rule::Inversion, |p| {
            alt!(p, {
                p.tok(K::Not)?;
                p.inversion()?
            } => |p, start, _| Some(p.node(Shape::Operator, start, &[])));
            alt!(p, { p.comparison()? });
            None
        })
    }

    fn comparison(&mut self) -> Res<'b> {
        self.rule(|p| {
            let start = p.mark;
            let left = p.bitwise_or()?;
            let operators = p.mark;
            let rest = p.many0(Self::compare_op_bitwise_or_pair)?;
            if rest.items.is_empty() {
                return Some(left);
            }
            let is_in = p.token_at(operators).kind == K::In;
            Some(p.node(Shape::Compare(is_in), start, &[left]))
        })
    }

    fn compare_op_bitwise_or_pair(&mut self) -> Res<'b> {
        self.rule(|p| {
            let kind = p.token_at(p.mark).kind;
            match kind {
                K::EqEqual | K::LessEqual | K::GreaterEqual | K::Greater | K::In => {
                    p.tok(kind)?;
                }
                K::Less => {
                    let less = p.tok(kind)?;
                    p.old_not_equal(less)?;
                }
                K::NotEqual => p.not_equal()?,
                K::Not => {
                    p.tok(K::Not)?;
                    p.tok(K::In)?;
                }
                K::Is => {
                    p.tok(K::Is)?;
                    // `is not` first, then `is` followed by an operand.
                    if let Some(operand) = p.group(|p| {
                        p.tok(K::Not)?;
                        p.bitwise_or()
                    }) {
                        return Some(operand);
                    }
                }
                _ => return None,
            }
            p.bitwise_or()
        })
    }

    /// An error if `<` is followed at once by `>`.
    fn old_not_equal(&mut self, less: Node<'b>) -> Option<()> {
        if !self.diagnosing {
            return Some(());
        }
        let greater = self.group(|p| p.tok(K::Greater));
        let Some(greater) = greater else { return Some(()) };
        if (less.span.end_line, less.span.end_col) == (greater.span.line, greater.span.col) {
            self.raise_range(less, greater, "invalid syntax.  Maybe you meant '!=' instead of '<>'?");
        }
        None
    }

    fn not_equal(&mut self) -> Option<()> {
        let token = self.token_at(self.mark);
        self.tok(K::NotEqual)?;
        let old_style = self.text(&token) == "<>";
        if self.barry_as_flufl && !old_style {
            self.raise("with Barry as BDFL, use '<>' instead of '!='")?;
        }
        (self.barry_as_flufl == old_style).then_some(())
    }

    /// A left-associative operator of one of `kinds` between `operand`s.
    fn binary(
        &mut self,
        rule: Rule,
        kinds: &[K],
        first: impl FnOnce(&mut Self) -> Res<'b>,
        operand: fn(&mut Self) -> Res<'b>,
    ) -> Res<'b> {
        self.grow(rule, first, |p, start, _| {
            let operator = p.any(kinds)?;
            let right = operand(p)?;
            let node = p.node(Shape::Operator, start, &[]);
            if operator.shape == Shape::Token(K::At) {
                return p.since(5, "The '@' operator is", node);
            }
            let _ = right;
            Some(node)
        })
    }

    pub(super) fn bitwise_or(&mut self) -> Res<'b> {
        self.binary(Rule::BitwiseOr, &[K::VBar], Self::bitwise_xor, Self::bitwise_xor)
    }

    fn bitwise_xor(&mut self) -> Res<'b> {
        self.binary(Rule::BitwiseXor, &[K::Circumflex], Self::bitwise_and, Self::bitwise_and)
    }

    fn bitwise_and(&mut self) -> Res<'b> {
        self.binary(Rule::BitwiseAnd, &[K::Amper], Self::shift_expr, Self::shift_expr)
    }

    fn shift_expr(&mut self) -> Res<'b> {
        let first = |p: &mut Self| {
            invalid!(p, invalid_arithmetic);
            p.sum()
        };
        self.binary(Rule::ShiftExpr, &[K::LeftShift, K::RightShift], first, Self::sum)
    }

    fn invalid_arithmetic(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.sum()?;
                p.any(&[K::Plus, K::Minus, K::Star, K::Slash, K::Percent, K::DoubleSlash, K::At])?;
                let not = p.tok(K::Not)?;
                (not, p.inversion()?)
            } => |p, _, (not, operand)| {
                p.raise_range(not, operand, "'not' after an operator must be parenthesized")
            });
            None
        })
    }

    fn sum(&mut self) -> Res<'b> {
        self.binary(Rule::Sum, &[K::Plus, K::Minus], Self::term, Self::term)
    }

    fn term(&mut self) -> Res<'b> {
        let first = |p: &mut Self| {
            invalid!(p, invalid_factor);
            p.factor()
        };
        let kinds = [K::Star, K::Slash, K::DoubleSlash, K::Percent, K::At];
        self.binary(Rule::Term, &kinds, first, Self::factor)
    }

    fn invalid_factor(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.any(&[K::Plus, K::Minus, K::Tilde])?;
                let not = p.tok(K::Not)?;
                (not, p.factor()?)
            } => |p, _, (not, operand)| {
                p.raise_range(not, operand, "'not' after an operator must be parenthesized")
            });
            None
        })
    }

    fn factor(&mut self) -> Res<'b> {
        self.memo(Rule::Factor, |p| {
            alt!(p, {
                p.any(&[K::Plus, K::Minus, K::Tilde])?;
                p.factor()?
            } => |p, start, _| Some(p.node(Shape::Operator, start, &[])));
            alt!(p, { p.power()? });
            None
        })
    }

    fn power(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.await_primary()?;
                p.tok(K::DoubleStar)?;
                p.factor()?
            } => |p, start, _| Some(p.node(Shape::Operator, start, &[])));
            alt!(p, { p.await_primary()? });
            None
        })
    }

    fn await_primary(&mut self) -> Res<'b> {
        self.memo(Rule::AwaitPrimary, |p| {
            alt!(p, {
                p.tok(K::Await)?;
                p.primary()?
            } => |p, start, _| {
                let node = p.node(Shape::Await, start, &[]);
                p.since(5, "Await expressions are", node)
            });
            alt!(p, { p.primary()? });
            None
        })
    }

    pub(super) fn lambdef(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.tok(K::Lambda)?;
                p.opt(|p| p.params(Style::Lambda))?;
                p.tok(K::Colon)?;
                p.expression()?
            } => |p, start, _| Some(p.node(Shape::Lambda, start, &[])));
            None
        })
    }
}

/// The place of what a comprehension ends with: its last condition, or what it runs over.
pub(super) fn comprehension_end<'b>(clauses: Node<'b>) -> Node<'b> {
    clauses.last().last()
}
