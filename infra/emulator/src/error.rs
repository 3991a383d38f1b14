//! What can go wrong for those who drive the emulator.

/// Why the emulator did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The request makes no sense; the text says why.
    #[error("{0}")]
    Request(String),
    /// The settings cannot be used.
    #[error("unusable setting: {0}")]
    Settings(String),
    /// The file that keeps the world cannot be read or written.
    #[error("cannot use the data file {path}")]
    DataFile {
        /// The file.
        path: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The HTTP client cannot be made.
    #[error("cannot make the HTTP client")]
    Client(#[source] reqwest::Error),
}

impl Error {
    /// A wrong request, with the sentence that says why.
    pub(crate) fn request(sentence: impl Into<String>) -> Self {
        Self::Request(sentence.into())
    }
}
