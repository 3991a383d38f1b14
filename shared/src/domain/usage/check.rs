//! Our counts of a month held against LINE's.

use std::fmt;

use crate::domain::usage::Counts;

/// What LINE tells of an account's month. What it does not tell is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LineCounts {
    /// What counts against the month's quota, whoever sent it. Of this month alone.
    pub consumption: Option<u64>,
    /// People reached by replies.
    pub replies: Option<u64>,
    /// By pushes.
    pub pushes: Option<u64>,
    /// By multicasts.
    pub multicasts: Option<u64>,
    /// By broadcasts.
    pub broadcasts: Option<u64>,
    /// Days of the month so far of which LINE has no numbers yet. Today is always one.
    pub days_without_numbers: u32,
}

/// What has come of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UsageCheck {
    /// How many numbers are the same.
    pub agree: usize,
    /// The others.
    pub differences: Vec<Difference>,
}

/// A number of ours that is not LINE's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Of what, in a word or two.
    pub of: &'static str,
    /// What we have counted.
    pub ours: u64,
    /// What LINE has.
    pub lines: u64,
    /// Why most likely, the likeliest first. It is never empty.
    pub likely: Vec<Likely>,
}

/// A likely reason for a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likely {
    /// LINE has no numbers of so many days yet.
    NotReady(u32),
    /// LINE has taken some of so many sends that are unknown to us.
    Unknown(u64),
    /// LINE counts each member of a group or room.
    GroupMembers,
    /// LINE does not count users who cannot be reached, as those who have blocked the account.
    NotReached,
    /// Only LINE knows how many broadcasts and narrowcasts reach.
    ToAll,
    /// Others send for the account too: its staff, its primary channel, a tool of theirs.
    OtherSenders,
    /// Of so many of our counts the month was closed when they came: they stand in the next.
    Late(u64),
    /// Records of the table's stream were lost.
    NotCounted,
}

impl fmt::Display for Likely {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotReady(days) => write!(f, "LINE has no numbers yet of {days} day(s)"),
            Self::Unknown(sends) => {
                write!(f, "LINE may have taken some of {sends} unknown send(s)")
            }
            Self::GroupMembers => f.write_str("LINE counts each member of a group"),
            Self::NotReached => f.write_str("LINE leaves out users who cannot be reached"),
            Self::ToAll => f.write_str("only LINE knows whom broadcasts and narrowcasts reach"),
            Self::OtherSenders => f.write_str("the account's staff or another channel send too"),
            Self::Late(counts) => write!(f, "{counts} count(s) of an earlier month came late"),
            Self::NotCounted => {
                f.write_str("records of the stream were not counted: see UsageNotCountedAlarm")
            }
        }
    }
}

/// Holds our counts against LINE's. What LINE does not tell is left out.
pub fn check(ours: &Counts, line: &LineCounts) -> UsageCheck {
    let pushes = ours.pushes + ours.replies_pushed;
    let mut result = UsageCheck::default();
    let mut hold =
        |of, ours: u64, lines: Option<u64>, likely: &dyn Fn(u64, u64) -> Vec<Likely>| match lines {
            None => {}
            Some(lines) if lines == ours => result.agree += 1,
            Some(lines) => result.differences.push(Difference {
                of,
                ours,
                lines,
                likely: likely(ours, lines),
            }),
        };
    let into_chats = |mine, lines| reasons(ours, line, mine, lines, &[]);
    hold("replies", ours.replies, line.replies, &into_chats);
    hold("pushes", pushes, line.pushes, &into_chats);
    hold(
        "multicasts",
        ours.multicasts.users,
        line.multicasts,
        &|mine, lines| {
            let not_reached = (lines < mine).then_some(Likely::NotReached);
            reasons(ours, line, mine, lines, not_reached.as_slice())
        },
    );
    if ours.broadcasts == 0 {
        hold("broadcasts", 0, line.broadcasts, &|_, _| {
            vec![Likely::OtherSenders]
        });
    }
    let used = pushes + ours.multicasts.users;
    hold("quota used", used, line.consumption, &|mine, lines| {
        let to_all =
            (lines > mine && ours.broadcasts + ours.narrowcasts > 0).then_some(Likely::ToAll);
        let others = (lines > mine).then_some(Likely::OtherSenders);
        let not_reached = (lines < mine && ours.multicasts.calls > 0).then_some(Likely::NotReached);
        let own: Vec<_> = [to_all, not_reached, others]
            .into_iter()
            .flatten()
            .collect();
        // LINE's number of the quota is of now, not of the days before.
        let line = &LineCounts {
            days_without_numbers: 0,
            ..line.clone()
        };
        reasons(ours, line, mine, lines, &own)
    });
    result
}

