//! What one plain message costs at its first try, counted where the calls arrive.

use local::stack::Stack;

use crate::live::Failure;

/// One message, answered; what table and LINE were asked for it.
pub(crate) async fn plain_message(stack: &Stack, bot: &str) -> Result<String, Failure> {
    let world = stack.line.state().await;
    let user = world
        .users
        .iter()
        .find(|user| user.bot == bot)
        .ok_or_else(|| Failure("the account has no user".into()))?;
    let mut chat = stack.chat(bot, &user.user_id);
    chat.follows().await.map_err(Failure::of)?;
    chat.says("warm").await.map_err(Failure::of)?;
    let before = stack.line.calls(0).await.len();
    stack.dynamodb_gate.listen();
    let answers = chat.says("plain").await.map_err(Failure::of)?;
    let asked = stack.dynamodb_gate.listen();
    let calls = stack.line.calls(0).await;
    let line: Vec<_> = calls[before..]
        .iter()
        .map(|call| call.path.as_str())
        .collect();
    Ok(format!(
        "{}; LINE: {}; {} answer",
        of_table(&asked),
        line.join(" "),
        answers.len()
    ))
}

/// The calls of the table, in the order in which they first come.
fn of_table(asked: &str) -> String {
    const TARGET: &str = "DynamoDB_20120810.";
    let mut calls: Vec<(&str, usize)> = Vec::new();
    for (at, _) in asked.match_indices(TARGET) {
        let rest = &asked[at + TARGET.len()..];
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric());
        let name = &rest[..end.unwrap_or(rest.len())];
        match calls.iter_mut().find(|(known, _)| *known == name) {
            Some((_, count)) => *count += 1,
            None => calls.push((name, 1)),
        }
    }
    let items = asked.matches("\"Put\":").count();
    let shown = calls.iter().map(|(name, count)| match *name {
        "TransactWriteItems" => format!("{count} {name} of {items} items"),
        _ => format!("{count} {name}"),
    });
    shown.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::of_table;

    #[test]
    fn calls_are_counted_by_their_names() {
        let asked = "x-amz-target: DynamoDB_20120810.BatchGetItem\r\n\r\n{}\
            x-amz-target: DynamoDB_20120810.TransactWriteItems\r\n\r\n{\"Put\":1,\"Put\":2}";
        assert_eq!(
            of_table(asked),
            "1 BatchGetItem, 1 TransactWriteItems of 2 items"
        );
    }
}
