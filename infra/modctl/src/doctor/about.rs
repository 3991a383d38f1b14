//! What the module does not say of itself: its start page has it in a comment.

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;

use crate::doctor::finding::Finding;
use crate::failure::Failure;
use crate::site::{Site, exchange};

const CHECK: &str = "about";
/// The comment, as the template of the start page has it: between these stand names of members.
const BEGINS: &str = "<!-- about.missing: ";
const ENDS: &str = "-->";

pub(super) async fn check(site: &Site) -> Vec<Finding> {
    let missing = missing(site).await;
    Finding::or_unchecked(CHECK, missing.map(|missing| vec![finding(&missing)]))
}

async fn missing(site: &Site) -> Result<Vec<String>, Failure> {
    let url = format!("{}/", site.start_page()?);
    let (status, body) = exchange(HttpRequest::new(SdkBody::empty()), &url).await?;
    read(status, &String::from_utf8_lossy(&body))
}

/// The members that the comment of the page names.
fn read(status: u16, page: &str) -> Result<Vec<String>, Failure> {
    let refused = |text: &str| Err(Failure::Refused(text.to_owned()));
    match (status, page.split_once(BEGINS)) {
        (200, Some((_, rest))) => {
            let names = rest.split(ENDS).next().unwrap_or_default();
            Ok(names.split_whitespace().map(str::to_owned).collect())
        }
        (200, None) => refused("the start page does not tell: it is of an older release"),
        (403, _) => refused("the start page is shown to the invited alone: RequireInvitation"),
        (status, _) => refused(&format!("the start page answers {status}")),
    }
}

fn finding(missing: &[String]) -> Finding {
    if missing.is_empty() {
        return Finding::good(CHECK, "the pages say all that admins look for");
    }
    Finding::look(
        CHECK,
        format!("the pages do not say: {}", missing.join(", ")),
        "admins look for it before they link an account, and when they need help",
        "set them in the module's `About` (docs/module.md)",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: u16, page: &str) -> String {
        match read(status, page) {
            Ok(missing) => finding(&missing).found,
            Err(failure) => failure.to_string(),
        }
    }

    #[test]
    fn a_page_is_read_by_its_comment() {
        let some = "<p>x</p>\n<!-- about.missing: price terms -->\n</main>";
        assert_eq!(of(200, some), "the pages do not say: price, terms");
        let none = "<!-- about.missing:  -->";
        assert_eq!(of(200, none), "the pages say all that admins look for");
    }

    #[test]
    fn a_page_that_does_not_tell_is_not_taken_for_a_whole_one() {
        assert!(of(200, "<p>x</p>").contains("older release"));
        assert!(of(403, "").contains("RequireInvitation"));
        assert_eq!(of(503, ""), "the start page answers 503");
    }
}
