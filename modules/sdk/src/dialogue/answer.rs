//! What a user says to a question.

use crate::{Pattern, Tap};
use shared::domain::message::{LocationContent, MessageContent};
use shared::domain::{Event, EventKind};

/// What a user says to a question: a message of any kind, or a tap.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// The event that brings it.
    pub event: &'a Event,
}

impl<'a> Answer<'a> {
    /// The text without space around it, if it is one with anything in it.
    pub fn text(&self) -> Option<&'a str> {
        let EventKind::Message(message) = &self.event.kind else {
            return None;
        };
        message
            .text()
            .map(str::trim)
            .filter(|text| !text.is_empty())
    }

    /// The number with which the text begins, in digits of any width: 4 of `4`, `４名` and
    /// `4 people`.
    pub fn number(&self) -> Option<u32> {
        let signs = self.text()?.chars();
        let digits: String = signs.map_while(digit).collect();
        digits.parse().ok()
    }

    /// Whether the text is such a one.
    pub fn is(&self, pattern: &impl Pattern) -> bool {
        self.text()
            .is_some_and(|text| pattern.catch(text).is_some())
    }

    /// The tap, if it is one of this type: see [`DialogueRoute::takes`](crate::DialogueRoute::takes).
    pub fn tap<T: Tap>(&self) -> Option<T> {
        T::from_data(self.postback()?)
    }

    /// A postback's data.
    pub fn postback(&self) -> Option<&'a str> {
        match &self.event.kind {
            EventKind::Postback { data, .. } => Some(data),
            _ => None,
        }
    }

    /// The place, if it is one.
    pub fn location(&self) -> Option<&'a LocationContent> {
        match &self.event.kind {
            EventKind::Message(message) => match &message.content {
                MessageContent::Location(location) => Some(location),
                _ => None,
            },
            _ => None,
        }
    }
}

/// A digit of half or full width, as one of half width.
fn digit(sign: char) -> Option<char> {
    match sign {
        '0'..='9' => Some(sign),
        '０'..='９' => char::from_digit(u32::from(sign) - u32::from('０'), 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_of_any_width() {
        let number = |text: &str| text.chars().map_while(digit).collect::<String>();
        assert_eq!(number("4名"), "4");
        assert_eq!(number("１２人"), "12");
        assert_eq!(number("四名"), "");
    }
}
