//! What follows from a whole list of LINE's and the rows of the table. Pure: what
//! is planned here by the rows of the index is judged again by [`enter`] on the
//! row as it is when it is written.

use std::collections::BTreeMap;
use std::time::Duration;

use shared::domain::{Attachment, BotId, BotState, Scopes, Timestamp};
use shared::store::{BotRow, Stopped, fingerprint};

use crate::walk::{Listing, Names};

/// How long a detach is not undone: LINE's list may lag behind it.
const DETACH_HOLDS: Duration = Duration::from_secs(24 * 3600);
/// How long an account is missing before LINE is asked for it.
const MISSING_FOR: Duration = Duration::from_secs(3600);
/// LINE may leave a suspended account out of its list. One that was deleted is
/// detached after three months.
const SUSPENSION_COUNTS: Duration = Duration::from_secs(100 * 24 * 3600);
/// Number of accounts that may go without an operator's approval, or one in twenty.
const FEW: usize = 5;
const ONE_IN: usize = 20;
/// Maximum number of those that would go which are named.
const NAMED: usize = 20;

/// What is known of an account at the end of a walk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Seen {
    /// It is in the list.
    Listed(Names),
    /// It is not in the list.
    Missing,
    /// Nor has LINE given its bot info.
    Refused,
}

/// Something to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// To enter what was seen.
    Enter(Seen),
    /// To ask for its bot info, and to enter it if LINE refuses.
    Ask,
}

/// Rows are held against the list one after the other.
#[derive(Debug)]
pub(crate) struct Planner {
    began: Timestamp,
    listed: BTreeMap<BotId, Entry>,
    gone: BTreeMap<BotId, Option<Step>>,
    present: usize,
}

/// An account of the list.
#[derive(Debug)]
struct Entry {
    names: Names,
    is_news: bool,
}

/// Enters into a row what was seen of its account by the walk that began at `began`.
pub(crate) fn enter(row: &mut BotRow, seen: &Seen, began: Timestamp) {
    match seen {
        Seen::Listed(names) => {
            row.state.missing_since = None;
            if is_to_attach(&row.state, began) {
                row.state.attach(began, &Scopes::Unknown);
            }
            rename(&mut row.display_name, &names.display_name);
            rename(&mut row.basic_id, &names.basic_id);
        }
        Seen::Missing if is_judged(&row.state, began) => {
            row.state.missing_since = mark(&row.state).or(Some(began));
        }
        Seen::Refused if is_due(&row.state, began) => {
            row.state.detach(began);
            row.state.missing_since = None;
        }
        Seen::Missing | Seen::Refused => {}
    }
}

fn rename(name: &mut Option<String>, listed: &Option<String>) {
    if listed.is_some() {
        name.clone_from(listed);
    }
}

/// It is not attached here. A suspension that no resumption has ended stays: an
/// attach would end it.
fn is_to_attach(state: &BotState, began: Timestamp) -> bool {
    let suspended = state.is_suspended() && state.suspended_at > state.detached_at;
    let unknown = match state.attachment() {
        Attachment::Attached => state.attached_at.is_none(),
        Attachment::Detaching(_) => false,
        Attachment::Detached(at) => began.since(at) >= DETACH_HOLDS,
    };
    unknown && !suspended
}

/// The walk can tell of it: it was attached before, and is not suspended or has
/// been for long.
fn is_judged(state: &BotState, began: Timestamp) -> bool {
    let suspended_at = state.suspended_at.filter(|_| state.is_suspended());
    state.is_attached()
        && state.attached_at < Some(began)
        && suspended_at.is_none_or(|at| began.since(at) >= SUSPENSION_COUNTS)
}

/// It was missing before, and long enough ago.
fn is_due(state: &BotState, began: Timestamp) -> bool {
    is_judged(state, began) && mark(state).is_some_and(|at| began.since(at) >= MISSING_FOR)
}

/// Since when it is missing. A mark from before the newest attach is none.
fn mark(state: &BotState) -> Option<Timestamp> {
    state
        .missing_since
        .filter(|at| Some(*at) > state.attached_at)
}

impl Planner {
    pub(crate) fn new(listing: Listing) -> Self {
        let is_news = true; // until its row is seen
        let entries = listing.bots.into_iter();
        let listed = entries.map(|(bot, names)| (bot, Entry { names, is_news }));
        Self {
            began: listing.began,
            listed: listed.collect(),
            gone: BTreeMap::new(),
            present: 0,
        }
    }

    /// When the walk began, by LINE's clock.
    pub(crate) fn began(&self) -> Timestamp {
        self.began
    }

