//! Arguments of calls.

use super::expression::comprehension_end;
use super::node::{Node, Shape};
use super::peg::{Peg, Res, Rule, alt, invalid};
use crate::token::Kind as K;

impl<'b> Peg<'b, '_> {
    pub(super) fn arguments(&mut self) -> Res<'b> {
        self.memo(Rule::Arguments, |p| {
            alt!(p, {
                let arguments = p.args()?;
                p.opt(|p| p.tok(K::Comma))?;
                p.look_any(&[K::RPar])?;
                arguments
            });
            invalid!(p, invalid_arguments);
            None
        })
    }

    /// `args`: a call node with the positional arguments.
    fn args(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                let positional = p.positional_arguments()?;
                let keywords = p.opt(|p| {
                    p.tok(K::Comma)?;
                    p.kwargs()
                })?;
                (positional, keywords.unwrap_or(Node::sequence(&[])))
            } => |p, start, (positional, keywords)| Some(p.call(start, positional.items, keywords)));
            alt!(p, { p.kwargs()? } => |p, start, keywords| Some(p.call(start, &[], keywords)));
            None
        })
    }

    fn call(&self, start: usize, positional: &[Node<'b>], keywords: Node<'b>) -> Node<'b> {
        let mapping = keywords.items.iter().any(|keyword| keyword.shape == Shape::Keyword(true));
        let starred = keywords.items.iter().filter(|keyword| keyword.shape == Shape::Starred);
        let items: Vec<_> = positional.iter().chain(starred).copied().collect();
        self.node(Shape::Call(mapping), start, &items)
    }

    fn positional_arguments(&mut self) -> Res<'b> {
        self.separated(K::Comma, |p| {
            if let Some(argument) = p.group(Self::starred_expression) {
                return Some(argument);
            }
            p.group(|p| {
                let argument = match p.group(Self::assignment_expression) {
                    Some(argument) => argument,
                    None => p.group(Self::expression_not_assigned)?,
                };
                p.not_any(&[K::Equal])?;
                Some(argument)
            })
        })
    }

    fn kwargs(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                let first = p.separated(K::Comma, |p| p.kwarg(K::Star))?;
                p.tok(K::Comma)?;
                (first, p.separated(K::Comma, |p| p.kwarg(K::DoubleStar))?)
            } => |p, _, (first, second)| {
                let items: Vec<_> = first.items.iter().chain(second.items).copied().collect();
                Some(Node::sequence(p.arena.alloc_slice_copy(&items)))
            });
            alt!(p, { p.separated(K::Comma, |p| p.kwarg(K::Star))? });
            alt!(p, { p.separated(K::Comma, |p| p.kwarg(K::DoubleStar))? });
            None
        })
    }

    /// `name=value`, or an argument with the given star.
    fn kwarg(&mut self, star: K) -> Res<'b> {
        self.rule(|p| {
            invalid!(p, invalid_kwarg);
            alt!(p, {
                p.name()?;
                p.tok(K::Equal)?;
                p.expression()?
            } => |p, start, _| Some(p.node(Shape::Keyword(false), start, &[])));
            if star == K::Star {
                alt!(p, { p.starred_expression()? });
            } else {
                alt!(p, {
                    p.tok(K::DoubleStar)?;
                    p.expression()?
                } => |p, start, _| Some(p.node(Shape::Keyword(true), start, &[])));
            }
            None
        })
    }

    pub(super) fn starred_expression(&mut self) -> Res<'b> {
        self.rule(|p| {
            invalid!(p, invalid_starred_expression_unpacking);
            alt!(p, {
                p.tok(K::Star)?;
                p.expression()?
            } => |p, start, value| Some(p.node(Shape::Starred, start, &[value])));
            if p.diagnosing {
                alt!(p, { p.tok(K::Star)? } => |p, _, _| p.raise("Invalid star expression"));
            }
            None
        })
    }

    fn invalid_starred_expression_unpacking(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                let star = p.tok(K::Star)?;
                p.expression()?;
                p.tok(K::Equal)?;
                (star, p.expression()?)
            } => |p, _, (star, value)| {
                p.raise_range(star, value, "cannot assign to iterable argument unpacking")
            });
            None
        })
    }

    fn invalid_kwarg(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                let constant = p.any(&[K::True, K::False, K::None])?;
                (constant, p.tok(K::Equal)?)
            } => |p, start, (constant, equal)| {
                let word = p.token_at(start).kind.text();
                p.raise_range(constant, equal, format!("cannot assign to {word}"))
            });
            alt!(p, {
                let name = p.name()?;
                let equal = p.tok(K::Equal)?;
                p.expression()?;
                p.for_if_clauses()?;
                (name, equal)
            } => |p, _, (name, equal)| {
                let msg = "invalid syntax. Maybe you meant '==' or ':=' instead of '='?";
                p.raise_range(name, equal, msg)
            });
            alt!(p, {
                p.not(|p| {
                    p.name()?;
                    p.tok(K::Equal)
                })?;
                let value = p.expression()?;
                (value, p.tok(K::Equal)?)
            } => |p, _, (value, equal)| {
                let msg = "expression cannot contain assignment, perhaps you meant \"==\"?";
                p.raise_range(value, equal, msg)
            });
            alt!(p, {
                let stars = p.tok(K::DoubleStar)?;
                p.expression()?;
                p.tok(K::Equal)?;
                (stars, p.expression()?)
            } => |p, _, (stars, value)| {
                p.raise_range(stars, value, "cannot assign to keyword argument unpacking")
            });
            None
        })
    }

    fn invalid_arguments(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                if p.group(|p| {
                    p.positional_arguments()?;
                    p.tok(K::Comma)?;
                    p.kwargs()
                })
                .is_none()
                {
                    p.group(Self::kwargs)?;
                }
                let comma = p.tok(K::Comma)?;
                p.separated(K::Comma, |p| {
                    let starred = p.starred_expression()?;
                    p.not_any(&[K::Equal])?;
                    Some(starred)
                })?;
                comma
            } => |p, _, comma| {
                p.raise_from(comma, "iterable argument unpacking follows keyword argument unpacking")
            });
            alt!(p, {
                let element = p.expression()?;
                let clauses = p.for_if_clauses()?;
                p.tok(K::Comma)?;
                p.opt(|p| {
                    if let Some(arguments) = p.group(Self::args) {
                        return Some(arguments);
                    }
                    p.group(|p| {
                        p.expression()?;
                        p.for_if_clauses()
                    })
                })?;
                (element, clauses)
            } => |p, _, (element, clauses)| {
                let msg = "Generator expression must be parenthesized";
                p.raise_range(element, comprehension_end(clauses), msg)
            });
            alt!(p, {
                let name = p.name()?;
                let equal = p.tok(K::Equal)?;
                p.expression()?;
                p.for_if_clauses()?;
                (name, equal)
            } => |p, _, (name, equal)| {
                let msg = "invalid syntax. Maybe you meant '==' or ':=' instead of '='?";
                p.raise_range(name, equal, msg)
            });
            alt!(p, {
                p.opt(|p| {
                    p.args()?;
                    p.tok(K::Comma)
                })?;
                let name = p.name()?;
                let equal = p.tok(K::Equal)?;
                p.look_any(&[K::Comma, K::RPar])?;
                (name, equal)
            } => |p, _, (name, equal)| p.raise_range(name, equal, "expected argument value expression"));
            alt!(p, {
                let arguments = p.args()?;
                (arguments, p.for_if_clauses()?)
            } => |p, _, (arguments, clauses)| {
                // `f(x for x in y)` is right; with more arguments the last of them is a bare generator.
                if arguments.items.len() <= 1 {
                    return None;
                }
                let msg = "Generator expression must be parenthesized";
                p.raise_range(arguments.last(), comprehension_end(clauses), msg)
            });
            alt!(p, {
                p.args()?;
                p.tok(K::Comma)?;
                let element = p.expression()?;
                (element, p.for_if_clauses()?)
            } => |p, _, (element, clauses)| {
                let msg = "Generator expression must be parenthesized";
                p.raise_range(element, comprehension_end(clauses), msg)
            });
            alt!(p, {
                let arguments = p.args()?;
                p.tok(K::Comma)?;
                p.args()?;
                arguments
            } => |p, _, arguments| {
                let unpacking = if arguments.shape == Shape::Call(true) { " unpacking" } else { "" };
                p.raise(format!("positional argument follows keyword argument{unpacking}"))
            });
            None
        })
    }
}
