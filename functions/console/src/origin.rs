//! Whether a request comes from our own pages. What a browser says of it (Fetch Metadata,
//! <https://www.w3.org/TR/fetch-metadata/>) cannot be forged by another site's page; for a browser
//! that says nothing, the `Origin` of a form speaks.

use shared::gateway::Request;

use crate::route::Method;

/// Whether the request may go on: a change comes from one of our own pages, and a page is looked
/// at by a person and in no frame.
pub(crate) fn is_ours(method: Method, request: &Request, public_url: &str) -> bool {
    let header = |name: &str| request.header(name);
    let site = header("sec-fetch-site");
    match method {
        // Our pages send no referrer, and so the browser says "null" for the origin of their forms.
        // Where it says nothing else, the form's token decides.
        Method::Post => {
            let origin = header("origin").filter(|origin| *origin != "null");
            let is_same_site = site.is_none_or(|site| site == "same-origin");
            is_same_site && origin.is_none_or(|origin| origin == public_url)
        }
        // A link from anywhere opens a page. Frames, pictures and scripts of other sites do not.
        Method::Get => match site {
            None | Some("same-origin" | "none") => !is_framed(header("sec-fetch-dest")),
            Some(_) => {
                header("sec-fetch-mode") == Some("navigate")
                    && header("sec-fetch-dest") == Some("document")
            }
        },
    }
}

fn is_framed(destination: Option<&str>) -> bool {
    matches!(
        destination,
        Some("iframe" | "frame" | "embed" | "object" | "fencedframe")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const US: &str = "https://bot.example.com";

    fn ours(method: Method, headers: &[(&str, &str)]) -> bool {
        let headers: serde_json::Map<_, _> = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).into()))
            .collect();
        let request = serde_json::json!({ "headers": headers });
        is_ours(method, &serde_json::from_value(request).unwrap(), US)
    }

    #[test]
    fn a_change_comes_from_our_own_pages() {
        let post = |headers: &[(&str, &str)]| ours(Method::Post, headers);
        assert!(post(&[("sec-fetch-site", "same-origin"), ("origin", US)]));
        assert!(post(&[
            ("sec-fetch-site", "same-origin"),
            ("origin", "null")
        ]));
        for of_an_old_browser in [&[("origin", US)][..], &[("origin", "null")], &[]] {
            assert!(post(of_an_old_browser));
        }
        for headers in [
            &[("sec-fetch-site", "cross-site"), ("origin", US)][..],
            &[("sec-fetch-site", "same-site"), ("origin", US)],
            &[("sec-fetch-site", "none")],
            &[("origin", "https://bot.example.com.evil.example")],
            &[
                ("sec-fetch-site", "same-origin"),
                ("origin", "https://evil.example"),
            ],
        ] {
            assert!(!post(headers), "{headers:?}");
        }
    }

    #[test]
    fn a_page_is_opened_by_a_link_from_anywhere_and_in_no_frame() {
        let get = |headers: &[(&str, &str)]| ours(Method::Get, headers);
        assert!(get(&[]));
        assert!(get(&[
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "navigate"),
            ("sec-fetch-dest", "document"),
        ]));
        assert!(get(&[
            ("sec-fetch-site", "same-origin"),
            ("sec-fetch-dest", "empty")
        ]));
        for headers in [
            &[
                ("sec-fetch-site", "cross-site"),
                ("sec-fetch-mode", "no-cors"),
                ("sec-fetch-dest", "image"),
            ][..],
            &[
                ("sec-fetch-site", "cross-site"),
                ("sec-fetch-mode", "navigate"),
                ("sec-fetch-dest", "iframe"),
            ],
            &[
                ("sec-fetch-site", "same-origin"),
                ("sec-fetch-dest", "iframe"),
            ],
            &[
                ("sec-fetch-site", "same-site"),
                ("sec-fetch-mode", "cors"),
                ("sec-fetch-dest", "empty"),
            ],
        ] {
            assert!(!get(headers), "{headers:?}");
        }
    }
}
