//! Calls that will fail, and a list that will lie.

use emulator::{Fault, FaultKind};

use super::World;
use crate::faulty::{Fate, Faulty};
use crate::reconciler::{INFO, LIST};

impl World {
    pub(super) async fn calls_will_fail(&mut self) {
        self.lies = match self.lies {
            0 if self.dice.one_in(3) => 4,
            lies => lies.saturating_sub(1),
        };
        for _ in 0..self.dice.below(3) {
            match self.dice.below(6) {
                0 => self.list_will(FaultKind::EmptyList).await,
                1 => self.list_will(FaultKind::CutPage).await,
                2 => self.list_will(FaultKind::RepeatToken).await,
                _ => self.some_calls_fail(&self.reconciler.line, LIST, 500),
            }
        }
        match self.dice.below(4) {
            0 => self.some_calls_fail(&self.reconciler.line, INFO, 429),
            1 => self.no_info(),
            2 if self.lies > 0 => self.no_info(),
            _ => {}
        }
        for operation in ["GetItem", "PutItem", "Query", "DeleteItem"] {
            if self.dice.one_in(4) {
                self.some_calls_fail(&self.reconciler.table, operation, 500);
            }
        }
    }

    /// LINE tells of no account for a while.
    fn no_info(&self) {
        for _ in 0..100 {
            let fate = Fate::Answered(500, "{}".into());
            self.reconciler.line.next(INFO, fate);
        }
    }

    fn some_calls_fail(&self, connection: &Faulty, operation: &str, status: u16) {
        for _ in 0..1 + self.dice.below(7) {
            let fate = match self.dice.below(4) {
                0 => Fate::AnswerLost,
                1 => Fate::Unreachable,
                2 => Fate::Done,
                _ => Fate::Answered(status, "{}".into()),
            };
            connection.next(operation, fate);
        }
    }

    pub(super) async fn list_will(&self, kind: FaultKind) {
        let fault = Fault::new(format!("GET {LIST}"), 1, kind);
        let added = self.emulators.line.add_faults(vec![fault]).await;
        added.expect("LINE takes the fault");
    }
}
