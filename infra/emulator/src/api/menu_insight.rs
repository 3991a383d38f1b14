//! Statistics of rich menus. They are made of the taps in this world; whoever taps a menu has seen
//! it, so that each tap counts as an impression too. LINE does not tell when a day's numbers are
//! ready: here they are at once.
//!
//! Source: <https://github.com/line/line-openapi/blob/main/insight.yml>

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::counts::date;
use super::menu::known;
use super::{Answer, Context, Refusal};
use crate::clock;
use crate::world::menu::{Menu, Tap};

/// `GET /v2/bot/insight/richmenu/{richMenuId}/summary`
pub(super) fn summary(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    report(cx, counted)
}

/// `GET /v2/bot/insight/richmenu/{richMenuId}/daily`
pub(super) fn daily(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    report(cx, by_day)
}

/// What taps come to.
type Metrics = fn(&[&Tap]) -> Value;

/// Where fewer people tapped than LINE tells numbers of, that is the id alone.
///
/// Source of how many they must be: <https://help-o.line.me/line/smartphone?contentId=200001441&lang=en>
fn report(cx: &mut Context<'_>, metrics: Metrics) -> Result<Answer, Refusal> {
    let (from, to) = period(cx)?;
    let menu = known(cx, &cx.param("richMenuId"))?;
    let bot = cx.bot();
    let all = cx.world.of(&bot).menus.taps.iter();
    let taps: Vec<&Tap> = all.filter(|tap| is_of(tap, &menu, &from, &to)).collect();
    let mut body = json!({"richMenuId": menu.id});
    if people(&taps) >= cx.settings.richmenu_statistics_least_users {
        body["metricsFrom"] = from.into();
        body["metricsTo"] = to.min(clock::date(cx.now)).into();
        body["impression"] = json!({"metrics": metrics(&taps)});
        body["clicks"] = clicks(&menu, &taps, metrics);
    }
    Ok(Answer::ok(body))
}

fn period(cx: &Context<'_>) -> Result<(String, String), Refusal> {
    let (from, to) = (date(cx, "from")?, date(cx, "to")?);
    if to < from {
        let text = "The value for the 'to' parameter is invalid";
        return Err(Refusal::message(400, text));
    }
    Ok((from, to))
}

fn is_of(tap: &Tap, menu: &Menu, from: &str, to: &str) -> bool {
    let day = clock::date(tap.at);
    tap.menu == menu.id && from <= day.as_str() && day.as_str() <= to
}

fn clicks(menu: &Menu, taps: &[&Tap], metrics: Metrics) -> Value {
    let areas = menu.areas().iter().enumerate();
    let clicks = areas.map(|(place, area)| {
        let own: Vec<&Tap> = taps
            .iter()
            .filter(|tap| tap.area == place)
            .copied()
            .collect();
        json!({"bounds": area["bounds"], "metrics": metrics(&own)})
    });
    clicks.collect()
}

fn counted(taps: &[&Tap]) -> Value {
    json!({"count": taps.len(), "uniqueUsers": people(taps)})
}

fn by_day(taps: &[&Tap]) -> Value {
    let mut days: BTreeMap<String, Vec<&Tap>> = BTreeMap::new();
    for tap in taps {
        days.entry(clock::date(tap.at)).or_default().push(tap);
    }
    let days = days.iter().map(|(day, taps)| {
        let mut metrics = counted(taps);
        metrics["date"] = day.as_str().into();
        metrics
    });
    days.collect()
}

fn people(taps: &[&Tap]) -> usize {
    let people: BTreeSet<&String> = taps.iter().map(|tap| &tap.user).collect();
    people.len()
}
