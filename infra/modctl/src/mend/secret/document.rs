//! The secret's JSON, and where it is.

use aws_sdk_secretsmanager::error::ProvideErrorMetadata as _;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};
use shared::domain::Timestamp;

use crate::failure::Failure;
use crate::site::Site;

use super::member::Member;
use super::{Shape, failed};

/// The JSON. What we do not know of it stays.
#[derive(Default)]
pub(super) struct Document(Map<String, Value>);

impl Document {
    pub(super) fn read(json: &str) -> Result<Self, Failure> {
        let map = serde_json::from_str(json).map_err(|_| {
            Failure::Unwell(
                "the secret is no JSON with members: put it in again in AWS's console".into(),
            )
        });
        map.map(Self)
    }

    pub(super) fn has(&self, member: Member) -> bool {
        match self.0.get(member.name()) {
            None | Some(Value::Null) => false,
            Some(Value::String(text)) => !text.trim().is_empty(),
            Some(_) => true,
        }
    }

    pub(super) fn shape(&self, member: Member) -> Shape {
        let checked = match self.0.get(member.name()) {
            _ if !self.has(member) => return Shape::Absent,
            Some(Value::String(text)) => member.check(text.trim()),
            Some(value) => member.check(&value.to_string()),
            None => return Shape::Absent,
        };
        checked.err().map_or(Shape::Good, Shape::Odd)
    }

    pub(super) fn set(&mut self, member: Member, value: &SecretString) -> Result<(), Failure> {
        let text = value.expose_secret();
        let value = match member {
            Member::AssertionKey => serde_json::from_str(text)
                .map_err(|_| Failure::Refused("nothing is written: it is no JSON".into()))?,
            _ => Value::from(text),
        };
        self.0.insert(member.name().to_owned(), value);
        Ok(())
    }

    /// Takes a value away; tells whether there was one.
    pub(super) fn clear(&mut self, member: Member) -> bool {
        let was_set = self.has(member);
        self.0.remove(member.name());
        was_set
    }

    /// Sets a new value; tells whether there was one before, which is kept.
    pub(super) fn rotate(
        &mut self,
        member: Member,
        previous: Member,
        value: &SecretString,
    ) -> Result<bool, Failure> {
        let before = self.0.get(member.name()).cloned();
        if before.as_ref().and_then(Value::as_str) == Some(value.expose_secret()) {
            return Err(Failure::Refused(format!(
                "nothing is written: the input is the {} that is set already",
                member.name()
            )));
        }
        let keeps = self.has(member);
        if let Some(before) = before.filter(|_| keeps) {
            self.0.insert(previous.name().to_owned(), before);
        }
        self.set(member, value)?;
        Ok(keeps)
    }
}

/// Where it is.
pub(super) struct Place {
    client: aws_sdk_secretsmanager::Client,
    arn: String,
}

impl Place {
    /// # Errors
    /// [`Failure::Refused`]: `cargo dev` has none.
    pub(super) fn of(site: &Site) -> Result<Self, Failure> {
        let (client, arn) = site.secret()?.ok_or_else(|| {
            Failure::Refused(
                "`cargo dev` has no secret: its functions have the emulator's in LINE_CHANNEL_SECRET".into(),
            )
        })?;
        Ok(Self { client, arn })
    }

    /// The JSON; none before the first value.
    pub(super) async fn read(&self) -> Result<Option<Document>, Failure> {
        let asked = self.client.get_secret_value().secret_id(&self.arn).send();
        match asked.await {
            Ok(answer) => Document::read(answer.secret_string().unwrap_or("{}")).map(Some),
            // The stack makes it without a value.
            Err(error)
                if error.code() == Some("ResourceNotFoundException")
                    && error
                        .message()
                        .is_some_and(|it| it.contains("staging label")) =>
            {
                Ok(None)
            }
            Err(error) => Err(failed("read the secret", &error)),
        }
    }

    pub(super) async fn write(&self, document: &Document) -> Result<(), Failure> {
        let json = serde_json::to_string(&document.0);
        let json = json.map_err(|error| Failure::Refused(error.to_string()))?;
        let put = self.client.put_secret_value().secret_id(&self.arn);
        let put = put.secret_string(json).send().await;
        put.map(drop)
            .map_err(|error| failed("write the secret", &error))
    }

    /// When a value was written last.
    pub(super) async fn changed_at(&self) -> Result<Option<Timestamp>, Failure> {
        let asked = self.client.describe_secret().secret_id(&self.arn).send();
        let answer = asked
            .await
            .map_err(|error| failed("look at the secret", &error))?;
        let has_value = answer
            .version_ids_to_stages
            .is_some_and(|it| !it.is_empty());
        let at = answer.last_changed_date.filter(|_| has_value);
        Ok(at.and_then(|at| at.to_millis().ok()).map(Timestamp))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rotation_keeps_the_value_before_and_all_that_is_beside_it() {
        let json = r#"{"channel_secret":"old","inbox_key":"k","of_tomorrow":1}"#;
        let mut document = Document::read(json).unwrap();
        let (member, previous) = (Member::ChannelSecret, Member::PreviousChannelSecret);
        assert!(document.rotate(member, previous, &"new".into()).unwrap());
        let expected = serde_json::json!({"channel_secret": "new", "previous_channel_secret": "old",
            "inbox_key": "k", "of_tomorrow": 1});
        assert_eq!(Value::from(document.0.clone()), expected);
        assert!(document.rotate(member, previous, &"new".into()).is_err());
        let mut first = Document::default();
        assert!(!first.rotate(member, previous, &"new".into()).unwrap());
        assert!(first.has(member) && !first.has(previous));
    }
}
