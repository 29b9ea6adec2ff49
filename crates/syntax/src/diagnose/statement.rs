//! The start rules and the simple statements.

use super::node::{Node, Shape, TargetPlace};
use super::peg::{Peg, Res, Rule, alt, invalid};
use crate::options::Mode;
use crate::token::Kind as K;

impl<'b> Peg<'b, '_> {
    /// The start rule of the mode.
    pub(super) fn start(&mut self) -> Res<'b> {
        match self.options.mode {
            Mode::Exec => self.rule(|p| {
                p.opt(Self::module_statements)?;
                p.tok(K::EndMarker)
            }),
            Mode::Eval => self.rule(|p| {
                p.expressions()?;
                p.many0(|p| p.tok(K::Newline))?;
                p.tok(K::EndMarker)
            }),
            Mode::Single => self.rule(Self::statement_newline),
            Mode::FuncType => self.rule(|p| {
                p.tok(K::LPar)?;
                p.opt(Self::type_expressions)?;
                p.tok(K::RPar)?;
                p.tok(K::RArrow)?;
                p.expression()?;
                p.many0(|p| p.tok(K::Newline))?;
                p.tok(K::EndMarker)
            }),
        }
    }

    fn statement_newline(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                let statement = p.compound_stmt()?;
                p.register(statement);
                p.tok(K::Newline)?;
                statement
            });
            alt!(p, { p.simple_stmts()? });
            alt!(p, { p.tok(K::Newline)? });
            None
        })
    }

    fn type_expressions(&mut self) -> Res<'b> {
        fn starred<'b>(p: &mut Peg<'b, '_>, kind: K) -> Res<'b> {
            p.tok(kind)?;
            p.expression()
        }
        self.rule(|p| {
            alt!(p, {
                p.separated(K::Comma, Self::expression)?;
                p.tok(K::Comma)?;
                starred(p, K::Star)?;
                p.tok(K::Comma)?;
                starred(p, K::DoubleStar)?
            });
            alt!(p, {
                p.separated(K::Comma, Self::expression)?;
                p.tok(K::Comma)?;
                starred(p, K::Star)?
            });
            alt!(p, {
                p.separated(K::Comma, Self::expression)?;
                p.tok(K::Comma)?;
                starred(p, K::DoubleStar)?
            });
            alt!(p, {
                starred(p, K::Star)?;
                p.tok(K::Comma)?;
                starred(p, K::DoubleStar)?
            });
            alt!(p, { starred(p, K::Star)? });
            alt!(p, { starred(p, K::DoubleStar)? });
            p.separated(K::Comma, Self::expression)
        })
    }

    pub(super) fn statements(&mut self) -> Res<'b> {
        self.rule(|p| p.many1(Self::statement))
    }

    /// The statements of a module. Nothing goes back behind a complete one, so what is remembered of it can go.
    fn module_statements(&mut self) -> Res<'b> {
        self.rule(|p| {
            let mut done = p.mark;
            p.many1(|p| {
                let statement = p.statement();
                if statement.is_some() {
                    p.forget(done, p.mark);
                    done = p.mark;
                }
                statement
            })
        })
    }

    fn statement(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, { p.compound_stmt()? } => |p, _, statement| {
                p.register(statement);
                Some(statement)
            });
            alt!(p, { p.simple_stmts()? });
            None
        })
    }

    /// Remembers where the last complete statement began.
    fn register(&mut self, statement: Node<'b>) {
        if self.diagnosing {
            self.last_statement = (statement.span.line, statement.span.col);
        }
    }

    pub(super) fn simple_stmts(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                let statement = p.simple_stmt()?;
                p.not_any(&[K::Semi])?;
                p.tok(K::Newline)?;
                statement
            });
            alt!(p, {
                p.separated(K::Semi, Self::simple_stmt)?;
                p.opt(|p| p.tok(K::Semi))?;
                p.tok(K::Newline)?
            });
            None
        })
    }

    pub(super) fn simple_stmt(&mut self) -> Res<'b> {
        self.memo(Rule::SimpleStmt, |p| {
            alt!(p, { p.assignment()? });
            alt!(p, {
                p.look(|p| p.word("type"))?;
                p.type_alias()?
            });
            alt!(p, { p.star_expressions()? });
            match p.token_at(p.mark).kind {
                K::Return => alt!(p, { p.return_stmt()? }),
                K::Import | K::From => alt!(p, { p.import_stmt()? }),
                K::Raise => alt!(p, { p.raise_stmt()? }),
                K::Pass | K::Break | K::Continue => alt!(p, { p.flow_stmt()? }),
                K::Del => alt!(p, { p.del_stmt()? }),
                K::Yield => alt!(p, { p.yield_expr()? }),
                K::Assert => alt!(p, { p.assert_stmt()? }),
                kind @ (K::Global | K::Nonlocal) => alt!(p, {
                    p.tok(kind)?;
                    p.separated(K::Comma, Self::name)?
                }),
                _ => {}
            }
            None
        })
    }

    /// `pass`, `break` or `continue`.
    pub(super) fn flow_stmt(&mut self) -> Res<'b> {
        self.rule(|p| p.any(&[K::Pass, K::Break, K::Continue]))
    }

    fn return_stmt(&mut self) -> Res<'b> {
        self.rule(|p| {
            let keyword = p.tok(K::Return)?;
            p.opt(Self::star_expressions)?;
            Some(keyword)
        })
    }

    fn assignment(&mut self) -> Res<'b> {
        fn annotation<'b>(p: &mut Peg<'b, '_>) -> Res<'b> {
            p.tok(K::Colon)?;
            let annotation = p.expression()?;
            p.opt(|p| {
                p.tok(K::Equal)?;
                p.annotated_rhs()
            })?;
            Some(annotation)
        }
        self.rule(|p| {
            alt!(p, {
                p.name()?;
                annotation(p)?
            } => |p, _, node| p.since(6, "Variable annotation syntax is", node));
            alt!(p, {
                let in_parentheses = p.group(|p| {
                    p.tok(K::LPar)?;
                    let target = p.single_target()?;
                    p.tok(K::RPar)?;
                    Some(target)
                });
                if in_parentheses.is_none() {
                    p.single_subscript_attribute_target()?;
                }
                annotation(p)?
            } => |p, _, node| p.since(6, "Variable annotations syntax is", node));
            alt!(p, {
                p.many1(Self::target_and_equal)?;
                let value = p.annotated_rhs()?;
                p.not_any(&[K::Equal])?;
                p.opt(|p| p.tok(K::TypeComment))?;
                value
            });
            let mut cut = false;
            alt!(p, {
                p.single_target()?;
                p.augassign()?;
                cut = true;
                p.annotated_rhs()?
            });
            if cut {
                return None;
            }
            invalid!(p, invalid_assignment);
            None
        })
    }

    /// `star_targets '='`
    fn target_and_equal(&mut self) -> Res<'b> {
        let target = self.star_targets()?;
        self.tok(K::Equal)?;
        Some(target)
    }

    pub(super) fn annotated_rhs(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, { p.yield_expr()? });
            alt!(p, { p.star_expressions()? });
            None
        })
    }

    fn augassign(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.any(&[
                    K::PlusEqual,
                    K::MinEqual,
                    K::StarEqual,
                    K::SlashEqual,
                    K::PercentEqual,
                    K::AmperEqual,
                    K::VBarEqual,
                    K::CircumflexEqual,
                    K::LeftShiftEqual,
                    K::RightShiftEqual,
                    K::DoubleStarEqual,
                    K::DoubleSlashEqual,
                ])?
            });
            let operator = p.tok(K::AtEqual)?;
            p.since(5, "The '@' operator is", operator)
        })
    }

    fn invalid_assignment(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                let target = p.invalid_ann_assign_target()?;
                p.tok(K::Colon)?;
                p.expression()?;
                target
            } => |p, _, target| {
                p.raise_at(target, format!("only single target (not {}) can be annotated", target.name()))
            });
            alt!(p, {
                let first = p.star_named_expression()?;
                p.tok(K::Comma)?;
                p.many0(Self::star_named_expressions)?;
                p.tok(K::Colon)?;
                p.expression()?;
                first
            } => |p, _, first| p.raise_at(first, "only single target (not tuple) can be annotated"));
            alt!(p, {
                let target = p.expression()?;
                p.tok(K::Colon)?;
                p.expression()?;
                target
            } => |p, _, target| p.raise_at(target, "illegal target for annotation"));
            alt!(p, {
                p.many0(Self::target_and_equal)?;
                let target = p.star_expressions()?;
                p.tok(K::Equal)?;
                target
            } => |p, _, target| p.raise_invalid_target(TargetPlace::Assign, target));
            alt!(p, {
                p.many0(Self::target_and_equal)?;
                let target = p.yield_expr()?;
                p.tok(K::Equal)?;
                target
            } => |p, _, target| p.raise_at(target, "assignment to yield expression not possible"));
            alt!(p, {
                let target = p.star_expressions()?;
                p.augassign()?;
                p.annotated_rhs()?;
                target
            } => |p, _, target| {
                p.raise_at(target, format!("'{}' is an illegal expression for augmented assignment", target.name()))
            });
            None
        })
    }

    fn invalid_ann_assign_target(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, { p.list()? });
            alt!(p, { p.tuple()? });
            alt!(p, {
                p.tok(K::LPar)?;
                let target = p.invalid_ann_assign_target()?;
                p.tok(K::RPar)?;
                target
            });
            None
        })
    }

    fn raise_stmt(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.tok(K::Raise)?;
                p.expression()?;
                p.tok(K::From)?;
                p.expression()?
            });
            alt!(p, {
                p.tok(K::Raise)?;
                p.expression()?
            });
            p.tok(K::Raise)
        })
    }

    fn del_stmt(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                let keyword = p.tok(K::Del)?;
                p.del_targets()?;
                p.look_any(&[K::Semi, K::Newline])?;
                keyword
            });
            invalid!(p, invalid_del_stmt);
            None
        })
    }

    fn invalid_del_stmt(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.tok(K::Del)?;
                p.star_expressions()?
            } => |p, _, target| p.raise_invalid_target(TargetPlace::Del, target));
            None
        })
    }

    fn assert_stmt(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.tok(K::Assert)?;
                let test = p.expression()?;
                p.opt(|p| {
                    p.tok(K::Comma)?;
                    p.expression()
                })?;
                test
            });
            None
        })
    }

    fn type_alias(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.word("type")?;
                let name = p.name()?;
                p.opt(Self::type_params)?;
                p.tok(K::Equal)?;
                p.expression()?;
                name
            } => |p, _, node| p.since(12, "Type statement is", node));
            None
        })
    }

    // Imports.

    fn import_stmt(&mut self) -> Res<'b> {
        self.memo(Rule::ImportStmt, |p| {
            invalid!(p, invalid_import);
            alt!(p, {
                p.tok(K::Import)?;
                p.separated(K::Comma, Self::dotted_as_name)?
            });
            alt!(p, { p.import_from()? });
            None
        })
    }

    fn invalid_import(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                let keyword = p.tok(K::Import)?;
                p.separated(K::Comma, Self::dotted_name)?;
                p.tok(K::From)?;
                p.dotted_name()?;
                keyword
            } => |p, _, keyword| p.raise_from(keyword, "Did you mean to use 'from ... import ...' instead?"));
            alt!(p, {
                p.tok(K::Import)?;
                p.tok(K::Newline)?
            } => |p, _, newline| p.raise_from(newline, "Expected one or more names after 'import'"));
            None
        })
    }

    fn import_from(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.tok(K::From)?;
                let dots = p.many0(|p| p.any(&[K::Dot, K::Ellipsis]))?;
                let first = p.mark;
                let module = p.dotted_name()?;
                let one_name = p.mark == first + 1;
                p.tok(K::Import)?;
                let targets = p.mark;
                p.import_from_targets()?;
                (dots.items.is_empty() && one_name, first, targets, module)
            } => |p, _, (absolute, first, targets, module)| {
                p.note_future_import(absolute, first, targets);
                Some(module)
            });
            alt!(p, {
                p.tok(K::From)?;
                p.many1(|p| p.any(&[K::Dot, K::Ellipsis]))?;
                p.tok(K::Import)?;
                p.import_from_targets()?
            });
            None
        })
    }

    /// `from __future__ import barry_as_FLUFL` changes the grammar from here on.
    fn note_future_import(&mut self, absolute: bool, module: usize, targets: usize) {
        let is = |p: &Self, at: usize, word: &str| p.text(&p.token_at(at)) == word;
        if absolute && is(self, module, "__future__") {
            let renamed = |p: &Self, at: usize| p.token_at(at - 1).kind == K::As;
            let found = (targets..self.mark).any(|at| is(self, at, "barry_as_FLUFL") && !renamed(self, at));
            self.barry_as_flufl |= found;
            self.lexer.set_old_not_equal(self.barry_as_flufl);
        }
    }

    fn import_from_targets(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.tok(K::LPar)?;
                let names = p.import_from_as_names()?;
                p.opt(|p| p.tok(K::Comma))?;
                p.tok(K::RPar)?;
                names
            });
            alt!(p, {
                let names = p.import_from_as_names()?;
                p.not_any(&[K::Comma])?;
                names
            });
            alt!(p, { p.tok(K::Star)? });
            invalid!(p, invalid_import_from_targets);
            None
        })
    }

    fn invalid_import_from_targets(&mut self) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.import_from_as_names()?;
                p.tok(K::Comma)?;
                p.tok(K::Newline)?
            } => |p, _, _| p.raise("trailing comma not allowed without surrounding parentheses"));
            alt!(p, { p.tok(K::Newline)? } => |p, _, newline| {
                p.raise_from(newline, "Expected one or more names after 'import'")
            });
            None
        })
    }

    fn import_from_as_names(&mut self) -> Res<'b> {
        self.rule(|p| p.separated(K::Comma, Self::import_from_as_name))
    }

    fn import_from_as_name(&mut self) -> Res<'b> {
        self.rule(|p| {
            if p.diagnosing {
                alt!(p, { p.invalid_alias(Self::name)? });
            }
            alt!(p, {
                let name = p.name()?;
                p.opt(Self::as_name)?;
                name
            });
            None
        })
    }

    fn dotted_as_name(&mut self) -> Res<'b> {
        self.rule(|p| {
            if p.diagnosing {
                alt!(p, { p.invalid_alias(Self::dotted_name)? });
            }
            alt!(p, {
                let name = p.dotted_name()?;
                p.opt(Self::as_name)?;
                name
            });
            None
        })
    }

    /// `'as' NAME`
    pub(super) fn as_name(&mut self) -> Res<'b> {
        self.tok(K::As)?;
        self.name()
    }

    /// Something that is no name after `as` in an import.
    fn invalid_alias(&mut self, imported: fn(&mut Self) -> Res<'b>) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                imported(p)?;
                p.tok(K::As)?;
                p.not(|p| {
                    p.name()?;
                    p.any(&[K::Comma, K::RPar, K::Semi, K::Newline])
                })?;
                p.expression()?
            } => |p, _, target| p.raise_at(target, format!("cannot use {} as import target", target.name())));
            None
        })
    }

    pub(super) fn dotted_name(&mut self) -> Res<'b> {
        self.grow(Rule::DottedName, Self::name, |p, start, _| {
            p.tok(K::Dot)?;
            p.name()?;
            Some(p.node(Shape::Name(false), start, &[]))
        })
    }
}