    /// How many accounts the list has.
    pub(crate) fn listed(&self) -> usize {
        self.listed.len()
    }

    /// Takes in an account's row.
    pub(crate) fn row(&mut self, bot: BotId, row: &BotRow) {
        if let Some(entry) = self.listed.get_mut(&bot) {
            self.present += usize::from(row.state.is_attached());
            entry.is_news = would_change(row, &Seen::Listed(entry.names.clone()), self.began);
        } else if is_due(&row.state, self.began) {
            self.gone.insert(bot, Some(Step::Ask));
        } else if is_judged(&row.state, self.began) {
            let is_news = would_change(row, &Seen::Missing, self.began);
            self.gone
                .insert(bot, is_news.then_some(Step::Enter(Seen::Missing)));
        }
    }

    /// What an operator must have approved for all of these to go.
    pub(crate) fn fingerprint(&self) -> String {
        fingerprint(self.gone.keys())
    }

    /// What is to be done, in the order of the ids.
    ///
    /// # Errors
    /// [`Stopped`] if too many would go, and exactly these are not approved.
    pub(crate) fn plan(self, approval: Option<&str>) -> Result<Vec<(BotId, Step)>, Stopped> {
        let (gone, judged) = (self.gone.len(), self.gone.len() + self.present);
        let fingerprint = self.fingerprint();
        if is_too_many(gone, judged) && approval != Some(&fingerprint) {
            return Err(Stopped {
                gone,
                judged,
                fingerprint,
                first: self.gone.into_keys().take(NAMED).collect(),
            });
        }
        let news = self
            .listed
            .into_iter()
            .filter(|(_, entry)| entry.is_news)
            .map(|(bot, entry)| (bot, Step::Enter(Seen::Listed(entry.names))));
        let gone = self
            .gone
            .into_iter()
            .filter_map(|(bot, step)| Some((bot, step?)));
        Ok(news.chain(gone).collect())
    }
}

fn would_change(row: &BotRow, seen: &Seen, began: Timestamp) -> bool {
    let mut after = row.clone();
    enter(&mut after, seen, began);
    after != *row
}

