//! Rate limits: one token bucket per module channel, bot and endpoint.
//!
//! LINE tells that it uses token buckets, and how many calls it takes, but not how a bucket is
//! filled. Here it holds as many calls as LINE's table has for a period, and fills evenly.
//!
//! Source: <https://developers.line.biz/en/docs/partner-docs/module-technical-using-messaging-api/#rate-limits>

use super::endpoint::{Facts, Limit};
use super::{Context, Refusal};
use crate::clock::Millis;
use crate::world::grant::Bucket;

/// Takes one call from the bucket.
pub(super) fn take(cx: &mut Context<'_>, facts: &Facts) -> Result<(), Refusal> {
    let limit = scaled(facts.limit, cx.settings.limit_scale);
    let bot = cx.bot.as_deref().unwrap_or_default();
    let name = format!("{} {bot} {} {}", cx.side.as_str(), facts.method, facts.path);
    let bucket = cx.world.buckets.entry(name).or_insert_with(|| Bucket {
        calls: f64::from(limit.calls),
        at: cx.now,
    });
    if spend(bucket, limit, cx.now) {
        return Ok(());
    }
    tracing::warn!("over the rate limit: {} {}", facts.method, facts.path);
    let text = "The API rate limit has been exceeded. Try again later.";
    Err(Refusal::message(429, text))
}

/// The limit as the settings want it, but at least one call.
fn scaled(limit: Limit, scale: f64) -> Limit {
    let calls = (f64::from(limit.calls) * scale).round();
    Limit {
        calls: (calls as u32).max(1),
        ..limit
    }
}

fn spend(bucket: &mut Bucket, limit: Limit, now: Millis) -> bool {
    let (most, period) = (f64::from(limit.calls), f64::from(limit.seconds) * 1000.0);
    let passed = now.saturating_sub(bucket.at).max(0) as f64;
    bucket.calls = (bucket.calls + passed * most / period).min(most);
    bucket.at = now;
    // Less than a call by rounding alone is a call.
    let enough = bucket.calls >= 1.0 - 1e-6;
    if enough {
        bucket.calls -= 1.0;
    }
    enough
}

#[cfg(test)]
mod tests {
    use super::{Bucket, Limit, scaled, spend};

    #[test]
    fn a_bucket_empties_and_fills_evenly() {
        let limit = Limit {
            calls: 2,
            seconds: 10,
        };
        let mut bucket = Bucket { calls: 2.0, at: 0 };
        let mut at = |now| spend(&mut bucket, limit, now);
        assert_eq!([at(0), at(0), at(0)], [true, true, false]);
        assert!(!at(4_999) && at(5_000));
        assert_eq!([at(60_000), at(60_000), at(60_000)], [true, true, false]);
    }

    #[test]
    fn a_scaled_limit_leaves_at_least_one_call() {
        let hourly = Limit {
            calls: 60,
            seconds: 3600,
        };
        assert_eq!(scaled(hourly, 0.01).calls, 1);
        assert_eq!(scaled(hourly, 0.5).calls, 30);
    }
}
