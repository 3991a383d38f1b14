//! Where the shop is: who sends their place is told which branch is nearest.

use line_module::settings::Place;
use line_module::{Handled, LocationMessage};

use crate::guest::{Ours, Visit};

/// One of the shop's branches.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Branch {
    pub(crate) name: String,
    place: Place,
}

/// A guest says where they are.
pub(crate) async fn nearest(cx: &mut Ours<'_>, sent: &LocationMessage, visit: Visit) -> Handled {
    let Some(here) = sent.place() else {
        return Ok(());
    };
    let branches = visit.shop.branches();
    let metres_to = |branch: &Branch| here.metres_to(branch.place);
    let Some(branch) = branches.min_by(|a, b| metres_to(a).total_cmp(&metres_to(b))) else {
        return Ok(());
    };
    let kilometres = format!("{:.1}", metres_to(&branch) / 1000.0);
    visit.say(cx, visit.texts().nearest(branch.name, kilometres))
}

impl Branch {
    /// From a setting such as `渋谷店 35.6580,139.7016`; none if it does not read so.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (name, place) = text.trim().rsplit_once(char::is_whitespace)?;
        let place = Place::read(place)?;
        let name = name.trim().to_owned();
        Some(Self { name, place })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_is_a_name_and_a_place() {
        let branch = Branch::read("Sakura Shibuya 35.6580,139.7016").unwrap();
        assert_eq!(branch.name, "Sakura Shibuya");
        for odd in [
            "",
            "渋谷店",
            "渋谷店 here",
            "渋谷店 95,0",
            "渋谷店 NaN,0",
            "35,139",
        ] {
            assert_eq!(Branch::read(odd), None, "{odd}");
        }
    }
}
