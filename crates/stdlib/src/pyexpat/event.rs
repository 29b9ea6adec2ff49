//! What a parser reports.

use super::input::Position;

/// A content model of an element declaration.
#[derive(Debug, Default)]
pub struct Model {
    pub kind: i32,
    pub quantifier: i32,
    pub name: Option<String>,
    pub children: Vec<Model>,
}

/// An entity as it was declared.
#[derive(Clone, Debug, Default)]
pub struct EntityDecl {
    pub name: String,
    pub is_parameter: bool,
    pub value: Option<String>,
    pub base: Option<String>,
    pub system: Option<String>,
    pub public: Option<String>,
    pub notation: Option<String>,
}

/// Something a handler may be called for.
#[derive(Debug)]
pub enum Event {
    XmlDecl {
        version: Option<String>,
        encoding: Option<String>,
        standalone: i32,
    },
    StartDoctype {
        name: String,
        system: Option<String>,
        public: Option<String>,
        internal: bool,
    },
    EndDoctype,
    /// `None` is a model too deep to be shown.
    ElementDecl {
        name: String,
        model: Option<Model>,
    },
    AttlistDecl {
        element: String,
        name: String,
        kind: String,
        default: Option<String>,
        required: bool,
    },
    EntityDecl(EntityDecl),
    NotationDecl {
        name: String,
        base: Option<String>,
        system: Option<String>,
        public: Option<String>,
    },
    /// The attributes in the tag come first, `specified` of them, then those with default values.
    Start {
        name: String,
        attributes: Vec<(String, String)>,
        specified: usize,
    },
    End {
        name: String,
    },
    Text(String),
    Instruction {
        target: String,
        data: String,
    },
    Comment(String),
    StartCdata,
    EndCdata,
    StartNamespace {
        prefix: Option<String>,
        uri: Option<String>,
    },
    EndNamespace {
        prefix: Option<String>,
    },
    ExternalEntity {
        context: Option<String>,
        base: Option<String>,
        system: Option<String>,
        public: Option<String>,
    },
    Skipped {
        name: String,
        is_parameter: bool,
    },
    NotStandalone,
    /// Only for the default handler.
    Other,
}

/// An event and where it was; the raw text for the default handler, when there is one.
pub struct Item {
    pub event: Event,
    pub raw: Option<String>,
    pub place: Position,
}
