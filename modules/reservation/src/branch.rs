//! Where the shop is: who sends their place is told which branch is nearest.

use line_module::{Active, ChatKind, Context, Handled, LocationMessage};

use crate::guest::Visit;

/// In kilometres.
const EARTHS_RADIUS: f64 = 6371.0;

/// One of the shop's branches.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Branch {
    pub(crate) name: String,
    place: Place,
}

/// Degrees to the north and to the east.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Place {
    latitude: f64,
    longitude: f64,
}

/// A guest says where they are. In groups people tell each other.
pub(crate) async fn nearest(cx: &mut Context<'_, Active>, sent: &LocationMessage) -> Handled {
    let visit = Visit::begin(cx)?;
    let here = Place {
        latitude: sent.location.latitude,
        longitude: sent.location.longitude,
    };
    let branches = visit.shop.branches();
    let nearest = branches.min_by(|a, b| here.to(a.place).total_cmp(&here.to(b.place)));
    match nearest {
        Some(branch) if visit.cx.chat().kind == ChatKind::User => {
            let answer = visit.nearest(&branch.name, here.to(branch.place));
            visit.say_with_menu(answer)
        }
        _ => Ok(()),
    }
}

impl Branch {
    /// From a setting such as `渋谷店 35.6580,139.7016`; none if it does not read so.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (name, place) = text.trim().rsplit_once(char::is_whitespace)?;
        let (latitude, longitude) = place.split_once(',')?;
        let degrees = |text: &str, most: f64| {
            let degrees: f64 = text.parse().ok()?;
            (degrees.abs() <= most).then_some(degrees)
        };
        let place = Place {
            latitude: degrees(latitude, 90.0)?,
            longitude: degrees(longitude, 180.0)?,
        };
        let name = name.trim().to_owned();
        Some(Self { name, place })
    }
}

impl Place {
    /// As the crow flies, in kilometres.
    fn to(self, other: Self) -> f64 {
        let half = |degrees: f64| (degrees.to_radians() / 2.0).sin().powi(2);
        let across = self.latitude.to_radians().cos() * other.latitude.to_radians().cos();
        let part =
            half(other.latitude - self.latitude) + across * half(other.longitude - self.longitude);
        2.0 * EARTHS_RADIUS * part.sqrt().min(1.0).asin()
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

    #[test]
    fn from_tokyo_to_osaka_it_is_four_hundred_kilometres() {
        let place = |text| Branch::read(text).unwrap().place;
        let far = place("東京 35.6812,139.7671").to(place("大阪 34.7025,135.4959"));
        assert!((402.0..405.0).contains(&far), "{far}");
    }
}
