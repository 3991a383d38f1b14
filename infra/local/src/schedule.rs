//! A schedule of EventBridge in front of a function: it is run once in each period.

use std::time::{Duration, SystemTime};

use aws_smithy_async::time::SharedTimeSource;
use serde_json::{Value, json};

use crate::function::{Function, FunctionError};
use template_file::{ACCOUNT_ID, REGION, Schedule, ScheduleKeeper};

/// How often the clock is looked at, since it may be moved.
const LOOK: Duration = Duration::from_millis(250);

/// A schedule and the function that it runs. Clones are the same.
#[derive(Debug, Clone)]
pub struct Scheduled {
    schedule: Schedule,
    function: Function,
    clock: SharedTimeSource,
}

impl Scheduled {
    /// A schedule that does nothing until it is run.
    pub fn new(schedule: Schedule, function: Function, clock: SharedTimeSource) -> Self {
        Self {
            schedule,
            function,
            clock,
        }
    }

    /// Runs the function again and again, the first time one period from now, by the clock. Where the clock was moved
    /// over several periods, it is run once for them. A run that fails is logged, and not repeated as Lambda would.
    pub async fn run(self) {
        let mut due = self.clock.now();
        loop {
            due += self.schedule.every;
            while self.clock.now() < due {
                tokio::time::sleep(LOOK).await;
            }
            due = latest(due, self.schedule.every, self.clock.now());
            if let Err(error) = self.function.call(self.event(due)).await {
                tracing::error!(%error, schedule = self.schedule.name, "a scheduled run failed");
            }
        }
    }

    /// Runs the function at once, and waits for its answer.
    ///
    /// # Errors
    /// Why it has none.
    pub async fn run_now(&self) -> Result<Value, FunctionError> {
        self.function.call(self.event(self.clock.now())).await
    }

    /// What the function is given: the schedule's own input, or the service's event. Scheduler's `detail` is a text.
    fn event(&self, due: SystemTime) -> Value {
        let schedule = &self.schedule;
        if let Some(input) = &schedule.input {
            return input.clone();
        }
        let (source, resource, detail) = match schedule.keeper {
            ScheduleKeeper::Scheduler => ("scheduler", "schedule/default", json!("{}")),
            ScheduleKeeper::Rule => ("events", "rule", json!({})),
        };
        json!({
            "version": "0",
            "id": uuid::Uuid::new_v4().to_string(),
            "detail-type": "Scheduled Event",
            "source": format!("aws.{source}"),
            "account": ACCOUNT_ID,
            "time": seconds(due),
            "region": REGION,
            "resources": [format!("arn:aws:{source}:{REGION}:{ACCOUNT_ID}:{resource}/{}", schedule.name)],
            "detail": detail,
        })
    }
}

/// The last time until `now` that is whole periods after `due`.
fn latest(mut due: SystemTime, every: Duration, now: SystemTime) -> SystemTime {
    while due + every <= now {
        due += every;
    }
    due
}

/// A moment as AWS writes it: `2026-11-20T09:00:00Z`.
fn seconds(moment: SystemTime) -> Option<String> {
    let moment = jiff::Timestamp::try_from(moment).ok()?;
    Some(moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};
    use std::time::UNIX_EPOCH;

    use aws_smithy_async::time::TimeSource;
    use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    /// A clock that stands still until it is moved. Clones are the same clock.
    #[derive(Debug, Clone)]
    struct Clock(Arc<Mutex<SystemTime>>);

    impl Clock {
        fn advance(&self, by: Duration) {
            *self.0.lock().unwrap() += by;
        }
    }

    impl TimeSource for Clock {
        fn now(&self) -> SystemTime {
            *self.0.lock().unwrap()
        }
    }

    /// An hourly schedule from 1970 on, its clock, and the events that its function is given.
    fn hourly(
        keeper: ScheduleKeeper,
        input: Option<Value>,
    ) -> (Scheduled, Clock, UnboundedReceiver<Value>) {
        let (sender, events) = unbounded_channel();
        let function = Function::in_process("F", HOUR, move |event| {
            let sent = sender.send(event.payload);
            async move { Ok(json!({ "sent": sent.is_ok() })) }
        });
        let schedule = Schedule {
            name: "Hourly".to_owned(),
            every: HOUR,
            keeper,
            input,
        };
        let clock = Clock(Arc::new(Mutex::new(UNIX_EPOCH)));
        let time = SharedTimeSource::new(clock.clone());
        (Scheduled::new(schedule, function, time), clock, events)
    }

    #[tokio::test]
    async fn a_function_is_run_once_in_each_period() {
        let (hourly, clock, mut events) = hourly(ScheduleKeeper::Scheduler, None);
        let running = tokio::spawn(hourly.run());
        tokio::task::yield_now().await; // it begins at 00:00
        for (moved, time) in [
            (HOUR / 2, None),
            (HOUR / 2, Some("1970-01-01T01:00:00Z")),
            (HOUR, Some("1970-01-01T02:00:00Z")),
        ] {
            clock.advance(moved);
            if let Some(time) = time {
                assert_eq!(events.recv().await.unwrap()["time"], time);
            }
        }
        running.abort();
    }

    #[test]
    fn periods_that_were_jumped_over_are_not_made_up_for() {
        let at = |hours| UNIX_EPOCH + HOUR * hours;
        assert_eq!(latest(at(1), HOUR, at(1)), at(1));
        assert_eq!(latest(at(1), HOUR, at(2) - HOUR / 2), at(1));
        assert_eq!(latest(at(1), HOUR, at(5) + HOUR / 2), at(5));
    }

    #[tokio::test]
    async fn the_event_is_schedulers_own() {
        let (hourly, _, mut events) = hourly(ScheduleKeeper::Scheduler, None);
        assert_eq!(hourly.run_now().await.unwrap(), json!({ "sent": true }));
        let mut event = events.recv().await.unwrap();
        assert_eq!(event["id"].take().as_str().map(str::len), Some(36));
        assert_eq!(
            event,
            json!({
                "version": "0",
                "id": null,
                "detail-type": "Scheduled Event",
                "source": "aws.scheduler",
                "account": "000000000000",
                "time": "1970-01-01T00:00:00Z",
                "region": "us-east-1",
                "resources": ["arn:aws:scheduler:us-east-1:000000000000:schedule/default/Hourly"],
                "detail": "{}",
            })
        );
    }

    #[tokio::test]
    async fn the_event_of_a_rule_is_the_rules() {
        let (hourly, _, mut events) = hourly(ScheduleKeeper::Rule, None);
        hourly.run_now().await.unwrap();
        let event = events.recv().await.unwrap();
        assert_eq!(event["source"], "aws.events");
        let rule = "arn:aws:events:us-east-1:000000000000:rule/Hourly";
        assert_eq!(event["resources"], json!([rule]));
        assert_eq!(event["detail"], json!({}));
    }

    #[tokio::test]
    async fn an_input_takes_the_events_place() {
        let input = json!({ "full": true });
        let (hourly, _, mut events) = hourly(ScheduleKeeper::Scheduler, Some(input.clone()));
        hourly.run_now().await.unwrap();
        assert_eq!(events.recv().await.unwrap(), input);
    }
}
