//! Why a template cannot be used.

use serde_json::Value;

/// Why a template cannot be used. Each is one sentence that says where to look.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The file could not be read.
    #[error("cannot read the template {path}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// The text is not YAML.
    #[error("the template is not YAML: {0}")]
    NotYaml(String),
    /// A part that is needed is not there.
    #[error("the template has no {what} in {place}")]
    Missing {
        /// What is missing.
        what: String,
        /// The part it should be in.
        place: String,
    },
    /// A part is there and is not what it should be.
    #[error("the template's {place} is {found}, but should be {wanted}")]
    Unfit {
        /// The part.
        place: String,
        /// What it should be.
        wanted: String,
        /// What it is.
        found: Value,
    },
    /// A function of CloudFormation that the local stack does not know.
    #[error("the local stack does not understand {name} in the template")]
    UnknownFunction {
        /// Its name, as `Fn::Select`.
        name: String,
    },
}

impl TemplateError {
    pub(crate) fn missing(what: impl Into<String>, place: impl Into<String>) -> Self {
        Self::Missing {
            what: what.into(),
            place: place.into(),
        }
    }

    pub(crate) fn unfit(place: impl Into<String>, wanted: &str, found: &Value) -> Self {
        Self::Unfit {
            place: place.into(),
            wanted: wanted.to_owned(),
            found: found.clone(),
        }
    }
}
