//! What a file of rules says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

/// The rules of one section of LINE's reference.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Chapter {
    /// The file's name.
    #[serde(skip)]
    pub(crate) name: String,
    /// LINE's rules, for what has no source of its own: an anchor in the Messaging API reference, a
    /// path of LINE's documents or a URL.
    pub(crate) source: String,
    /// Values that the file uses more than once, as `@name`.
    #[serde(default)]
    pub(crate) parts: BTreeMap<String, Value>,
    /// What happens before a call, by name. A call can have several, separated by spaces.
    #[serde(default)]
    pub(crate) given: BTreeMap<String, Vec<Step>>,
    /// What of `given` is done once, for all calls: no call changes what it needs.
    #[serde(default)]
    pub(crate) standing: Vec<String>,
    /// Calls that LINE accepts, by name. Rules change one member of them.
    #[serde(default)]
    pub(crate) base: BTreeMap<String, Base>,
    #[serde(default)]
    pub(crate) rule: Vec<Rule>,
    #[serde(default)]
    pub(crate) case: Vec<Case>,
}

/// A call that is accepted.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Base {
    /// The message of a push to a user: instead of `call` and `body`.
    pub(crate) message: Option<Value>,
    /// The message of a push to somebody else.
    pub(crate) to: Option<String>,
    pub(crate) call: Option<String>,
    pub(crate) body: Option<Value>,
    /// What `${value}` in the call is. Rules change it, if there is no body.
    pub(crate) value: Option<Value>,
    /// Where in the message or body the object is that the rules are about.
    #[serde(default)]
    pub(crate) root: String,
    pub(crate) given: Option<String>,
    /// The status of the answer.
    #[serde(default = "ok")]
    pub(crate) status: u16,
    pub(crate) source: Option<String>,
    pub(crate) doubt: Option<String>,
}

/// What a member may be. Each value, in each base, is a case.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    /// The rule in words.
    pub(crate) says: String,
    pub(crate) source: Option<String>,
    /// The bases that it is about.
    pub(crate) of: OneOrMany,
    /// The members that it is about, seen from the base's root.
    #[serde(default)]
    pub(crate) at: OneOrMany,
    /// Other members that are set first.
    #[serde(default)]
    pub(crate) with: BTreeMap<String, Value>,
    #[serde(default)]
    pub(crate) accepts: Vec<Value>,
    /// Answered with 400, and with details that name the member.
    #[serde(default)]
    pub(crate) refuses: Vec<Value>,
    /// Of another type: answered with 400, and the member is named in the details or the message.
    #[serde(default)]
    pub(crate) mistypes: Vec<Value>,
    /// The member that a refusal names, if it is another one: seen from the base's root.
    /// `-` if LINE does not tell.
    pub(crate) names: Option<String>,
    /// What the details say, where LINE tells.
    pub(crate) words: Option<String>,
    /// The message of a refusal that has no details.
    pub(crate) message: Option<String>,
    pub(crate) doubt: Option<String>,
}

/// A call and its answer.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) says: String,
    pub(crate) source: Option<String>,
    pub(crate) given: Option<String>,
    pub(crate) call: String,
    pub(crate) body: Option<Value>,
    pub(crate) content: Option<Content>,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    #[serde(default = "ok")]
    pub(crate) status: u16,
    /// The member that the details name.
    pub(crate) names: Option<String>,
    /// The message of the answer.
    pub(crate) message: Option<String>,
    /// How the message of the answer begins.
    pub(crate) begins: Option<String>,
    /// Members of the answer, by JSON pointer.
    #[serde(default)]
    pub(crate) answer: BTreeMap<String, Value>,
    pub(crate) doubt: Option<String>,
}

/// A body that is no JSON.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Content {
    /// A file of `tests/fixtures`.
    pub(crate) file: Option<String>,
    pub(crate) text: Option<String>,
    /// The content type.
    pub(crate) kind: Option<String>,
}

/// What happens before a call.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    /// How often; `${n}` is the number of the time, from 0.
    pub(crate) times: Option<u64>,
    pub(crate) call: Option<String>,
    pub(crate) body: Option<Value>,
    pub(crate) content: Option<Content>,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    /// A message that the user sends, instead of a call.
    pub(crate) sends: Option<Value>,
    /// Names for what the answer or the webhook has, by JSON pointer; `header NAME` for a header.
    #[serde(default)]
    pub(crate) keep: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl Default for OneOrMany {
    fn default() -> Self {
        Self::One(String::new())
    }
}

impl OneOrMany {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &String> {
        match self {
            Self::One(one) => std::slice::from_ref(one).iter(),
            Self::Many(many) => many.iter(),
        }
    }
}

fn ok() -> u16 {
    200
}

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference")
}

pub(crate) fn all() -> Vec<Chapter> {
    let files = std::fs::read_dir(folder().join("rules")).unwrap();
    files.map(|file| read(&file.unwrap().path())).collect()
}

fn read(path: &Path) -> Chapter {
    let text = std::fs::read_to_string(path).unwrap();
    let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
    match toml::from_str(&text) {
        Ok(chapter) => Chapter { name, ..chapter },
        Err(error) => panic!("{}: {error}", path.display()),
    }
}
