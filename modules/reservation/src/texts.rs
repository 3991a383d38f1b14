//! What the module says, in three languages, and what it understands: the files in `texts`.

use crate::slot::Slot;

line_module::texts!("texts", first = "ja");

impl Texts {
    /// What guests can say, as the quick replies and the rich menu have it.
    pub(crate) fn menu(self) -> [String; 3] {
        [self.reserve_label(), self.list_label(), self.staff_label()]
    }

    pub(crate) fn list(self, slots: &[Slot]) -> String {
        self.lines(slots, self.list_heading(), self.no_reservations())
    }

    pub(crate) fn digest(self, slots: &[Slot]) -> String {
        self.lines(slots, self.digest_heading(), self.no_digest())
    }

    fn lines(self, slots: &[Slot], heading: String, none: String) -> String {
        if slots.is_empty() {
            return none;
        }
        let lines = slots.iter().map(|slot| format!("\n・{}", self.slot(*slot)));
        lines.fold(heading, |text, line| text + &line)
    }

    /// A time as it is said; at most 20 characters, the length of a label.
    pub(crate) fn slot(self, slot: Slot) -> String {
        let (month, day) = slot.month_day();
        self.time(month, day, slot.weekday(), slot.time())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_fits_into_a_label() {
        let slot = Slot::read("2026-12-23T17:00").unwrap();
        assert_eq!(Language::Ja.texts().slot(slot), "12月23日(水) 17:00");
        let times = Language::ALL.map(|language| language.texts().slot(slot));
        assert!(times.iter().all(|time| time.chars().count() <= 20));
    }
}
