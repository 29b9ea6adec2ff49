//! Parameters of functions and lambdas, and type parameters.

use super::node::{Node, Shape};
use super::peg::{Peg, Res, Rule, alt, invalid};
use crate::token::Kind as K;

/// Whose parameters they are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Function,
    Lambda,
}

impl Style {
    /// What ends the list.
    fn end(self) -> K {
        if self == Self::Function { K::RPar } else { K::Colon }
    }
}

impl<'b> Peg<'b, '_> {
    pub(super) fn params(&mut self, style: Style) -> Res<'b> {
        self.rule(|p| {
            if p.diagnosing {
                alt!(p, { p.invalid_parameters(style)? });
            }
            alt!(p, { p.parameters(style)? });
            None
        })
    }

    fn parameters(&mut self, style: Style) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.slash_no_default(style)?;
                p.many0(|p| p.param_no_default(style))?;
                p.many0(|p| p.param_with_default(style))?;
                p.opt(|p| p.star_etc(style))?;
            } => |p, _, ()| p.since(8, "Positional-only parameters are", Node::dummy()));
            alt!(p, {
                p.slash_with_default(style)?;
                p.many0(|p| p.param_with_default(style))?;
                p.opt(|p| p.star_etc(style))?;
            } => |p, _, ()| p.since(8, "Positional-only parameters are", Node::dummy()));
            alt!(p, {
                let first = p.many1(|p| p.param_no_default(style))?;
                p.many0(|p| p.param_with_default(style))?;
                p.opt(|p| p.star_etc(style))?;
                first
            });
            alt!(p, {
                let first = p.many1(|p| p.param_with_default(style))?;
                p.opt(|p| p.star_etc(style))?;
                first
            });
            alt!(p, { p.star_etc(style)? });
            None
        })
    }

    /// What follows a `/`: a comma or the end of the list.
    fn slash(&mut self, style: Style) -> Res<'b> {
        let slash = self.tok(K::Slash)?;
        if self.group(|p| p.tok(K::Comma)).is_none() {
            self.look_any(&[style.end()])?;
        }
        Some(slash)
    }

    fn slash_no_default(&mut self, style: Style) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.many1(|p| p.param_no_default(style))?;
                p.slash(style)?
            });
            None
        })
    }

    fn slash_with_default(&mut self, style: Style) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.many0(|p| p.param_no_default(style))?;
                p.many1(|p| p.param_with_default(style))?;
                p.slash(style)?
            });
            None
        })
    }

    fn any_slash(&mut self, style: Style) -> Res<'b> {
        if let Some(found) = self.group(|p| p.slash_no_default(style)) {
            return Some(found);
        }
        self.group(|p| p.slash_with_default(style))
    }

    fn star_etc(&mut self, style: Style) -> Res<'b> {
        fn rest<'b>(p: &mut Peg<'b, '_>, style: Style) -> Option<()> {
            p.many0(|p| p.param_maybe_default(style))?;
            p.opt(|p| p.kwds(style))?;
            Some(())
        }
        self.rule(|p| {
            if p.diagnosing {
                alt!(p, { p.invalid_star_etc(style)? });
            }
            alt!(p, {
                let star = p.tok(K::Star)?;
                p.param_no_default(style)?;
                rest(p, style)?;
                star
            });
            if style == Style::Function {
                alt!(p, {
                    let star = p.tok(K::Star)?;
                    p.param_no_default_star_annotation()?;
                    rest(p, style)?;
                    star
                });
            }
            alt!(p, {
                let star = p.tok(K::Star)?;
                p.tok(K::Comma)?;
                p.many1(|p| p.param_maybe_default(style))?;
                p.opt(|p| p.kwds(style))?;
                star
            });
            alt!(p, { p.kwds(style)? });
            None
        })
    }

    fn kwds(&mut self, style: Style) -> Res<'b> {
        self.rule(|p| {
            if p.diagnosing {
                alt!(p, { p.invalid_kwds(style)? });
            }
            alt!(p, {
                p.tok(K::DoubleStar)?;
                p.param_no_default(style)?
            });
            None
        })
    }

    /// The end of one parameter: a comma or the end of the list, and a type comment.
    fn param_end(&mut self, style: Style) -> Option<()> {
        let comment = |p: &mut Self| p.opt(|p| p.tok(K::TypeComment));
        if style == Style::Lambda {
            if self.group(|p| p.tok(K::Comma)).is_none() {
                self.look_any(&[K::Colon])?;
            }
            return Some(());
        }
        if self.group(|p| p.tok(K::Comma)).is_some() {
            comment(self)?;
            return Some(());
        }
        comment(self)?;
        self.look_any(&[K::RPar])
    }

    fn param_no_default(&mut self, style: Style) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                let param = p.param(style)?;
                p.param_end(style)?;
                param
            });
            None
        })
    }

    fn param_no_default_star_annotation(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                let param = p.name()?;
                p.tok(K::Colon)?;
                p.star_expression()?;
                p.param_end(Style::Function)?;
                param
            });
            None
        })
    }

    fn param_with_default(&mut self, style: Style) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                let param = p.param(style)?;
                p.default()?;
                p.param_end(style)?;
                param
            });
            None
        })
    }

    fn param_maybe_default(&mut self, style: Style) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                let param = p.param(style)?;
                p.opt(Self::default)?;
                p.param_end(style)?;
                param
            });
            None
        })
    }

    fn param(&mut self, style: Style) -> Res<'b> {
        self.rule(|p| {
            let start = p.mark;
            p.name()?;
            if style == Style::Function {
                p.opt(|p| {
                    p.tok(K::Colon)?;
                    p.expression()
                })?;
            }
            Some(p.node(Shape::Other, start, &[]))
        })
    }

    fn default(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.tok(K::Equal)?;
                p.expression()?
            });
            if p.diagnosing {
                alt!(p, {
                    let equal = p.tok(K::Equal)?;
                    p.look_any(&[K::RPar, K::Comma])?;
                    equal
                } => |p, _, equal| p.raise_at(equal, "expected default value expression"));
            }
            None
        })
    }

    fn invalid_parameters(&mut self, style: Style) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                let slash = p.tok(K::Slash)?;
                p.tok(K::Comma)?;
                slash
            } => |p, _, slash| p.raise_at(slash, "at least one argument must precede /"));
            alt!(p, {
                p.any_slash(style)?;
                p.many0(|p| p.param_maybe_default(style))?;
                p.tok(K::Slash)?
            } => |p, _, slash| p.raise_at(slash, "/ may appear only once"));
            alt!(p, {
                p.opt(|p| p.slash_no_default(style))?;
                p.many0(|p| p.param_no_default(style))?;
                if p.group(|p| p.slash_with_default(style)).is_none() {
                    p.group(|p| p.many1(|p| p.param_with_default(style)))?;
                }
                p.param_no_default(style)?
            } => |p, _, param| {
                p.raise_at(param, "parameter without a default follows parameter with a default")
            });
            alt!(p, {
                p.many0(|p| p.param_no_default(style))?;
                let open = p.tok(K::LPar)?;
                if style == Style::Function {
                    p.many1(|p| p.param_no_default(style))?;
                } else {
                    p.separated(K::Comma, |p| p.param(style))?;
                }
                p.opt(|p| p.tok(K::Comma))?;
                let what = if style == Style::Function { "Function" } else { "Lambda expression" };
                (open, p.tok(K::RPar)?, what)
            } => |p, _, (open, close, what)| {
                p.raise_range(open, close, format!("{what} parameters cannot be parenthesized"))
            });
            alt!(p, {
                p.opt(|p| p.any_slash(style))?;
                p.many0(|p| p.param_maybe_default(style))?;
                p.tok(K::Star)?;
                p.comma_or_param(style)?;
                p.many0(|p| p.param_maybe_default(style))?;
                p.tok(K::Slash)?
            } => |p, _, slash| p.raise_at(slash, "/ must be ahead of *"));
            alt!(p, {
                p.many1(|p| p.param_maybe_default(style))?;
                p.tok(K::Slash)?;
                p.tok(K::Star)?
            } => |p, _, star| p.raise_at(star, "expected comma between / and *"));
            None
        })
    }

    fn comma_or_param(&mut self, style: Style) -> Res<'b> {
        if let Some(comma) = self.group(|p| p.tok(K::Comma)) {
            return Some(comma);
        }
        self.group(|p| p.param_no_default(style))
    }

    fn param_or_comma(&mut self, style: Style) -> Res<'b> {
        if let Some(param) = self.group(|p| p.param_no_default(style)) {
            return Some(param);
        }
        self.group(|p| p.tok(K::Comma))
    }

    fn invalid_star_etc(&mut self, style: Style) -> Res<'b> {
        let end = style.end();
        self.rule(|p| {
            alt!(p, {
                let star = p.tok(K::Star)?;
                if p.group(|p| p.tok(end)).is_none() {
                    p.group(|p| {
                        p.tok(K::Comma)?;
                        p.any(&[end, K::DoubleStar])
                    })?;
                }
                (star, style)
            } => |p, _, (star, style)| {
                let msg = "named arguments must follow bare *";
                if style == Style::Function { p.raise_at(star, msg) } else { p.raise(msg) }
            });
            if style == Style::Function {
                alt!(p, {
                    p.tok(K::Star)?;
                    p.tok(K::Comma)?;
                    p.tok(K::TypeComment)?
                } => |p, _, _| p.raise("bare * has associated type comment"));
            }
            alt!(p, {
                p.tok(K::Star)?;
                p.param(style)?;
                p.tok(K::Equal)?
            } => |p, _, equal| p.raise_at(equal, "var-positional argument cannot have default value"));
            alt!(p, {
                p.tok(K::Star)?;
                p.param_or_comma(style)?;
                p.many0(|p| p.param_maybe_default(style))?;
                let star = p.tok(K::Star)?;
                p.param_or_comma(style)?;
                star
            } => |p, _, star| p.raise_at(star, "* argument may appear only once"));
            None
        })
    }

    fn invalid_kwds(&mut self, style: Style) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.tok(K::DoubleStar)?;
                p.param(style)?;
                p.tok(K::Equal)?
            } => |p, _, equal| p.raise_at(equal, "var-keyword argument cannot have default value"));
            alt!(p, {
                p.tok(K::DoubleStar)?;
                p.param(style)?;
                p.tok(K::Comma)?;
                p.param(style)?
            } => |p, _, param| p.raise_at(param, "arguments cannot follow var-keyword argument"));
            alt!(p, {
                p.tok(K::DoubleStar)?;
                p.param(style)?;
                p.tok(K::Comma)?;
                p.any(&[K::Star, K::DoubleStar, K::Slash])?
            } => |p, _, star| p.raise_at(star, "arguments cannot follow var-keyword argument"));
            None
        })
    }

    // Type parameters.

    pub(super) fn type_params(&mut self) -> Res<'b> {
        self.rule(|p| {
            if p.diagnosing {
                alt!(p, {
                    p.tok(K::LSqb)?;
                    p.tok(K::RSqb)?
                } => |p, _, close| p.raise_from(close, "Type parameter list cannot be empty"));
            }
            alt!(p, {
                p.tok(K::LSqb)?;
                let params = p.separated(K::Comma, Self::type_param)?;
                p.opt(|p| p.tok(K::Comma))?;
                p.tok(K::RSqb)?;
                params
            } => |p, _, params| p.since(12, "Type parameter lists are", params));
            None
        })
    }

    fn type_param(&mut self) -> Res<'b> {
        fn default<'b>(p: &mut Peg<'b, '_>, value: fn(&mut Peg<'b, '_>) -> Res<'b>) -> Option<Res<'b>> {
            p.opt(|p| {
                p.tok(K::Equal)?;
                let value = value(p)?;
                p.since(13, "Type parameter defaults are", value)
            })
        }
        self.memo(Rule::TypeParam, |p| {
            alt!(p, {
                let name = p.name()?;
                p.opt(|p| {
                    p.tok(K::Colon)?;
                    p.expression()
                })?;
                default(p, |p| p.expression())?;
                name
            });
            invalid!(p, invalid_type_param);
            alt!(p, {
                p.tok(K::Star)?;
                let name = p.name()?;
                default(p, |p| p.star_expression())?;
                name
            });
            alt!(p, {
                p.tok(K::DoubleStar)?;
                let name = p.name()?;
                default(p, |p| p.expression())?;
                name
            });
            None
        })
    }

    fn invalid_type_param(&mut self) -> Res<'b> {
        self.rule(|p| {
            for (star, what) in [(K::Star, "TypeVarTuple"), (K::DoubleStar, "ParamSpec")] {
                alt!(p, {
                    p.tok(star)?;
                    p.name()?;
                    let colon = p.tok(K::Colon)?;
                    (colon, p.expression()?, what)
                } => |p, _, (colon, bound, what)| {
                    let wanted = if bound.shape == Shape::Tuple { "constraints" } else { "bound" };
                    p.raise_from(colon, format!("cannot use {wanted} with {what}"))
                });
            }
            None
        })
    }
}
