//! The functions' environment variables, as the template sets them.

use emulator::Settings;

use super::addresses::Addresses;
use crate::bundle::Variables;

/// The scopes that the local module asks for.
const SCOPES: &str = "message:send message:receive profile:read account:manage";
/// The key with which this machine's systems sign what they say to the inbox.
pub const INBOX_KEY: &str = "local-inbox-key";

/// The functions' environment variables, as the template sets them.
pub(super) fn variables(addresses: &Addresses, line: &Settings) -> Variables {
    [
        ("LINE_CHANNEL_ID", line.channel_id.as_str()),
        ("LINE_CHANNEL_SECRET", &line.channel_secret),
        ("INBOX_KEY", INBOX_KEY),
        ("LINE_BOT_HEADER", &line.bot_header),
        ("LINE_API_URL", &addresses.line_url),
        ("LINE_DATA_API_URL", &addresses.line_url),
        ("LINE_MANAGER_URL", &addresses.line_url),
        ("LINE_SCOPES", SCOPES),
        (
            "LINE_DEFAULT_ACTIVE",
            if line.default_active { "true" } else { "false" },
        ),
        ("PUBLIC_URL", &addresses.public_url),
        ("TABLE_NAME", &addresses.table_name),
        ("EVENT_QUEUE_URL", &addresses.event_queue_url),
        ("AWS_ENDPOINT_URL_DYNAMODB", &addresses.dynamodb_url),
        ("AWS_ENDPOINT_URL_SQS", &addresses.sqs_url),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

#[cfg(test)]
mod tests {
    use super::super::template_path;
    use super::*;
    use template_file::Template;

    /// The addresses at the usual ports.
    fn usual() -> Addresses {
        let at = |port: u16| format!("http://127.0.0.1:{port}");
        Addresses {
            public_url: at(9000),
            webhook_url: at(9000) + "/webhook",
            inbox_url: at(9000) + "/inbox",
            line_url: at(9001),
            dynamodb_url: at(9002),
            sqs_url: at(9003),
            table_name: "Table".into(),
            event_queue_url: at(9003) + "/000000000000/EventQueue.fifo",
            dead_letter_queue_url: at(9003) + "/000000000000/DeadLetterQueue.fifo",
            invoke_url: at(9004),
        }
    }

    fn cargo_lambda() -> String {
        let path = template_path().with_file_name("CargoLambda.toml");
        std::fs::read_to_string(path).unwrap()
    }

    #[test]
    fn a_plain_watch_sets_the_variables_that_the_stack_sets() {
        let file = cargo_lambda();
        for (name, value) in variables(&usual(), &Settings::default()) {
            let line = format!("\n{name} = \"{value}\"\n");
            assert!(file.contains(&line), "{line}");
        }
    }

    #[test]
    fn a_plain_watch_has_the_templates_routes() {
        let template = Template::load(template_path()).unwrap();
        let routes = template.routes().unwrap();
        let file = cargo_lambda();
        for route in &routes {
            let code_uri = template.function(&route.function).unwrap().code_uri;
            let function = code_uri.rsplit('/').next().unwrap();
            let path = route.path.replace("{proxy+}", "{*proxy}");
            let to = match route.method.as_str() {
                "ANY" => format!("\"{function}\""),
                method => format!("[{{ method = \"{method}\", function = \"{function}\" }}]"),
            };
            let line = format!("\n\"{path}\" = {to}\n");
            assert!(file.contains(&line), "{line}");
        }
        assert_eq!(file.matches("\n\"/").count(), routes.len());
    }
}
