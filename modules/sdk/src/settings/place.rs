//! Places and time zones, as settings hold them.

use std::fmt;
use std::ops::Deref;

use jiff::Zoned;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use shared::domain::Timestamp;

/// The mean radius of the earth, in metres.
const EARTHS_RADIUS: f64 = 6_371_000.0;

/// A place on earth, in degrees to the north and to the east; what a setting of
/// [`Kind::Place`](super::Kind::Place) holds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// -90 to 90.
    pub latitude: f64,
    /// -180 to 180.
    pub longitude: f64,
}

impl Place {
    /// One of these degrees; none if there is no such place.
    pub fn new(latitude: f64, longitude: f64) -> Option<Self> {
        let is_there = latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
        is_there.then_some(Self {
            latitude,
            longitude,
        })
    }

    /// From `35.6580, 139.7016`, as maps give it to copy.
    pub fn read(text: &str) -> Option<Self> {
        let (latitude, longitude) = text.split_once(',')?;
        Self::new(
            latitude.trim().parse().ok()?,
            longitude.trim().parse().ok()?,
        )
    }

    /// As the crow flies, in metres.
    pub fn metres_to(self, other: Self) -> f64 {
        let half = |degrees: f64| (degrees.to_radians() / 2.0).sin().powi(2);
        let across = self.latitude.to_radians().cos() * other.latitude.to_radians().cos();
        let part =
            half(other.latitude - self.latitude) + across * half(other.longitude - self.longitude);
        2.0 * EARTHS_RADIUS * part.sqrt().min(1.0).asin()
    }

    pub(super) fn of(value: &Value) -> Option<Self> {
        let place: Self = serde_json::from_value(value.clone()).ok()?;
        Self::new(place.latitude, place.longitude)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.latitude, self.longitude)
    }
}

/// The default of a setting of [`Kind::Place`](super::Kind::Place).
impl From<Place> for Value {
    fn from(place: Place) -> Self {
        json!(place)
    }
}

/// A time zone, as a setting of [`Kind::TimeZone`](super::Kind::TimeZone) holds it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Zone(TimeZone);

impl Zone {
    /// A moment by the clocks of this zone.
    pub fn local(&self, at: Timestamp) -> Zoned {
        let moment = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
        moment.to_zoned(self.0.clone())
    }
}

impl TryFrom<String> for Zone {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let zone = TimeZone::get(&name);
        zone.map(Self)
            .map_err(|_| format!("{name:?} is no time zone such as Asia/Tokyo"))
    }
}

impl Deref for Zone {
    type Target = TimeZone;

    fn deref(&self) -> &TimeZone {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_maps_write_it() {
        let place = Place::read("35.65800, 139.7016").unwrap();
        assert_eq!(place.to_string(), "35.658, 139.7016");
        for odd in ["", "35.6", "95, 0", "0, 181", "NaN, 0", "here, there"] {
            assert_eq!(Place::read(odd), None, "{odd}");
        }
    }

    #[test]
    fn from_tokyo_to_osaka_it_is_four_hundred_kilometres() {
        let tokyo = Place::read("35.6812,139.7671").unwrap();
        let far = tokyo.metres_to(Place::read("34.7025,135.4959").unwrap());
        assert!((402_000.0..405_000.0).contains(&far), "{far}");
    }

    #[test]
    fn a_moment_has_the_zones_clocks() {
        let zone: Zone = serde_json::from_str("\"Asia/Taipei\"").unwrap();
        let noon = zone.local(Timestamp(1_795_147_200_000)); // 2026-11-20T04:00Z
        assert_eq!(noon.datetime().to_string(), "2026-11-20T12:00:00");
    }
}