fn is_too_many(gone: usize, judged: usize) -> bool {
    let all = gone > 0 && gone == judged;
    all || gone > FEW && gone.saturating_mul(ONE_IN) > judged
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HOUR: i64 = 3_600_000;
    const DAY: i64 = 24 * HOUR;
    /// When the walk of these tests began.
    const BEGAN: Timestamp = Timestamp(1_000 * DAY);

    fn ago(time: i64) -> Timestamp {
        Timestamp(BEGAN.0 - time)
    }

    fn id(number: usize) -> BotId {
        BotId::new(format!("U{number:03}")).unwrap()
    }

    fn attached(ago_ms: i64) -> BotRow {
        let mut row = BotRow::default();
        row.state.attach(ago(ago_ms), &Scopes::Unknown);
        row
    }

    fn missing(attached_ago: i64, missing_ago: i64) -> BotRow {
        let mut row = attached(attached_ago);
        row.state.missing_since = Some(ago(missing_ago));
        row
    }

    fn detached(ago_ms: i64) -> BotRow {
        let mut row = attached(ago_ms + DAY);
        row.state.detach(ago(ago_ms));
        row
    }

    fn suspended(mut row: BotRow, ago_ms: i64) -> BotRow {
        row.state.suspended_at = Some(ago(ago_ms));
        row
    }

    fn listed() -> Seen {
        Seen::Listed(Names::default())
    }

    fn after(row: &BotRow, seen: &Seen) -> BotRow {
        let mut row = row.clone();
        enter(&mut row, seen, BEGAN);
        row
    }

    fn becomes_attached(row: &BotRow) -> bool {
        after(row, &listed()).state.attached_at == Some(BEGAN)
    }

    fn becomes_marked(row: &BotRow) -> bool {
        after(row, &Seen::Missing).state.missing_since == Some(BEGAN)
    }

    fn becomes_detached(row: &BotRow) -> bool {
        after(row, &Seen::Refused).state.detached_at == Some(BEGAN)
    }

    #[test]
    fn a_suspension_of_the_moment_of_a_detach_ends_with_it() {
        assert!(becomes_attached(&suspended(detached(2 * DAY), 2 * DAY)));
        assert!(!becomes_attached(&suspended(detached(2 * DAY), DAY)));
    }

    #[test]
    fn what_is_listed_is_attached_save_what_was_detached_within_a_day() {
        assert!(becomes_attached(&BotRow::default()));
        assert!(becomes_attached(&detached(DAY)));
        assert!(!becomes_attached(&detached(60_000)));
        assert!(!becomes_attached(&detached(-HOUR)), "during the walk");
        assert!(!becomes_attached(&attached(DAY)));
        let mut detaching = attached(DAY);
        detaching.state.begin_detach(ago(3 * DAY));
        assert!(!becomes_attached(&detaching));
    }

    #[test]
    fn a_suspension_is_not_ended_by_the_reconciler() {
        assert!(!becomes_attached(&suspended(BotRow::default(), HOUR)));
        let of_an_earlier_life = suspended(detached(2 * DAY), 2 * DAY + HOUR);
        assert!(becomes_attached(&of_an_earlier_life));
    }

    #[test]
    fn only_what_was_attached_before_the_walk_is_marked() {
        assert!(becomes_marked(&attached(1)));
        assert!(!becomes_marked(&attached(0)));
        assert!(!becomes_marked(&attached(-HOUR)));
        assert!(!becomes_marked(&detached(HOUR)));
        assert!(!becomes_marked(&suspended(attached(200 * DAY), 99 * DAY)));
        assert!(becomes_marked(&suspended(attached(200 * DAY), 100 * DAY)));
    }

    #[test]
    fn a_mark_stays_as_old_as_it_is_until_the_account_is_listed_or_attached_again() {
        let marked = missing(DAY, HOUR);
        assert_eq!(after(&marked, &Seen::Missing), marked);
        assert_eq!(after(&marked, &listed()).state.missing_since, None);
        let of_an_earlier_life = missing(HOUR, DAY);
        assert!(becomes_marked(&of_an_earlier_life));
        assert!(!becomes_detached(&of_an_earlier_life));
        assert!(becomes_marked(&missing(HOUR, HOUR)), "of the same moment");
    }

    #[test]
    fn an_account_goes_when_it_is_missing_again_after_an_hour_and_refused() {
        assert!(becomes_detached(&missing(DAY, HOUR)));
        assert!(!becomes_detached(&missing(DAY, HOUR - 1)));
        assert!(!becomes_detached(&attached(DAY)), "it was not marked");
        assert!(!becomes_detached(&suspended(missing(DAY, 2 * HOUR), HOUR)));
        let gone = after(&missing(DAY, HOUR), &Seen::Refused);
        assert_eq!(gone.state.missing_since, None);
    }

    #[test]
    fn names_are_entered_where_the_list_has_others() {
        let names = |name: Option<&str>| Names {
            display_name: name.map(str::to_owned),
            basic_id: None,
        };
        let named = after(&attached(DAY), &Seen::Listed(names(Some("A"))));
        assert_eq!(named.display_name.as_deref(), Some("A"));
        assert_eq!(after(&named, &Seen::Listed(names(None))), named);
        assert_eq!(after(&named, &Seen::Listed(names(Some("A")))), named);
    }

    /// Rows, of which the first `listed` are in LINE's list.
    fn planner(rows: &[BotRow], listed: usize) -> Planner {
        let bots = (0..listed).map(|number| (id(number), Names::default()));
        let mut planner = Planner::new(Listing {
            began: BEGAN,
            bots: bots.collect(),
        });
        for (number, row) in rows.iter().enumerate() {
            planner.row(id(number), row);
        }
        planner
    }

    fn plan(rows: &[BotRow], listed: usize) -> Result<Vec<(BotId, Step)>, Stopped> {
        planner(rows, listed).plan(None)
    }

    #[test]
    fn what_has_not_changed_is_no_step() {
        assert_eq!(plan(&vec![attached(DAY); 9], 9), Ok(Vec::new()));
        let mut rows = vec![attached(DAY); 8];
        rows.push(missing(DAY, HOUR - 1));
        assert_eq!(plan(&rows, 8), Ok(Vec::new()));
    }

    #[test]
    fn what_is_new_is_entered_and_what_is_due_is_asked_for() {
        let rows = [attached(DAY), missing(DAY, HOUR), attached(DAY)];
        let mut planner = Planner::new(Listing {
            began: BEGAN,
            bots: [0, 9].map(|number| (id(number), Names::default())).into(),
        });
        for (number, row) in rows.iter().enumerate() {
            planner.row(id(number), row);
        }
        let expected = vec![
            (id(9), Step::Enter(listed())),
            (id(1), Step::Ask),
            (id(2), Step::Enter(Seen::Missing)),
        ];
        assert_eq!(planner.plan(None), Ok(expected));
    }

    #[test]
    fn more_than_five_and_five_percent_or_all_stop_the_reconciler() {
        let goes = |gone: usize, of: usize| plan(&vec![attached(DAY); of], of - gone).is_ok();
        assert!(goes(5, 6) && !goes(6, 7) && !goes(6, 119));
        assert!(goes(6, 120) && goes(50, 1000) && !goes(51, 1000));
        assert!(!goes(1, 1) && !goes(3, 3));
        assert_eq!(plan(&[], 0), Ok(Vec::new()));
    }

    #[test]
    fn suspended_and_new_accounts_say_nothing_of_the_list() {
        let mut rows = vec![suspended(attached(DAY), HOUR); 20];
        rows.push(attached(-HOUR));
        assert_eq!(plan(&rows, 0), Ok(Vec::new()));
        rows.push(attached(DAY));
        let stopped = plan(&rows, 0).unwrap_err();
        assert_eq!((stopped.gone, stopped.judged), (1, 1));
    }

    #[test]
    fn an_approval_is_for_exactly_the_accounts_that_are_missing() {
        let rows = vec![attached(DAY); 30];
        let stopped = plan(&rows, 0).unwrap_err();
        assert_eq!((stopped.gone, stopped.judged), (30, 30));
        assert_eq!(stopped.first.len(), 20);
        let approved = Some(stopped.fingerprint.as_str());
        assert_eq!(planner(&rows, 0).plan(approved).unwrap().len(), 30);
        assert!(planner(&rows[..29], 0).plan(approved).is_err());
        assert!(planner(&rows, 1).plan(approved).is_err());
    }

    fn time() -> impl Strategy<Value = Option<Timestamp>> {
        let around = [
            -HOUR,
            0,
            1,
            HOUR,
            2 * HOUR,
            DAY,
            2 * DAY,
            101 * DAY,
            200 * DAY,
        ];
        proptest::option::of(proptest::sample::select(around.map(ago).to_vec()))
    }

    prop_compose! {
        fn any_row()(
            attached in time(),
            detaching_at in time(),
            detached_at in time(),
            suspended_at in time(),
            resumed_at in time(),
            missing_since in time(),
        ) -> BotRow {
            let mut state = BotState::default();
            state.detaching_at = detaching_at;
            state.detached_at = detached_at;
            state.suspended_at = suspended_at;
            state.resumed_at = resumed_at;
            state.missing_since = missing_since;
            if let Some(at) = attached {
                state.attach(at, &Scopes::Unknown);
            }
            BotRow { state, ..BotRow::default() }
        }
    }

    fn any_seen() -> impl Strategy<Value = Seen> {
        proptest::sample::select(vec![listed(), Seen::Missing, Seen::Refused])
    }

    proptest! {
        #[test]
        fn nothing_is_entered_twice(row in any_row(), seen in any_seen()) {
            let once = after(&row, &seen);
            prop_assert_eq!(after(&once, &seen), once);
        }

        #[test]
        fn only_a_refusal_of_what_was_missing_for_an_hour_ends_an_attachment(
            row in any_row(),
            seen in any_seen(),
        ) {
            let ended = row.state.is_attached() && !after(&row, &seen).state.is_attached();
            let before = row.state.attached_at;
            let marked = row.state.missing_since.is_some_and(|at| {
                Some(at) > before && BEGAN.since(at) >= MISSING_FOR
            });
            prop_assert!(!ended || (seen == Seen::Refused && marked && before < Some(BEGAN)));
        }

        #[test]
        fn what_is_newer_than_the_walk_stands(row in any_row(), seen in any_seen()) {
            let newest = row.state.attached_at.max(row.state.detached_at);
            let stands = after(&row, &seen).state.attachment() == row.state.attachment();
            prop_assert!(stands || newest <= Some(BEGAN));
        }

        #[test]
        fn a_plan_carried_out_leaves_nothing_to_enter(
            mut rows in proptest::collection::vec(any_row(), 0..12),
            count in 0..12_usize,
        ) {
            let approval = planner(&rows, count).fingerprint();
            let steps = planner(&rows, count).plan(Some(&approval)).unwrap();
            rows.resize(rows.len().max(count), BotRow::default());
            for (bot, step) in steps {
                let number: usize = bot.as_str()[1..].parse().unwrap();
                match step {
                    Step::Enter(seen) => enter(&mut rows[number], &seen, BEGAN),
                    Step::Ask => enter(&mut rows[number], &Seen::Refused, BEGAN),
                }
            }
            let approval = planner(&rows, count).fingerprint();
            prop_assert_eq!(planner(&rows, count).plan(Some(&approval)), Ok(Vec::new()));
        }
    }
}
