//! The handler properties of a parser.

use super::object::PyXmlParser;
use runtime::prelude::*;

/// The handlers, in the order of their slots.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub enum Handler {
    StartElement,
    EndElement,
    ProcessingInstruction,
    CharacterData,
    UnparsedEntityDecl,
    NotationDecl,
    StartNamespaceDecl,
    EndNamespaceDecl,
    Comment,
    StartCdataSection,
    EndCdataSection,
    Default,
    DefaultHandlerExpand,
    NotStandalone,
    ExternalEntityRef,
    StartDoctypeDecl,
    EndDoctypeDecl,
    EntityDecl,
    XmlDecl,
    ElementDecl,
    AttlistDecl,
    SkippedEntity,
}

/// How many there are.
pub const COUNT: usize = Handler::SkippedEntity as usize + 1;

#[pymethods(handlers)]
impl PyXmlParser {
    #[getter(name = "StartElementHandler")]
    fn start_element(&self, _py: Python) -> Option<Py> {
        self.handler(Handler::StartElement)
    }

    #[setter(StartElementHandler)]
    fn set_start_element(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.set_handler(py, Handler::StartElement, value)
    }

    #[getter(name = "EndElementHandler")]
    fn end_element(&self, _py: Python) -> Option<Py> {
        self.handler(Handler::EndElement)
    }

    #[setter(EndElementHandler)]
    fn set_end_element(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.set_handler(py, Handler::EndElement, value)
    }

    #[getter(name = "ProcessingInstructionHandler")]
    fn processing_instruction(&self, _py: Python) -> Option<Py> {
        self.handler(Handler::ProcessingInstruction)
    }

    #[setter(ProcessingInstructionHandler)]
    fn set_processing_instruction(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.set_handler(py, Handler::ProcessingInstruction, value)
    }

    #[getter(name = "CharacterDataHandler")]
    fn character_data(&self, _py: Python) -> Option<Py> {
        self.handler(Handler::CharacterData)
    }

    #[setter(CharacterDataHandler)]
    fn set_character_data(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.set_handler(py, Handler::CharacterData, value)
    }

    #[getter(name = "UnparsedEntityDeclHandler")]
    fn unparsed_entity_decl(&self, _py: Python) -> Option<Py> {
        self.handler(Handler::UnparsedEntityDecl)
    }

    #[setter(UnparsedEntityDeclHandler)]
    fn set_unparsed_entity_decl(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.set_handler(py, Handler::UnparsedEntityDecl, value)
    }

    #[getter(name = "NotationDeclHandler")]
    fn notation_decl(&self, _py: Python) -> Option<Py> {
        self.handler(Handler::NotationDecl)
    }

    #[setter(NotationDeclHandler)]
    fn set_notation_decl(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.set_handler(py, Handler::NotationDecl, value)
    }

    #[getter(name = "StartNamespaceDeclHandler")]
    fn start_namespace_decl(&self, _py: Python) -> Option<Py> {
        self.handler(Handler::StartNamespaceDecl)
    }

    #[setter(StartNamespaceDeclHandler)]
    fn set_start_namespace_decl(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.set_handler(py, Handler::StartNamespaceDecl, value)
    }

    #[getter(name = "EndNamespaceDeclHandler")]
    fn end_namespace_decl(&self, _py: Python) -> Option<Py> {
        self.handler(Handler::EndNamespaceDecl)
    }

    #[setter(EndNamespaceDeclHandler)]
    fn set_end_namespace_decl(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.set_handler(py, Handler::EndNamespaceDecl, value)
    }

    #[getter(name = "CommentHandler")]
    fn comment(&self, _py: Python) -> Option<Py> {
        self.handler(Handler::Comment)
    }

    #[setter(CommentHandler)]
    fn set_comment(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.set_handler(py, Handler::Comment, value)
    }

    #[getter(name = "StartCdataSectionHandler")]
    fn start_cdata_section(&self, _py: Python) -> Option<Py> {
        self.handler(Handler::StartCdataSection)
    }

