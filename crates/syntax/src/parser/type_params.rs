//! Type parameter lists.

use super::{Bail, Parse, Parser};
use crate::ast::*;
use crate::token::Kind;

impl<'a> Parser<'a, '_> {
    /// `[type_params]`
    pub(super) fn type_params(&mut self) -> Parse<Seq<'a, TypeParam<'a>>> {
        if !self.eat(Kind::LSqb) {
            return Ok(&[]);
        }
        self.since(12)?;
        let mut params = bumpalo::collections::Vec::new_in(self.arena);
        loop {
            params.push(self.type_param()?);
            if !self.eat(Kind::Comma) || self.kind() == Kind::RSqb {
                break;
            }
        }
        self.expect(Kind::RSqb)?;
        Ok(params.into_bump_slice())
    }

    fn type_param(&mut self) -> Parse<TypeParam<'a>> {
        let start = self.pos;
        let kind = match self.kind() {
            Kind::Star => {
                self.pos += 1;
                let name = self.name()?;
                let default_value = self.type_param_default(true)?;
                TypeParamKind::TypeVarTuple { name, default_value }
            }
            Kind::DoubleStar => {
                self.pos += 1;
                let name = self.name()?;
                let default_value = self.type_param_default(false)?;
                TypeParamKind::ParamSpec { name, default_value }
            }
            Kind::Name => {
                let name = self.name()?;
                let bound = if self.eat(Kind::Colon) { Some(self.expression()?) } else { None };
                let bound = self.alloc_some(bound);
                let default_value = self.type_param_default(false)?;
                TypeParamKind::TypeVar { name, bound, default_value }
            }
            _ => return Err(Bail),
        };
        Ok(TypeParam { loc: self.loc(start), kind })
    }

    fn type_param_default(&mut self, may_be_starred: bool) -> Parse<Option<ExprRef<'a>>> {
        if !self.eat(Kind::Equal) {
            return Ok(None);
        }
        self.since(13)?;
        let value = if may_be_starred { self.star_expression()? } else { self.expression()? };
        Ok(Some(self.alloc(value)))
    }
}
