//! Compound statements, except `match`.

use super::node::{Node, Shape, TargetPlace};
use super::parameters::Style;
use super::peg::{Peg, Res, Rule, alt, invalid};
use crate::token::Kind as K;

impl<'b> Peg<'b, '_> {
    pub(super) fn compound_stmt(&mut self) -> Res<'b> {
        self.rule(|p| {
            let kind = p.token_at(p.mark).kind;
            if matches!(kind, K::Def | K::At | K::Async) {
                alt!(p, { p.function_def()? });
            }
            if kind == K::If {
                alt!(p, { p.if_stmt()? });
            }
            if matches!(kind, K::Class | K::At) {
                alt!(p, { p.class_def()? });
            }
            if matches!(kind, K::With | K::Async) {
                alt!(p, { p.with_stmt()? });
            }
            if matches!(kind, K::For | K::Async) {
                alt!(p, { p.for_stmt()? });
            }
            if kind == K::Try {
                alt!(p, { p.try_stmt()? });
            }
            if kind == K::While {
                alt!(p, { p.while_stmt()? });
            }
            alt!(p, { p.match_stmt()? });
            None
        })
    }

    pub(super) fn block(&mut self) -> Res<'b> {
        self.memo(Rule::Block, |p| {
            alt!(p, {
                p.tok(K::Newline)?;
                p.tok(K::Indent)?;
                let body = p.statements()?;
                p.tok(K::Dedent)?;
                body
            });
            alt!(p, { p.simple_stmts()? });
            if p.diagnosing {
                alt!(p, { p.no_block()? } => |p, _, _| p.raise_indentation("expected an indented block"));
            }
            None
        })
    }

    /// A line end after which no block follows.
    pub(super) fn no_block(&mut self) -> Res<'b> {
        let newline = self.tok(K::Newline)?;
        self.not_any(&[K::Indent])?;
        Some(newline)
    }

    /// `':'` and a line end after which no block follows.
    fn colon_no_block(&mut self) -> Res<'b> {
        self.tok(K::Colon)?;
        self.no_block()
    }

    fn maybe_async(&mut self) -> Option<Res<'b>> {
        self.opt(|p| p.tok(K::Async))
    }

    // Definitions.

    fn decorators(&mut self) -> Res<'b> {
        self.rule(|p| {
            p.many1(|p| {
                p.tok(K::At)?;
                let decorator = p.named_expression()?;
                p.tok(K::Newline)?;
                Some(decorator)
            })
        })
    }

    fn class_def(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.decorators()?;
                p.class_def_raw()?
            });
            alt!(p, { p.class_def_raw()? });
            None
        })
    }

    fn class_arguments(&mut self) -> Res<'b> {
        self.tok(K::LPar)?;
        self.opt(Self::arguments)?;
        self.tok(K::RPar)
    }

    fn class_def_raw(&mut self) -> Res<'b> {
        self.rule(|p| {
            invalid!(p, invalid_class_def_raw);
            alt!(p, {
                p.tok(K::Class)?;
                p.name()?;
                p.opt(Self::type_params)?;
                p.opt(Self::class_arguments)?;
                p.tok(K::Colon)?;
                p.block()?
            } => |p, start, _| Some(p.node(Shape::Other, start, &[])));
            None
        })
    }

    fn invalid_class_def_raw(&mut self) -> Res<'b> {
        fn head<'b>(p: &mut Peg<'b, '_>) -> Res<'b> {
            let keyword = p.tok(K::Class)?;
            p.name()?;
            p.opt(Peg::type_params)?;
            p.opt(Peg::class_arguments)?;
            Some(keyword)
        }
        self.rule(|p| {
            alt!(p, {
                head(p)?;
                p.tok(K::Newline)?
            } => |p, _, _| p.raise("expected ':'"));
            alt!(p, {
                let keyword = head(p)?;
                p.colon_no_block()?;
                keyword
            } => |p, _, keyword| p.raise_no_block("class definition", keyword.line()));
            None
        })
    }

    fn function_def(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.decorators()?;
                p.function_def_raw()?
            });
            alt!(p, { p.function_def_raw()? });
            None
        })
    }

    fn function_def_raw(&mut self) -> Res<'b> {
        fn definition<'b>(p: &mut Peg<'b, '_>) -> Res<'b> {
            let keyword = p.tok(K::Def)?;
            p.name()?;
            p.opt(Peg::type_params)?;
            p.tok(K::LPar)?;
            p.opt(|p| p.params(Style::Function))?;
            p.tok(K::RPar)?;
            p.opt(Peg::return_annotation)?;
            p.tok(K::Colon)?;
            p.opt(Peg::func_type_comment)?;
            p.block()?;
            Some(keyword)
        }
        self.rule(|p| {
            invalid!(p, invalid_def_raw);
            alt!(p, { definition(p)? } => |p, start, _| Some(p.node(Shape::Other, start, &[])));
            alt!(p, {
                p.tok(K::Async)?;
                definition(p)?
            } => |p, start, _| {
                let node = p.node(Shape::Other, start, &[]);
                p.since(5, "Async functions are", node)
            });
            None
        })
    }

    fn return_annotation(&mut self) -> Res<'b> {
        self.tok(K::RArrow)?;
        self.expression()
    }

    fn func_type_comment(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.tok(K::Newline)?;
                let comment = p.tok(K::TypeComment)?;
                p.look(|p| {
                    p.tok(K::Newline)?;
                    p.tok(K::Indent)
                })?;
                comment
            });
            if p.diagnosing {
                alt!(p, {
                    p.tok(K::TypeComment)?;
                    p.tok(K::Newline)?;
                    p.tok(K::TypeComment)?;
                    p.tok(K::Newline)?;
                    p.tok(K::Indent)?
                } => |p, _, _| p.raise("Cannot have two type comments on def"));
            }
            p.tok(K::TypeComment)
        })
    }

    fn invalid_def_raw(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.maybe_async()?;
                let keyword = p.tok(K::Def)?;
                p.name()?;
                p.opt(Self::type_params)?;
                p.tok(K::LPar)?;
                p.opt(|p| p.params(Style::Function))?;
                p.tok(K::RPar)?;
                p.opt(Self::return_annotation)?;
                p.colon_no_block()?;
                keyword
            } => |p, _, keyword| p.raise_no_block("function definition", keyword.line()));
            alt!(p, {
                p.maybe_async()?;
                p.tok(K::Def)?;
                p.name()?;
                p.opt(Self::type_params)?;
                p.forced(K::LPar)?;
                p.opt(|p| p.params(Style::Function))?;
                p.tok(K::RPar)?;
                p.opt(Self::return_annotation)?;
                p.forced(K::Colon)?;
                p.opt(Self::func_type_comment)?;
                p.block()?
            } => |_, _, _| Some(Node::dummy()));
            None
        })
    }

    // Conditions and loops.

    fn if_stmt(&mut self) -> Res<'b> {
        self.conditional_stmt(K::If)
    }

    /// `if` or `elif`, and what belongs to it.
    fn conditional_stmt(&mut self, keyword: K) -> Res<'b> {
        self.rule(|p| {
            if p.diagnosing {
                alt!(p, { p.invalid_condition(keyword)? });
            }
            alt!(p, {
                p.tok(keyword)?;
                p.named_expression()?;
                p.tok(K::Colon)?;
                p.block()?;
                p.conditional_stmt(K::Elif)?
            } => |p, start, _| Some(p.node(Shape::Other, start, &[])));
            alt!(p, {
                p.tok(keyword)?;
                p.named_expression()?;
                p.tok(K::Colon)?;
                p.block()?;
                p.opt(Self::else_block)?
            } => |p, start, _| Some(p.node(Shape::Other, start, &[])));
            None
        })
    }

    /// `if`, `elif` or `while` without colon or without block.
    fn invalid_condition(&mut self, keyword: K) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.tok(keyword)?;
                p.named_expression()?;
                p.tok(K::Newline)?
            } => |p, _, _| p.raise("expected ':'"));
            alt!(p, {
                let first = p.tok(keyword)?;
                p.named_expression()?;
                p.colon_no_block()?;
                let what = match keyword {
                    K::If => "'if' statement",
                    K::Elif => "'elif' statement",
                    _ => "'while' statement",
                };
                (first.line(), what)
            } => |p, _, (line, what)| p.raise_no_block(what, line));
            None
        })
    }

    fn else_block(&mut self) -> Res<'b> {
        self.rule(|p| {
            invalid!(p, invalid_else_stmt);
            alt!(p, {
                p.tok(K::Else)?;
                p.forced(K::Colon)?;
                p.block()?
            });
            None
        })
    }

    fn invalid_else_stmt(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                let keyword = p.tok(K::Else)?;
                p.colon_no_block()?;
                keyword
            } => |p, _, keyword| p.raise_no_block("'else' statement", keyword.line()));
            alt!(p, {
                p.tok(K::Else)?;
                p.tok(K::Colon)?;
                p.block()?;
                p.tok(K::Elif)?
            } => |p, _, _| p.raise("'elif' block follows an 'else' block"));
            None
        })
    }

    fn while_stmt(&mut self) -> Res<'b> {
        self.rule(|p| {
            if p.diagnosing {
                alt!(p, { p.invalid_condition(K::While)? });
            }
            alt!(p, {
                p.tok(K::While)?;
                p.named_expression()?;
                p.tok(K::Colon)?;
                p.block()?;
                p.opt(Self::else_block)?
            } => |p, start, _| Some(p.node(Shape::Other, start, &[])));
            None
        })
    }

    fn for_stmt(&mut self) -> Res<'b> {
        self.rule(|p| {
            invalid!(p, invalid_for_stmt);
            for is_async in [false, true] {
                let mut cut = false;
                alt!(p, {
                    if is_async {
                        p.tok(K::Async)?;
                    }
                    p.tok(K::For)?;
                    p.star_targets()?;
                    p.tok(K::In)?;
                    cut = true;
                    p.star_expressions()?;
                    p.tok(K::Colon)?;
                    p.opt(|p| p.tok(K::TypeComment))?;
                    p.block()?;
                    p.opt(Self::else_block)?;
                    is_async
                } => |p, start, is_async| {
                    let node = p.node(Shape::Other, start, &[]);
                    if is_async { p.since(5, "Async for loops are", node) } else { Some(node) }
                });
                if cut {
                    return None;
                }
            }
            invalid!(p, invalid_for_target);
            None
        })
    }

    fn invalid_for_stmt(&mut self) -> Res<'b> {
        fn head<'b>(p: &mut Peg<'b, '_>) -> Res<'b> {
            p.maybe_async()?;
            let keyword = p.tok(K::For)?;
            p.star_targets()?;
            p.tok(K::In)?;
            p.star_expressions()?;
            Some(keyword)
        }
        self.rule(|p| {
            alt!(p, {
                head(p)?;
                p.tok(K::Newline)?
            } => |p, _, _| p.raise("expected ':'"));
            alt!(p, {
                let keyword = head(p)?;
                p.colon_no_block()?;
                keyword
            } => |p, _, keyword| p.raise_no_block("'for' statement", keyword.line()));
            None
        })
    }

    pub(super) fn invalid_for_target(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.maybe_async()?;
                p.tok(K::For)?;
                p.star_expressions()?
            } => |p, _, target| p.raise_invalid_target(TargetPlace::For, target));
            None
        })
    }

    // `with`.

    fn with_stmt(&mut self) -> Res<'b> {
        self.rule(|p| {
            invalid!(p, invalid_with_stmt_indent);
            for is_async in [false, true] {
                alt!(p, {
                    p.with_keywords(is_async)?;
                    p.tok(K::LPar)?;
                    p.separated(K::Comma, Self::with_item)?;
                    p.opt(|p| p.tok(K::Comma))?;
                    p.tok(K::RPar)?;
                    p.tok(K::Colon)?;
                    if !is_async {
                        p.opt(|p| p.tok(K::TypeComment))?;
                    }
                    p.block()?;
                    is_async
                } => Self::with_node);
                alt!(p, {
                    p.with_keywords(is_async)?;
                    p.separated(K::Comma, Self::with_item)?;
                    p.tok(K::Colon)?;
                    p.opt(|p| p.tok(K::TypeComment))?;
                    p.block()?;
                    is_async
                } => Self::with_node);
            }
            invalid!(p, invalid_with_stmt);
            None
        })
    }

    fn with_node(&mut self, start: usize, is_async: bool) -> Res<'b> {
        let node = self.node(Shape::Other, start, &[]);
        if is_async { self.since(5, "Async with statements are", node) } else { Some(node) }
    }

    fn with_keywords(&mut self, is_async: bool) -> Res<'b> {
        if is_async {
            self.tok(K::Async)?;
        }
        self.tok(K::With)
    }

    fn with_item(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                let context = p.expression()?;
                p.tok(K::As)?;
                p.star_target()?;
                p.look_any(&[K::Comma, K::RPar, K::Colon])?;
                context
            });
            if p.diagnosing {
                alt!(p, { p.invalid_with_item()? });
            }
            alt!(p, { p.expression()? });
            None
        })
    }

    fn invalid_with_item(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.expression()?;
                p.tok(K::As)?;
                let target = p.expression()?;
                p.look_any(&[K::Comma, K::RPar, K::Colon])?;
                target
            } => |p, _, target| p.raise_invalid_target(TargetPlace::Assign, target));
            None
        })
    }

    /// The items of a faulty `with`: `in_parentheses` with the parentheses.
    fn loose_with_items(&mut self, in_parentheses: bool) -> Res<'b> {
        fn items<'b>(p: &mut Peg<'b, '_>, context: fn(&mut Peg<'b, '_>) -> Res<'b>) -> Res<'b> {
            p.separated(K::Comma, |p| {
                let context = context(p)?;
                p.opt(|p| {
                    p.tok(K::As)?;
                    p.star_target()
                })?;
                Some(context)
            })
        }
        self.maybe_async()?;
        let keyword = self.tok(K::With)?;
        if in_parentheses {
            self.tok(K::LPar)?;
            items(self, |p| p.expressions())?;
            self.opt(|p| p.tok(K::Comma))?;
            self.tok(K::RPar)?;
        } else {
            items(self, |p| p.expression())?;
        }
        Some(keyword)
    }

    fn invalid_with_stmt(&mut self) -> Res<'b> {
        self.rule(|p| {
            for in_parentheses in [false, true] {
                alt!(p, {
                    p.loose_with_items(in_parentheses)?;
                    p.tok(K::Newline)?
                } => |p, _, _| p.raise("expected ':'"));
            }
            None
        })
    }

    fn invalid_with_stmt_indent(&mut self) -> Res<'b> {
        self.rule(|p| {
            for in_parentheses in [false, true] {
                alt!(p, {
                    let keyword = p.loose_with_items(in_parentheses)?;
                    p.colon_no_block()?;
                    keyword
                } => |p, _, keyword| p.raise_no_block("'with' statement", keyword.line()));
            }
            None
        })
    }

    // `try`.

    fn try_stmt(&mut self) -> Res<'b> {
        fn head<'b>(p: &mut Peg<'b, '_>) -> Res<'b> {
            p.tok(K::Try)?;
            p.forced(K::Colon)?;
            p.block()
        }
        self.rule(|p| {
            invalid!(p, invalid_try_stmt);
            alt!(p, {
                head(p)?;
                p.finally_block()?
            } => |p, start, _| Some(p.node(Shape::Other, start, &[])));
            alt!(p, {
                head(p)?;
                p.many1(Self::except_block)?;
                p.opt(Self::else_block)?;
                p.opt(Self::finally_block)?
            } => |p, start, _| Some(p.node(Shape::Other, start, &[])));
            alt!(p, {
                head(p)?;
                p.many1(Self::except_star_block)?;
                p.opt(Self::else_block)?;
                p.opt(Self::finally_block)?
            } => |p, start, _| {
                let node = p.node(Shape::Other, start, &[]);
                p.since(11, "Exception groups are", node)
            });
            None
        })
    }

    fn invalid_try_stmt(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                let keyword = p.tok(K::Try)?;
                p.colon_no_block()?;
                keyword
            } => |p, _, keyword| p.raise_no_block("'try' statement", keyword.line()));
            alt!(p, {
                p.tok(K::Try)?;
                p.tok(K::Colon)?;
                p.block()?;
                p.not_any(&[K::Except, K::Finally])?;
            } => |p, _, ()| p.raise("expected 'except' or 'finally' block"));
            alt!(p, {
                p.tok(K::Try)?;
                p.tok(K::Colon)?;
                p.many0(Self::block)?;
                p.many1(Self::except_block)?;
                let keyword = p.tok(K::Except)?;
                let star = p.tok(K::Star)?;
                p.expression()?;
                p.opt(Self::as_name)?;
                p.tok(K::Colon)?;
                (keyword, star)
            } => |p, _, (keyword, star)| {
                p.raise_range(keyword, star, "cannot have both 'except' and 'except*' on the same 'try'")
            });
            alt!(p, {
                p.tok(K::Try)?;
                p.tok(K::Colon)?;
                p.many0(Self::block)?;
                p.many1(Self::except_star_block)?;
                let keyword = p.tok(K::Except)?;
                p.opt(|p| {
                    p.expression()?;
                    p.opt(Self::as_name)?;
                    Some(Node::dummy())
                })?;
                p.tok(K::Colon)?;
                keyword
            } => |p, _, keyword| {
                p.raise_at(keyword, "cannot have both 'except' and 'except*' on the same 'try'")
            });
            None
        })
    }

    /// `'except'` or `'except' '*'`
    fn except_keywords(&mut self, star: bool) -> Res<'b> {
        let keyword = self.tok(K::Except)?;
        if star {
            self.tok(K::Star)?;
        }
        Some(keyword)
    }

    fn except_block(&mut self) -> Res<'b> {
        self.handler(false)
    }

    fn except_star_block(&mut self) -> Res<'b> {
        self.handler(true)
    }

    fn handler(&mut self, star: bool) -> Res<'b> {
        self.rule(|p| {
            if p.diagnosing {
                alt!(p, { p.invalid_except_stmt_indent(star)? });
            }
            alt!(p, {
                p.except_keywords(star)?;
                p.expression()?;
                p.tok(K::Colon)?;
                p.block()?
            });
            alt!(p, {
                p.except_keywords(star)?;
                p.expression()?;
                p.as_name()?;
                p.tok(K::Colon)?;
                p.block()?
            });
            alt!(p, {
                p.except_keywords(star)?;
                p.expressions()?;
                p.tok(K::Colon)?;
                p.block()?
            } => |p, _, node| p.since(14, "except expressions without parentheses are", node));
            if !star {
                alt!(p, {
                    p.tok(K::Except)?;
                    p.tok(K::Colon)?;
                    p.block()?
                });
            }
            if p.diagnosing {
                alt!(p, { p.invalid_except_stmt(star)? });
            }
            None
        })
    }

    fn invalid_except_stmt_indent(&mut self, star: bool) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                let keyword = p.except_keywords(star)?;
                p.expression()?;
                p.opt(Self::as_name)?;
                p.colon_no_block()?;
                (keyword, if star { "'except*' statement" } else { "'except' statement" })
            } => |p, _, (keyword, what)| p.raise_no_block(what, keyword.line()));
            if !star {
                alt!(p, {
                    let keyword = p.tok(K::Except)?;
                    p.colon_no_block()?;
                    keyword
                } => |p, _, keyword| p.raise_no_block("'except' statement", keyword.line()));
            }
            None
        })
    }

    fn invalid_except_stmt(&mut self, star: bool) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.except_keywords(star)?;
                let first = p.expression()?;
                p.tok(K::Comma)?;
                p.expressions()?;
                p.as_name()?;
                p.tok(K::Colon)?;
                first
            } => |p, _, first| {
                p.raise_from(first, "multiple exception types must be parenthesized when using 'as'")
            });
            alt!(p, {
                p.except_keywords(star)?;
                p.expression()?;
                p.opt(Self::as_name)?;
                p.tok(K::Newline)?
            } => |p, _, _| p.raise("expected ':'"));
            if star {
                alt!(p, {
                    p.except_keywords(star)?;
                    p.any(&[K::Newline, K::Colon])?
                } => |p, _, _| p.raise("expected one or more exception types"));
            } else {
                alt!(p, {
                    p.tok(K::Except)?;
                    p.tok(K::Newline)?
                } => |p, _, _| p.raise("expected ':'"));
            }
            alt!(p, {
                p.except_keywords(star)?;
                p.expression()?;
                p.tok(K::As)?;
                let target = p.expression()?;
                p.tok(K::Colon)?;
                p.block()?;
                (target, if star { "except*" } else { "except" })
            } => |p, _, (target, what)| {
                p.raise_at(target, format!("cannot use {what} statement with {}", target.name()))
            });
            None
        })
    }

    fn finally_block(&mut self) -> Res<'b> {
        self.rule(|p| {
            if p.diagnosing {
                alt!(p, {
                    let keyword = p.tok(K::Finally)?;
                    p.colon_no_block()?;
                    keyword
                } => |p, _, keyword| p.raise_no_block("'finally' statement", keyword.line()));
            }
            alt!(p, {
                p.tok(K::Finally)?;
                p.forced(K::Colon)?;
                p.block()?
            });
            None
        })
    }
}
