//! What can be assigned to or deleted.

use super::node::{Node, Shape};
use super::peg::{Peg, Res, Rule, alt};
use crate::token::Kind as K;

const TRAILER_STARTS: [K; 3] = [K::LPar, K::LSqb, K::Dot];

impl<'b> Peg<'b, '_> {
    pub(super) fn star_targets(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                let target = p.star_target()?;
                p.not_any(&[K::Comma])?;
                target
            });
            alt!(p, {
                let first = p.star_target()?;
                let rest = p.many0(|p| {
                    p.tok(K::Comma)?;
                    p.star_target()
                })?;
                p.opt(|p| p.tok(K::Comma))?;
                (first, rest)
            } => |p, start, (first, rest)| {
                let items = p.joined(first, rest.items);
                Some(p.node(Shape::Tuple, start, items))
            });
            None
        })
    }

    pub(super) fn star_target(&mut self) -> Res<'b> {
        self.memo(Rule::StarTarget, |p| {
            alt!(p, {
                p.tok(K::Star)?;
                p.not_any(&[K::Star])?;
                p.star_target()?
            } => |p, start, target| Some(p.node(Shape::Starred, start, &[target])));
            alt!(p, { p.target_with_star_atom()? });
            None
        })
    }

    fn target_with_star_atom(&mut self) -> Res<'b> {
        self.memo(Rule::TargetWithStarAtom, |p| {
            alt!(p, { p.last_trailer()? });
            alt!(p, { p.star_atom()? });
            None
        })
    }

    /// An attribute or subscript after which nothing of the kind follows.
    fn last_trailer(&mut self) -> Res<'b> {
        let start = self.mark;
        if let Some(target) = self.group(|p| {
            p.t_primary()?;
            p.attribute()?;
            p.not_any(&TRAILER_STARTS)?;
            Some(p.node(Shape::Attribute, start, &[]))
        }) {
            return Some(target);
        }
        self.group(|p| {
            p.t_primary()?;
            p.subscript()?;
            p.not_any(&TRAILER_STARTS)?;
            Some(p.node(Shape::Subscript, start, &[]))
        })
    }

    fn star_atom(&mut self) -> Res<'b> {
        fn list<'b>(p: &mut Peg<'b, '_>) -> Res<'b> {
            p.rule(|p| {
                let items = p.separated(K::Comma, Peg::star_target)?;
                p.opt(|p| p.tok(K::Comma))?;
                Some(items)
            })
        }
        fn tuple<'b>(p: &mut Peg<'b, '_>) -> Res<'b> {
            p.rule(|p| {
                alt!(p, {
                    let first = p.star_target()?;
                    let rest = p.many1(|p| {
                        p.tok(K::Comma)?;
                        p.star_target()
                    })?;
                    p.opt(|p| p.tok(K::Comma))?;
                    Node::sequence(p.joined(first, rest.items))
                });
                alt!(p, {
                    let first = p.star_target()?;
                    p.tok(K::Comma)?;
                    Node::sequence(p.joined(first, &[]))
                });
                None
            })
        }
        self.rule(|p| {
            alt!(p, { p.name()? });
            alt!(p, {
                p.tok(K::LPar)?;
                let target = p.target_with_star_atom()?;
                p.tok(K::RPar)?;
                target
            });
            alt!(p, {
                p.tok(K::LPar)?;
                p.opt(tuple)?;
                p.tok(K::RPar)?
            } => |p, start, _| Some(p.node(Shape::Tuple, start, &[])));
            alt!(p, {
                p.tok(K::LSqb)?;
                p.opt(list)?;
                p.tok(K::RSqb)?
            } => |p, start, _| Some(p.node(Shape::List, start, &[])));
            None
        })
    }

    pub(super) fn single_target(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, { p.single_subscript_attribute_target()? });
            alt!(p, { p.name()? });
            alt!(p, {
                p.tok(K::LPar)?;
                let target = p.single_target()?;
                p.tok(K::RPar)?;
                target
            });
            None
        })
    }

    pub(super) fn single_subscript_attribute_target(&mut self) -> Res<'b> {
        self.rule(Self::last_trailer)
    }

    /// A primary after which an attribute, call or subscript follows.
    fn t_primary(&mut self) -> Res<'b> {
        let first = |p: &mut Self| {
            let atom = p.atom()?;
            p.look_any(&TRAILER_STARTS)?;
            Some(atom)
        };
        self.grow(Rule::TPrimary, first, |p, start, _| p.t_trailer(start))
    }

    fn t_trailer(&mut self, start: usize) -> Res<'b> {
        fn call<'b>(p: &mut Peg<'b, '_>) -> Res<'b> {
            p.tok(K::LPar)?;
            p.opt(Peg::arguments)?;
            p.tok(K::RPar)
        }
        for (part, shape) in [
            (Self::attribute as fn(&mut Self) -> Res<'b>, Shape::Attribute),
            (Self::subscript, Shape::Subscript),
            (Self::genexp, Shape::Call(false)),
            (call, Shape::Call(false)),
        ] {
            if let Some(node) = self.group(|p| {
                part(p)?;
                p.look_any(&TRAILER_STARTS)?;
                Some(p.node(shape, start, &[]))
            }) {
                return Some(node);
            }
        }
        None
    }

    pub(super) fn del_targets(&mut self) -> Res<'b> {
        self.rule(|p| {
            let targets = p.separated(K::Comma, Self::del_target)?;
            p.opt(|p| p.tok(K::Comma))?;
            Some(targets)
        })
    }

    fn del_target(&mut self) -> Res<'b> {
        self.memo(Rule::DelTarget, |p| {
            alt!(p, { p.last_trailer()? });
            alt!(p, { p.del_t_atom()? });
            None
        })
    }

    fn del_t_atom(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, { p.name()? });
            alt!(p, {
                p.tok(K::LPar)?;
                let target = p.del_target()?;
                p.tok(K::RPar)?;
                target
            });
            alt!(p, {
                p.tok(K::LPar)?;
                p.opt(Self::del_targets)?;
                p.tok(K::RPar)?
            });
            alt!(p, {
                p.tok(K::LSqb)?;
                p.opt(Self::del_targets)?;
                p.tok(K::RSqb)?
            });
            None
        })
    }
}