    #[setter(StartCdataSectionHandler)]
    fn set_start_cdata_section(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.set_handler(py, Handler::StartCdataSection, value)
    }

    #[getter(name = "EndCdataSectionHandler")]
    fn end_cdata_section(&self, _py: Python) -> Option<Py> {
        self.handler(Handler::EndCdataSection)
    }

    #[setter(EndCdataSectionHandler)]
    fn set_end_cdata_section(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.set_handler(py, Handler::EndCdataSection, value)
    }

    #[getter(name = "DefaultHandler")]
    fn default(&self, _py: Python) -> Option<Py> {
        self.handler(Handler::Default)
    }

    #[setter(DefaultHandler)]
    fn set_default(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.set_handler(py, Handler::Default, value)
    }

    #[getter(name = "DefaultHandlerExpand")]
    fn default_handler_expand(&self, _py: Python) -> Option<Py> {
        self.handler(Handler::DefaultHandlerExpand)
    }

    #[setter(DefaultHandlerExpand)]
    fn set_default_handler_expand(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.set_handler(py, Handler::DefaultHandlerExpand, value)
    }

    #[getter(name = "NotStandaloneHandler")]
    fn not_standalone(&self, _py: Python) -> Option<Py> {
        self.handler(Handler::NotStandalone)
    }

    #[setter(NotStandaloneHandler)]
    fn set_not_standalone(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.set_handler(py, Handler::NotStandalone, value)
    }

    #[getter(name = "ExternalEntityRefHandler")]
    fn external_entity_ref(&self, _py: Python) -> Option<Py> {
        self.handler(Handler::ExternalEntityRef)
    }

    #[setter(ExternalEntityRefHandler)]
    fn set_external_entity_ref(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.set_handler(py, Handler::ExternalEntityRef, value)
    }

    #[getter(name = "StartDoctypeDeclHandler")]
    fn start_doctype_decl(&self, _py: Python) -> Option<Py> {
        self.handler(Handler::StartDoctypeDecl)
    }

    #[setter(StartDoctypeDeclHandler)]
    fn set_start_doctype_decl(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.set_handler(py, Handler::StartDoctypeDecl, value)
    }

    #[getter(name = "EndDoctypeDeclHandler")]
    fn end_doctype_decl(&self, _py: Python) -> Option<Py> {
        self.handler(Handler::EndDoctypeDecl)
    }

    #[setter(EndDoctypeDeclHandler)]
    fn set_end_doctype_decl(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.set_handler(py, Handler::EndDoctypeDecl, value)
    }

    #[getter(name = "EntityDeclHandler")]
    fn entity_decl(&self, _py: Python) -> Option<Py> {
        self.handler(Handler::EntityDecl)
    }

    #[setter(EntityDeclHandler)]
    fn set_entity_decl(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.set_handler(py, Handler::EntityDecl, value)
    }

    #[getter(name = "XmlDeclHandler")]
    fn xml_decl(&self, _py: Python) -> Option<Py> {
        self.handler(Handler::XmlDecl)
    }

    #[setter(XmlDeclHandler)]
    fn set_xml_decl(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.set_handler(py, Handler::XmlDecl, value)
    }

    #[getter(name = "ElementDeclHandler")]
    fn element_decl(&self, _py: Python) -> Option<Py> {
        self.handler(Handler::ElementDecl)
    }

    #[setter(ElementDeclHandler)]
    fn set_element_decl(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.set_handler(py, Handler::ElementDecl, value)
    }

    #[getter(name = "AttlistDeclHandler")]
    fn attlist_decl(&self, _py: Python) -> Option<Py> {
        self.handler(Handler::AttlistDecl)
    }

    #[setter(AttlistDeclHandler)]
    fn set_attlist_decl(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.set_handler(py, Handler::AttlistDecl, value)
    }

    #[getter(name = "SkippedEntityHandler")]
    fn skipped_entity(&self, _py: Python) -> Option<Py> {
        self.handler(Handler::SkippedEntity)
    }

    #[setter(SkippedEntityHandler)]
    fn set_skipped_entity(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.set_handler(py, Handler::SkippedEntity, value)
    }
}
