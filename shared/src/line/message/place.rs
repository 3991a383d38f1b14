//! Where actions are.

use crate::line::message::Action;
use crate::line::message::limit::OverLimit;

/// Where an action is: that decides which ones LINE takes, and how long their labels are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In a template other than the image carousel.
    Template,
    ImageCarousel,
    QuickReply,
    RichMenu,
    /// A button of a flex message.
    FlexButton,
    /// Any other component or a bubble of a flex message.
    Flex,
}

impl Place {
    /// Minimum and maximum length of a label, in grapheme clusters.
    pub(super) fn label(self) -> (usize, usize) {
        match self {
            Self::Template | Self::QuickReply => (1, 20),
            Self::ImageCarousel => (0, 12),
            Self::RichMenu => (0, 20),
            Self::FlexButton => (1, 40),
            Self::Flex => (0, 40),
        }
    }

    pub(super) fn takes(self, action: &Action) -> Result<(), OverLimit> {
        let only = match action {
            Action::Camera { .. } | Action::CameraRoll { .. } | Action::Location { .. } => {
                (Self::QuickReply, "quick replies")
            }
            Action::RichMenuSwitch { .. } => (Self::RichMenu, "rich menus"),
            _ => return Ok(()),
        };
        match self == only.0 {
            true => Ok(()),
            false => Err(OverLimit::new(
                "type",
                format!("LINE takes this action in {} only", only.1),
            )),
        }
    }
}
