//! Buttons and lines of flex messages.

use crate::line::message::flex::component::{Placed, component, placed};
use crate::line::message::flex::{ButtonHeight, ButtonStyle, Gravity, Space};
use crate::line::message::limit::OverLimit;
use crate::line::message::{Action, Color};

component! {
    /// A button, which says its action's label of 1 to 40 characters
    /// (<https://developers.line.biz/en/reference/messaging-api/#button>).
    Button("button") {
        action: Action,
    } else {
        #[serde(skip_serializing_if = "Option::is_none")]
        adjust_mode: Option<&'static str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        scaling: Option<bool>,
        #[serde(flatten)]
        placed: Placed,
    }

    /// How it looks.
    style: ButtonStyle,
    /// The colour of its ground; of its words, if it is a link.
    color: Color,
    /// How high it is.
    height: ButtonHeight,
    /// How much of the free room of its box it takes, beside the others; 0 is what it needs.
    flex: u32,
    /// Where it stands from top to bottom.
    gravity: Gravity,
}

placed!(Button);

impl Button {
    /// A button that does this.
    pub fn new(action: Action) -> Self {
        Self::of(action)
    }

    /// White on a dark ground.
    #[must_use]
    pub fn primary(self) -> Self {
        self.style(ButtonStyle::Primary)
    }

    /// Black on a light ground.
    #[must_use]
    pub fn secondary(self) -> Self {
        self.style(ButtonStyle::Secondary)
    }

    /// In smaller letters where its label is too long, as far as the phone can do that.
    #[must_use]
    pub fn shrink_to_fit(mut self) -> Self {
        self.adjust_mode = Some("shrink-to-fit");
        self
    }

    /// Grows with the size of letters that the user has set in LINE.
    #[must_use]
    pub fn scaling(mut self) -> Self {
        self.scaling = Some(true);
        self
    }

    /// Its action is looked at where the message is.
    pub(super) fn limits(&self) -> Result<(), OverLimit> {
        Ok(())
    }
}

component! {
    /// A line: across in a column, upright in a row
    /// (<https://developers.line.biz/en/reference/messaging-api/#separator>).
    Separator("separator") {} else {}

    /// Its distance to what stands before it.
    margin: Space,
    /// Its colour.
    color: Color,
}

impl Default for Separator {
    fn default() -> Self {
        Self::new()
    }
}

impl Separator {
    /// A line.
    pub fn new() -> Self {
        Self::of()
    }

    pub(super) fn limits(&self) -> Result<(), OverLimit> {
        Ok(())
    }
}
