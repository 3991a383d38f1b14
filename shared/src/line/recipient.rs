//! To whom a narrowcast goes, as LINE's recipient object
//! (<https://developers.line.biz/en/reference/messaging-api/#narrowcast-recipient>).

use serde_json::{Value, json};

use crate::domain::Recipient;

/// LINE's object; `id_of` gives the id at LINE of an audience by the module's name for it.
///
/// # Errors
/// The name of an audience that has no id.
pub fn recipient_object(
    recipient: &Recipient,
    id_of: &impl Fn(&str) -> Option<u64>,
) -> Result<Value, String> {
    let audience = |id: u64| json!({"type": "audience", "audienceGroupId": id});
    let all = |parts: &[Recipient]| {
        let objects = parts.iter().map(|part| recipient_object(part, id_of));
        objects.collect::<Result<Vec<_>, _>>()
    };
    Ok(match recipient {
        Recipient::Audience(name) => audience(id_of(name).ok_or_else(|| name.clone())?),
        Recipient::AudienceId(id) => audience(*id),
        Recipient::WhoReceived(request_id) => {
            json!({"type": "redelivery", "requestId": request_id})
        }
        Recipient::All(parts) => json!({"type": "operator", "and": all(parts)?}),
        Recipient::Any(parts) => json!({"type": "operator", "or": all(parts)?}),
        Recipient::Not(part) => {
            json!({"type": "operator", "not": recipient_object(part, id_of)?})
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_ids_and_one_without_is_told() {
        let recipient = Recipient::All(vec![
            Recipient::Any(vec![
                Recipient::Audience("regulars".into()),
                Recipient::WhoReceived("r1".into()),
            ]),
            Recipient::Not(Box::new(Recipient::AudienceId(7))),
        ]);
        let id_of = |name: &str| (name == "regulars").then_some(5);
        let expected = json!({"type": "operator", "and": [
            {"type": "operator", "or": [
                {"type": "audience", "audienceGroupId": 5},
                {"type": "redelivery", "requestId": "r1"}]},
            {"type": "operator", "not": {"type": "audience", "audienceGroupId": 7}}]});
        assert_eq!(recipient_object(&recipient, &id_of), Ok(expected));
        let unknown = recipient_object(&recipient, &|_| None);
        assert_eq!(unknown, Err("regulars".to_owned()));
    }
}
