//! More choices than a message can have.

use crate::QuickReply;

/// The quick replies of one page, counted from 0, of more choices than a message can have: LINE takes
/// 13. All of them if they fit; else twelve and `more`, which is given the number of the next page.
/// The last page is shown where there is no such page any more: a tap may be months old.
///
/// ```
/// use line_module::{Active, Context, Handled, QuickReply, Tap, Text, pages};
///
/// #[derive(Tap)]
/// #[tap("seat")]
/// struct Seat {
///     number: u32,
/// }
///
/// #[derive(Tap)]
/// #[tap("more seats")]
/// struct MoreSeats {
///     page: usize,
/// }
///
/// fn seats(page: usize) -> Text {
///     let all = (1..=40).map(|number| Seat { number }.quick_reply(format!("Seat {number}")));
///     let more = |page| MoreSeats { page }.quick_reply("More");
///     Text::new("Which seat?").quick_replies(pages(all, page, more))
/// }
///
/// async fn more_seats(cx: &mut Context<'_, Active>, more: &MoreSeats) -> Handled {
///     cx.reply(&[seats(more.page)])
/// }
/// ```
pub fn pages(
    choices: impl IntoIterator<Item = QuickReply>,
    page: usize,
    more: impl FnOnce(usize) -> QuickReply,
) -> Vec<QuickReply> {
    let mut choices: Vec<_> = choices.into_iter().collect();
    // All but the last have a place for `more`, which the last needs no more.
    let last = choices.len().saturating_sub(2) / (QuickReply::MOST - 1);
    let page = page.min(last);
    choices.drain(..page * (QuickReply::MOST - 1));
    if page < last {
        choices.truncate(QuickReply::MOST - 1);
        choices.push(more(page + 1));
    }
    choices
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers that can be tapped, and the page that `more` leads to.
    fn shown(choices: usize, page: usize) -> (Vec<String>, Option<usize>) {
        let all = (0..choices).map(|it| QuickReply::message(it.to_string(), "-"));
        let mut next = None;
        let mut replies = pages(all, page, |page| {
            next = Some(page);
            QuickReply::message("more", "-")
        });
        assert!(replies.len() <= QuickReply::MOST);
        if next.is_some() {
            assert_eq!(replies.pop(), Some(QuickReply::message("more", "-")));
        }
        let labels = replies.iter().map(|reply| {
            let json = serde_json::to_value(reply).unwrap();
            json["action"]["label"].as_str().unwrap().to_owned()
        });
        (labels.collect(), next)
    }

    #[test]
    fn each_choice_is_on_one_page() {
        for choices in 0..=60 {
            let (mut seen, mut next) = shown(choices, 0);
            let mut pages = 1;
            while let Some(page) = next {
                assert_eq!(page, pages);
                let (more, after) = shown(choices, page);
                assert!(!more.is_empty());
                seen.extend(more);
                next = after;
                pages += 1;
            }
            let all: Vec<_> = (0..choices).map(|it| it.to_string()).collect();
            assert_eq!(seen, all);
        }
    }

    #[test]
    fn thirteen_choices_are_one_page_and_one_more_makes_two() {
        assert_eq!(shown(13, 0).0.len(), 13);
        let (first, next) = shown(14, 0);
        assert_eq!((first.len(), next), (12, Some(1)));
        assert_eq!(shown(14, 1), (vec!["12".to_owned(), "13".to_owned()], None));
        assert_eq!(shown(25, 1).0.len(), 13);
    }

    #[test]
    fn a_page_that_is_no_longer_there_is_the_last_one() {
        assert_eq!(shown(14, 9), shown(14, 1));
        assert_eq!(shown(3, 1), shown(3, 0));
        assert_eq!(shown(0, usize::MAX), (vec![], None));
    }
}
