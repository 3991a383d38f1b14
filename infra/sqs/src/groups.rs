//! The order of a queue: whose turn it is, and which of its messages come first.

use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What is kept in order among itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Group {
    /// A message group of a FIFO queue.
    Named(String),
    /// A message of a standard queue, which is in order with no other.
    Single(u64),
}

/// The groups that have messages, in turn. A group that was served goes to the end of the line.
#[derive(Debug, Default)]
pub(super) struct Groups {
    line: BTreeMap<u64, (Group, BTreeSet<u64>)>,
    turns: HashMap<Group, u64>,
    last_turn: u64,
}

impl Groups {
    /// Adds a message; a group without any joins the end of the line.
    pub(super) fn add(&mut self, group: Group, message: u64) {
        let turn = match self.turns.get(&group) {
            Some(turn) => *turn,
            None => self.join(group.clone()),
        };
        let (_, messages) = self.line.entry(turn).or_insert((group, BTreeSet::new()));
        messages.insert(message);
    }

    /// Removes a message; a group that has no other leaves the line.
    pub(super) fn remove(&mut self, group: &Group, message: u64) {
        let Some(turn) = self.turns.get(group) else {
            return;
        };
        if let Some((_, messages)) = self.line.get_mut(turn) {
            messages.remove(&message);
            if messages.is_empty() {
                self.line.remove(turn);
                self.turns.remove(group);
            }
        }
    }

    /// Sends a group to the end of the line.
    pub(super) fn served(&mut self, group: &Group) {
        let entry = self
            .turns
            .get(group)
            .and_then(|turn| self.line.remove(turn));
        if let Some(entry) = entry {
            let turn = self.join(group.clone());
            self.line.insert(turn, entry);
        }
    }

    /// Each group's messages in order, the group whose turn it is first.
    pub(super) fn in_turn(&self) -> impl Iterator<Item = &BTreeSet<u64>> {
        self.line.values().map(|(_, messages)| messages)
    }

    /// Removes everything.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    fn join(&mut self, group: Group) -> u64 {
        self.last_turn += 1;
        self.turns.insert(group, self.last_turn);
        self.last_turn
    }
}

#[cfg(test)]
mod tests {
    use super::{Group, Groups};

    fn named(name: &str) -> Group {
        Group::Named(name.to_owned())
    }

    fn line(groups: &Groups) -> Vec<Vec<u64>> {
        groups
            .in_turn()
            .map(|messages| messages.iter().copied().collect())
            .collect()
    }

    #[test]
    fn a_group_keeps_its_order_and_its_turn() {
        let mut groups = Groups::default();
        groups.add(named("a"), 1);
        groups.add(named("b"), 2);
        groups.add(named("a"), 3);
        assert_eq!(line(&groups), [vec![1, 3], vec![2]]);
        groups.served(&named("a"));
        assert_eq!(line(&groups), [vec![2], vec![1, 3]]);
    }

    #[test]
    fn a_group_without_messages_leaves_the_line_and_can_come_back() {
        let mut groups = Groups::default();
        groups.add(named("a"), 1);
        groups.add(named("b"), 2);
        groups.remove(&named("a"), 1);
        groups.served(&named("a"));
        assert_eq!(line(&groups), [vec![2]]);
        groups.add(named("a"), 3);
        assert_eq!(line(&groups), [vec![2], vec![3]]);
    }
}
