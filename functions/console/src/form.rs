//! What a form has sent.

/// The name of the form's token.
pub(crate) const TOKEN: &str = "token";

/// A form's fields, in order.
#[derive(Default)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads the body of a form.
    pub(crate) fn read(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    /// A field's value; the last, where it stands several times.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let mut all = self.0.iter().rev();
        all.find(|(field, _)| field == name)
            .map(|(_, value)| value.as_str())
    }
}
