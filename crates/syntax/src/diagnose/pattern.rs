//! `match` statements and their patterns.

use super::node::{Node, Shape};
use super::peg::{Peg, Res, Rule, alt, invalid};
use crate::token::Kind as K;

const NOT_AFTER_NAME: [K; 3] = [K::Dot, K::LPar, K::Equal];

impl<'b> Peg<'b, '_> {
    pub(super) fn match_stmt(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.word("match")?;
                p.subject_expr()?;
                p.tok(K::Colon)?;
                p.tok(K::Newline)?;
                p.tok(K::Indent)?;
                p.many1(Self::case_block)?;
                p.tok(K::Dedent)?
            } => |p, start, _| {
                let node = p.node(Shape::Other, start, &[]);
                p.since(10, "Pattern matching is", node)
            });
            invalid!(p, invalid_match_stmt);
            None
        })
    }

    fn invalid_match_stmt(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.word("match")?;
                p.subject_expr()?;
                p.tok(K::Newline)?
            } => |p, _, _| {
                p.raise("expected ':'")
            });
            alt!(p, {
                let keyword = p.word("match")?;
                p.subject_expr()?;
                p.tok(K::Colon)?;
                p.no_block()?;
                keyword
            } => |p, _, keyword| p.raise_no_block("'match' statement", keyword.line()));
            None
        })
    }

    fn subject_expr(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                let first = p.star_named_expression()?;
                p.tok(K::Comma)?;
                p.opt(Self::star_named_expressions)?;
                first
            });
            alt!(p, { p.named_expression()? });
            None
        })
    }

    fn case_head(&mut self) -> Res<'b> {
        let keyword = self.word("case")?;
        self.patterns()?;
        self.opt(|p| {
            p.tok(K::If)?;
            p.named_expression()
        })?;
        Some(keyword)
    }

    fn case_block(&mut self) -> Res<'b> {
        self.rule(|p| {
            if p.diagnosing {
                alt!(p, { p.invalid_case_block()? });
            }
            alt!(p, {
                p.case_head()?;
                p.tok(K::Colon)?;
                p.block()?
            });
            None
        })
    }

    fn invalid_case_block(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.case_head()?;
                p.tok(K::Newline)?
            } => |p, _, _| p.raise("expected ':'"));
            alt!(p, {
                let keyword = p.case_head()?;
                p.tok(K::Colon)?;
                p.no_block()?;
                keyword
            } => |p, _, keyword| p.raise_no_block("'case' statement", keyword.line()));
            None
        })
    }

    fn patterns(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, { p.open_sequence_pattern()? });
            alt!(p, { p.pattern()? });
            None
        })
    }

    fn pattern(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, { p.as_pattern()? });
            alt!(p, { p.or_pattern()? });
            None
        })
    }

    fn as_pattern(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.or_pattern()?;
                p.tok(K::As)?;
                p.pattern_capture_target()?
            } => |p, start, _| Some(p.node(Shape::Other, start, &[])));
            invalid!(p, invalid_as_pattern);
            None
        })
    }

    fn invalid_as_pattern(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.or_pattern()?;
                p.tok(K::As)?;
                p.word("_")?
            } => |p, _, name| p.raise_at(name, "cannot use '_' as a target"));
            alt!(p, {
                p.or_pattern()?;
                p.tok(K::As)?;
                p.expression()?
            } => |p, _, target| p.raise_at(target, format!("cannot use {} as pattern target", target.name())));
            None
        })
    }

    fn or_pattern(&mut self) -> Res<'b> {
        self.rule(|p| {
            let start = p.mark;
            let patterns = p.separated(K::VBar, Self::closed_pattern)?;
            Some(match patterns.items {
                [pattern] => *pattern,
                _ => p.node(Shape::Other, start, &[]),
            })
        })
    }

    fn closed_pattern(&mut self) -> Res<'b> {
        self.memo(Rule::ClosedPattern, |p| {
            alt!(p, { p.literal_pattern()? });
            alt!(p, { p.pattern_capture_target()? });
            alt!(p, { p.word("_")? });
            alt!(p, {
                let value = p.attr()?;
                p.not_any(&NOT_AFTER_NAME)?;
                value
            });
            alt!(p, {
                p.tok(K::LPar)?;
                let pattern = p.pattern()?;
                p.tok(K::RPar)?;
                pattern
            });
            alt!(p, {
                p.tok(K::LSqb)?;
                p.opt(Self::maybe_sequence_pattern)?;
                p.tok(K::RSqb)?
            } => |p, start, _| Some(p.node(Shape::Other, start, &[])));
            alt!(p, {
                p.tok(K::LPar)?;
                p.opt(Self::open_sequence_pattern)?;
                p.tok(K::RPar)?
            } => |p, start, _| Some(p.node(Shape::Other, start, &[])));
            alt!(p, { p.mapping_pattern()? });
            alt!(p, { p.class_pattern()? });
            None
        })
    }

    fn literal_pattern(&mut self) -> Res<'b> {
        self.literal(|p| p.strings())
    }

    /// A literal, also as the key of a mapping pattern.
    fn literal(&mut self, strings: fn(&mut Self) -> Res<'b>) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                let number = p.signed(Self::number)?;
                p.not_any(&[K::Plus, K::Minus])?;
                number
            });
            alt!(p, { p.complex_number()? });
            alt!(p, { strings(p)? });
            alt!(p, { p.any(&[K::None, K::True, K::False])? } => |p, start, _| {
                Some(p.node(Shape::Other, start, &[]))
            });
            None
        })
    }

    fn signed(&mut self, number: fn(&mut Self) -> Res<'b>) -> Res<'b> {
        self.rule(|p| {
            alt!(p, { number(p)? });
            alt!(p, {
                p.tok(K::Minus)?;
                number(p)?
            } => |p, start, _| Some(p.node(Shape::Operator, start, &[])));
            None
        })
    }

    fn complex_number(&mut self) -> Res<'b> {
        self.rule(|p| {
            for operator in [K::Plus, K::Minus] {
                alt!(p, {
                    p.signed(Self::real_number)?;
                    p.tok(operator)?;
                    p.imaginary_number()?
                } => |p, start, _| Some(p.node(Shape::Operator, start, &[])));
            }
            None
        })
    }

    fn real_number(&mut self) -> Res<'b> {
        self.rule(|p| {
            let number = p.number()?;
            if number.shape == Shape::Literal(true) {
                return p.raise_at(number, "real number required in complex literal");
            }
            Some(number)
        })
    }

    fn imaginary_number(&mut self) -> Res<'b> {
        self.rule(|p| {
            let number = p.number()?;
            if number.shape != Shape::Literal(true) {
                return p.raise_at(number, "imaginary number required in complex literal");
            }
            Some(number)
        })
    }

    fn pattern_capture_target(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.not(|p| p.word("_"))?;
                let name = p.name()?;
                p.not_any(&NOT_AFTER_NAME)?;
                name
            });
            None
        })
    }

    /// A dotted name with at least one dot.
    fn attr(&mut self) -> Res<'b> {
        let first = |p: &mut Self| {
            p.name()?;
            p.tok(K::Dot)?;
            p.name()?;
            Some(Node::dummy())
        };
        self.grow(Rule::Attr, first, |p, start, _| {
            p.tok(K::Dot)?;
            p.name()?;
            Some(p.node(Shape::Attribute, start, &[]))
        })
    }

    fn name_or_attr(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, { p.attr()? });
            alt!(p, { p.name()? });
            None
        })
    }

    fn open_sequence_pattern(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                let first = p.maybe_star_pattern()?;
                p.tok(K::Comma)?;
                p.opt(Self::maybe_sequence_pattern)?;
                first
            });
            None
        })
    }

    fn maybe_sequence_pattern(&mut self) -> Res<'b> {
        self.rule(|p| {
            let patterns = p.separated(K::Comma, Self::maybe_star_pattern)?;
            p.opt(|p| p.tok(K::Comma))?;
            Some(patterns)
        })
    }

    fn maybe_star_pattern(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, { p.star_pattern()? });
            alt!(p, { p.pattern()? });
            None
        })
    }

    fn star_pattern(&mut self) -> Res<'b> {
        self.memo(Rule::StarPattern, |p| {
            alt!(p, {
                p.tok(K::Star)?;
                p.pattern_capture_target()?
            });
            alt!(p, {
                p.tok(K::Star)?;
                p.word("_")?
            });
            None
        })
    }

    fn mapping_pattern(&mut self) -> Res<'b> {
        fn rest<'b>(p: &mut Peg<'b, '_>) -> Res<'b> {
            let rest = p.double_star_pattern()?;
            p.opt(|p| p.tok(K::Comma))?;
            p.tok(K::RBrace)?;
            Some(rest)
        }
        self.rule(|p| {
            alt!(p, {
                p.tok(K::LBrace)?;
                p.tok(K::RBrace)?
            });
            alt!(p, {
                p.tok(K::LBrace)?;
                rest(p)?
            });
            alt!(p, {
                p.tok(K::LBrace)?;
                p.items_pattern()?;
                p.tok(K::Comma)?;
                rest(p)?
            });
            alt!(p, {
                p.tok(K::LBrace)?;
                p.items_pattern()?;
                p.opt(|p| p.tok(K::Comma))?;
                p.tok(K::RBrace)?
            });
            None
        })
    }

    fn items_pattern(&mut self) -> Res<'b> {
        self.rule(|p| p.separated(K::Comma, Self::key_value_pattern))
    }

    fn key_value_pattern(&mut self) -> Res<'b> {
        self.rule(|p| {
            let key = match p.group(|p| {
                p.literal(|p| {
                    p.look_any(&[K::String, K::FStringStart, K::TStringStart])?;
                    p.strings()
                })
            }) {
                Some(key) => key,
                None => p.group(Self::attr)?,
            };
            p.tok(K::Colon)?;
            p.pattern()?;
            Some(key)
        })
    }

    fn double_star_pattern(&mut self) -> Res<'b> {
        self.rule(|p| {
            p.tok(K::DoubleStar)?;
            p.pattern_capture_target()
        })
    }

    fn class_pattern(&mut self) -> Res<'b> {
        fn close<'b>(p: &mut Peg<'b, '_>) -> Res<'b> {
            p.opt(|p| p.tok(K::Comma))?;
            p.tok(K::RPar)
        }
        self.rule(|p| {
            alt!(p, {
                p.name_or_attr()?;
                p.tok(K::LPar)?;
                p.tok(K::RPar)?
            } => |p, start, _| Some(p.node(Shape::Other, start, &[])));
            alt!(p, {
                p.name_or_attr()?;
                p.tok(K::LPar)?;
                p.positional_patterns()?;
                close(p)?
            } => |p, start, _| Some(p.node(Shape::Other, start, &[])));
            alt!(p, {
                p.name_or_attr()?;
                p.tok(K::LPar)?;
                p.keyword_patterns()?;
                close(p)?
            } => |p, start, _| Some(p.node(Shape::Other, start, &[])));
            alt!(p, {
                p.name_or_attr()?;
                p.tok(K::LPar)?;
                p.positional_patterns()?;
                p.tok(K::Comma)?;
                p.keyword_patterns()?;
                close(p)?
            } => |p, start, _| Some(p.node(Shape::Other, start, &[])));
            if p.diagnosing {
                alt!(p, { p.invalid_class_pattern()? });
            }
            None
        })
    }

    fn invalid_class_pattern(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.name_or_attr()?;
                p.tok(K::LPar)?;
                p.opt(|p| {
                    p.positional_patterns()?;
                    p.tok(K::Comma)
                })?;
                p.keyword_patterns()?;
                p.tok(K::Comma)?;
                p.positional_patterns()?
            } => |p, _, patterns| {
                p.raise_range(patterns.first(), patterns.last(), "positional patterns follow keyword patterns")
            });
            None
        })
    }

    fn positional_patterns(&mut self) -> Res<'b> {
        self.rule(|p| p.separated(K::Comma, Self::pattern))
    }

    fn keyword_patterns(&mut self) -> Res<'b> {
        self.rule(|p| {
            p.separated(K::Comma, |p| {
                p.rule(|p| {
                    p.name()?;
                    p.tok(K::Equal)?;
                    p.pattern()
                })
            })
        })
    }
}
