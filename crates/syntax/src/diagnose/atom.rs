//! Primaries, brackets of all kinds, comprehensions.

use super::node::{Node, Shape};
use super::peg::{Peg, Res, Rule, alt, invalid};
use crate::literal;
use crate::token::Kind as K;

impl<'b> Peg<'b, '_> {
    pub(super) fn primary(&mut self) -> Res<'b> {
        self.grow(Rule::Primary, Self::atom, |p, start, _| p.trailer(start))
    }

    /// An attribute, call or subscript after a primary that began at token `start`.
    pub(super) fn trailer(&mut self, start: usize) -> Res<'b> {
        if let Some(attribute) = self.group(Self::attribute) {
            let _ = attribute;
            return Some(self.node(Shape::Attribute, start, &[]));
        }
        if let Some(argument) = self.group(Self::genexp) {
            return Some(self.node(Shape::Call(false), start, &[argument]));
        }
        if let Some(arguments) = self.group(|p| {
            p.tok(K::LPar)?;
            let arguments = p.opt(Self::arguments)?;
            p.tok(K::RPar)?;
            Some(arguments.unwrap_or(Node::dummy()))
        }) {
            return Some(self.node(Shape::Call(false), start, arguments.items));
        }
        self.group(Self::subscript)?;
        Some(self.node(Shape::Subscript, start, &[]))
    }

    pub(super) fn attribute(&mut self) -> Res<'b> {
        self.tok(K::Dot)?;
        self.name()
    }

    pub(super) fn subscript(&mut self) -> Res<'b> {
        self.tok(K::LSqb)?;
        let slices = self.slices()?;
        self.tok(K::RSqb)?;
        Some(slices)
    }

    fn slices(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                let slice = p.slice()?;
                p.not_any(&[K::Comma])?;
                slice
            });
            alt!(p, {
                let slices = p.separated(K::Comma, |p| {
                    if let Some(slice) = p.group(Self::slice) {
                        return Some(slice);
                    }
                    p.group(Self::starred_expression)
                })?;
                p.opt(|p| p.tok(K::Comma))?;
                slices
            });
            None
        })
    }

    fn slice(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.opt(Self::expression)?;
                p.tok(K::Colon)?;
                p.opt(Self::expression)?;
                p.opt(|p| {
                    let colon = p.tok(K::Colon)?;
                    p.opt(Self::expression)?;
                    Some(colon)
                })?;
            } => |p, start, ()| Some(p.node(Shape::Other, start, &[])));
            alt!(p, { p.named_expression()? });
            None
        })
    }

    pub(super) fn atom(&mut self) -> Res<'b> {
        self.rule(|p| {
            let start = p.mark;
            let constant = |p: &mut Self, shape| {
                p.mark += 1;
                Some(p.node(shape, start, &[]))
            };
            match p.token_at(start).kind {
                K::Name => p.name(),
                K::True => constant(p, Shape::True),
                K::False => constant(p, Shape::False),
                K::None => constant(p, Shape::None),
                K::Ellipsis => constant(p, Shape::Ellipsis),
                K::String | K::FStringStart | K::TStringStart => p.strings(),
                K::Number => p.number(),
                K::LPar => {
                    alt!(p, { p.genexp()? });
                    alt!(p, { p.tuple()? });
                    p.parenthesized()
                }
                K::LSqb => {
                    alt!(p, { p.listcomp()? });
                    p.list()
                }
                K::LBrace => {
                    alt!(p, { p.dictcomp()? });
                    alt!(p, { p.setcomp()? });
                    alt!(p, { p.dict()? });
                    p.set()
                }
                _ => None,
            }
        })
    }

    pub(super) fn number(&mut self) -> Res<'b> {
        let start = self.mark;
        let token = self.token_at(start);
        self.tok(K::Number)?;
        let text = self.text(&token);
        if self.options.feature_version < 6 && text.contains('_') {
            self.failed = true;
            return self
                .raise("Underscores in numeric literals are only supported in Python 3.6 and greater");
        }
        match literal::number(self.arena, text, self.options.max_str_digits) {
            Ok(value) => {
                let imaginary = matches!(value, crate::ast::Constant::Complex { .. });
                Some(self.node(Shape::Literal(imaginary), start, &[]))
            }
            Err(literal::TooManyDigits(digits)) => {
                let limit = self.options.max_str_digits;
                self.raise_columns(
                    (token.line, -1),
                    (token.end_line, -1),
                    format!(
                        "Exceeds the limit ({limit} digits) for integer string conversion: value has {digits} digits; \
                         use sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for huge \
                         integer literals to avoid decimal conversion limits."
                    ),
                )
            }
        }
    }

    // Parentheses.

    fn parenthesized(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.tok(K::LPar)?;
                let inner = match p.group(Self::yield_expr) {
                    Some(inner) => inner,
                    None => p.group(Self::named_expression)?,
                };
                p.tok(K::RPar)?;
                inner
            });
            invalid!(p, invalid_group);
            None
        })
    }

    fn invalid_group(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.tok(K::LPar)?;
                let starred = p.starred_expression()?;
                p.tok(K::RPar)?;
                starred
            } => |p, _, starred| p.raise_at(starred, "cannot use starred expression here"));
            alt!(p, {
                p.tok(K::LPar)?;
                let stars = p.tok(K::DoubleStar)?;
                p.expression()?;
                p.tok(K::RPar)?;
                stars
            } => |p, _, stars| p.raise_at(stars, "cannot use double starred expression here"));
            None
        })
    }

    pub(super) fn tuple(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.tok(K::LPar)?;
                let items = p.opt(|p| {
                    let first = p.star_named_expression()?;
                    p.tok(K::Comma)?;
                    let rest = p.opt(Self::star_named_expressions)?;
                    Some(Node::sequence(p.joined(first, rest.map_or(&[], |rest| rest.items))))
                })?;
                p.tok(K::RPar)?;
                items
            } => |p, start, items| {
                Some(p.node(Shape::Tuple, start, items.map_or(&[], |items| items.items)))
            });
            None
        })
    }

    pub(super) fn genexp(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.tok(K::LPar)?;
                match p.group(Self::assignment_expression) {
                    Some(element) => element,
                    None => p.group(Self::expression_not_assigned)?,
                };
                p.for_if_clauses()?;
                p.tok(K::RPar)?
            } => |p, start, _| Some(p.node(Shape::GeneratorExp, start, &[])));
            invalid!(p, invalid_comprehension);
            None
        })
    }

    // Square brackets.

    pub(super) fn list(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.tok(K::LSqb)?;
                let items = p.opt(Self::star_named_expressions)?;
                p.tok(K::RSqb)?;
                items
            } => |p, start, items| {
                Some(p.node(Shape::List, start, items.map_or(&[], |items| items.items)))
            });
            None
        })
    }

    fn listcomp(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.tok(K::LSqb)?;
                p.named_expression()?;
                p.for_if_clauses()?;
                p.tok(K::RSqb)?
            } => |p, start, _| Some(p.node(Shape::ListComp, start, &[])));
            invalid!(p, invalid_comprehension);
            None
        })
    }

    // Braces.

    fn set(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.tok(K::LBrace)?;
                p.star_named_expressions()?;
                p.tok(K::RBrace)?
            } => |p, start, _| Some(p.node(Shape::Set, start, &[])));
            None
        })
    }

    fn setcomp(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.tok(K::LBrace)?;
                p.named_expression()?;
                p.for_if_clauses()?;
                p.tok(K::RBrace)?
            } => |p, start, _| Some(p.node(Shape::SetComp, start, &[])));
            invalid!(p, invalid_comprehension);
            None
        })
    }

    fn dictcomp(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.tok(K::LBrace)?;
                p.kvpair()?;
                p.for_if_clauses()?;
                p.tok(K::RBrace)?
            } => |p, start, _| Some(p.node(Shape::DictComp, start, &[])));
            if p.diagnosing {
                alt!(p, {
                    p.tok(K::LBrace)?;
                    let stars = p.tok(K::DoubleStar)?;
                    p.bitwise_or()?;
                    p.for_if_clauses()?;
                    p.tok(K::RBrace)?;
                    stars
                } => |p, _, stars| p.raise_at(stars, "dict unpacking cannot be used in dict comprehension"));
            }
            None
        })
    }

    fn dict(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.tok(K::LBrace)?;
                p.opt(|p| {
                    let pairs = p.separated(K::Comma, Self::double_starred_kvpair)?;
                    p.opt(|p| p.tok(K::Comma))?;
                    Some(pairs)
                })?;
                p.tok(K::RBrace)?
            } => |p, start, _| Some(p.node(Shape::Dict, start, &[])));
            alt!(p, {
                p.tok(K::LBrace)?;
                p.invalid_double_starred_kvpairs()?;
                p.tok(K::RBrace)?
            });
            None
        })
    }

    fn double_starred_kvpair(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.tok(K::DoubleStar)?;
                p.bitwise_or()?
            });
            alt!(p, { p.kvpair()? });
            None
        })
    }

    fn kvpair(&mut self) -> Res<'b> {
        self.rule(|p| {
            let key = p.expression()?;
            p.tok(K::Colon)?;
            p.expression()?;
            Some(key)
        })
    }

    fn invalid_double_starred_kvpairs(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.separated(K::Comma, Self::double_starred_kvpair)?;
                p.tok(K::Comma)?;
                p.invalid_kvpair()?
            });
            p.invalid_value()
        })
    }

    fn invalid_kvpair(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                let key = p.expression()?;
                p.not_any(&[K::Colon])?;
                key
            } => |p, _, key| {
                let span = key.span;
                p.raise_columns(
                    (span.line, span.end_col - 1),
                    (span.end_line, -1),
                    "':' expected after dictionary key",
                )
            });
            p.invalid_value()
        })
    }

    /// A dictionary value that is starred or missing.
    fn invalid_value(&mut self) -> Res<'b> {
        let p = self;
        alt!(p, {
            p.expression()?;
            p.tok(K::Colon)?;
            let star = p.tok(K::Star)?;
            p.bitwise_or()?;
            star
        } => |p, _, star| p.raise_from(star, "cannot use a starred expression in a dictionary value"));
        alt!(p, {
            p.expression()?;
            let colon = p.tok(K::Colon)?;
            p.look_any(&[K::RBrace, K::Comma])?;
            colon
        } => |p, _, colon| p.raise_at(colon, "expression expected after dictionary key and ':'"));
        None
    }

    // Comprehensions.

    /// `for_if_clauses`: each item a clause, whose items are what it runs over and its conditions.
    pub(super) fn for_if_clauses(&mut self) -> Res<'b> {
        self.rule(|p| p.many1(Self::for_if_clause))
    }

    fn for_if_clause(&mut self) -> Res<'b> {
        self.rule(|p| {
            for is_async in [true, false] {
                let mut cut = false;
                alt!(p, {
                    if is_async {
                        p.tok(K::Async)?;
                    }
                    p.tok(K::For)?;
                    p.star_targets()?;
                    p.tok(K::In)?;
                    cut = true;
                    let iter = p.disjunction()?;
                    let conditions = p.many0(|p| {
                        p.tok(K::If)?;
                        p.disjunction()
                    })?;
                    (is_async, iter, conditions)
                } => |p, _, (is_async, iter, conditions)| {
                    let clause = Node::sequence(p.joined(iter, conditions.items));
                    if is_async { p.since(6, "Async comprehensions are", clause) } else { Some(clause) }
                });
                if cut {
                    return None;
                }
            }
            invalid!(p, invalid_for_if_clause);
            invalid!(p, invalid_for_target);
            None
        })
    }

    fn invalid_for_if_clause(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.opt(|p| p.tok(K::Async))?;
                p.tok(K::For)?;
                p.bitwise_or()?;
                p.many0(|p| {
                    p.tok(K::Comma)?;
                    p.bitwise_or()
                })?;
                p.opt(|p| p.tok(K::Comma))?;
                p.not_any(&[K::In])?;
            } => |p, _, ()| p.raise("'in' expected after for-loop variables"));
            None
        })
    }

    fn invalid_comprehension(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.any(&[K::LSqb, K::LPar, K::LBrace])?;
                let starred = p.starred_expression()?;
                p.for_if_clauses()?;
                starred
            } => |p, _, starred| p.raise_at(starred, "iterable unpacking cannot be used in comprehension"));
            alt!(p, {
                p.any(&[K::LSqb, K::LBrace])?;
                let first = p.star_named_expression()?;
                p.tok(K::Comma)?;
                let rest = p.star_named_expressions()?;
                p.for_if_clauses()?;
                (first, rest.last())
            } => |p, _, (first, last)| {
                p.raise_range(first, last, "did you forget parentheses around the comprehension target?")
            });
            alt!(p, {
                p.any(&[K::LSqb, K::LBrace])?;
                let first = p.star_named_expression()?;
                let comma = p.tok(K::Comma)?;
                p.for_if_clauses()?;
                (first, comma)
            } => |p, _, (first, comma)| {
                p.raise_range(first, comma, "did you forget parentheses around the comprehension target?")
            });
            None
        })
    }
}