fn reasons(
    counts: &Counts,
    line: &LineCounts,
    ours: u64,
    lines: u64,
    own: &[Likely],
) -> Vec<Likely> {
    let mut likely = Vec::new();
    let unknown = counts.unknown.saturating_sub(counts.unknown_taken);
    if lines < ours {
        let days = line.days_without_numbers;
        likely.extend((days > 0).then_some(Likely::NotReady(days)));
        likely.extend((counts.late > 0).then_some(Likely::Late(counts.late)));
    } else {
        likely.extend((unknown > 0).then_some(Likely::Unknown(unknown)));
        likely.extend((counts.into_groups > 0).then_some(Likely::GroupMembers));
    }
    likely.extend_from_slice(own);
    if likely.is_empty() {
        likely.push(Likely::NotCounted);
    }
    likely
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::usage::Multicasts;

    fn ours() -> Counts {
        Counts {
            replies: 3,
            replies_pushed: 1,
            pushes: 3,
            multicasts: Multicasts { calls: 1, users: 5 },
            ..Counts::default()
        }
    }

    fn lines() -> LineCounts {
        LineCounts {
            consumption: Some(9),
            replies: Some(3),
            pushes: Some(4),
            multicasts: Some(5),
            broadcasts: Some(0),
            days_without_numbers: 0,
        }
    }

    fn likely(ours: &Counts, line: &LineCounts) -> Vec<(&'static str, Vec<Likely>)> {
        let differences = check(ours, line).differences.into_iter();
        differences.map(|it| (it.of, it.likely)).collect()
    }

    #[test]
    fn what_is_the_same_agrees_and_what_line_does_not_tell_is_left_out() {
        let all = check(&ours(), &lines());
        assert_eq!((all.agree, all.differences.len()), (5, 0));
        let none = check(&ours(), &LineCounts::default());
        assert_eq!((none.agree, none.differences.len()), (0, 0));
    }

    #[test]
    fn less_at_line_is_most_likely_today() {
        let line = LineCounts {
            replies: Some(1),
            days_without_numbers: 1,
            ..lines()
        };
        assert_eq!(
            likely(&ours(), &line),
            [("replies", vec![Likely::NotReady(1)])]
        );
    }

    #[test]
    fn more_at_line_is_what_is_unknown_or_in_groups() {
        let counts = Counts {
            unknown: 3,
            unknown_taken: 1,
            into_groups: 1,
            ..ours()
        };
        let line = LineCounts {
            pushes: Some(9),
            ..lines()
        };
        let expected = vec![Likely::Unknown(2), Likely::GroupMembers];
        assert_eq!(likely(&counts, &line), [("pushes", expected)]);
    }

    #[test]
    fn more_of_the_quota_is_others_and_broadcasts() {
        let line = LineCounts {
            consumption: Some(90),
            ..lines()
        };
        assert_eq!(
            likely(&ours(), &line),
            [("quota used", vec![Likely::OtherSenders])]
        );
        let counts = Counts {
            broadcasts: 1,
            ..ours()
        };
        let expected = vec![Likely::ToAll, Likely::OtherSenders];
        assert_eq!(likely(&counts, &line), [("quota used", expected)]);
    }

    #[test]
    fn what_nothing_explains_was_not_counted() {
        let line = LineCounts {
            replies: Some(4),
            ..lines()
        };
        assert_eq!(
            likely(&ours(), &line),
            [("replies", vec![Likely::NotCounted])]
        );
    }

    #[test]
    fn users_who_blocked_the_account_are_not_counted_by_line() {
        let line = LineCounts {
            multicasts: Some(4),
            consumption: Some(8),
            ..lines()
        };
        let expected = [
            ("multicasts", vec![Likely::NotReached]),
            ("quota used", vec![Likely::NotReached]),
        ];
        assert_eq!(likely(&ours(), &line), expected);
    }
}
