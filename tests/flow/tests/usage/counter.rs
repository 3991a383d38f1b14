//! A counting function of the tests' own, over the bundle's stream: batches come cut in any way,
//! twice, from further back, and without an answer of the table.

use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
};
use flow::Bundle;
use flow::faulty::{Fate, Faulty};
use flow::measured::Lines;
use serde_json::{Value, json};
use shared::domain::BotId;
use shared::env::Env;
use shared::line::BotClient;
use usage::{Answer, App, Config, handle};

pub(crate) struct Counter {
    pub(crate) app: App,
    /// Its connection to DynamoDB.
    table: Faulty,
    /// Its metric lines.
    pub(crate) lines: Lines,
}

/// Numbers that look random, the same for each seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(self.0 >> 33).unwrap() % most
    }
}

impl Counter {
    /// One that counts into this table.
    pub(crate) fn new(bundle: &Bundle, table_name: &str) -> Self {
        let (table, lines) = (Faulty::default(), Lines::default());
        let ground = bundle
            .stack
            .ground
            .clone()
            .with_dynamodb_over(table.client())
            .with_metrics(lines.sink());
        let variables = [("TABLE_NAME".to_owned(), table_name.to_owned())];
        let config = Config::read(&Env::from_map(variables.into())).unwrap();
        let app = App::new(config, &ground);
        Self { app, table, lines }
    }

    /// One that counts into an empty table of its own.
    pub(crate) async fn beside(bundle: &Bundle, table_name: &str) -> Self {
        let mut create = bundle
            .stack
            .ground
            .dynamodb()
            .create_table()
            .table_name(table_name)
            .billing_mode(BillingMode::PayPerRequest);
        for (name, kind) in [("bot_id", KeyType::Hash), ("chat_id", KeyType::Range)] {
            let attribute = AttributeDefinition::builder()
                .attribute_name(name)
                .attribute_type(ScalarAttributeType::S);
            let key = KeySchemaElement::builder()
                .attribute_name(name)
                .key_type(kind);
            create = create
                .attribute_definitions(attribute.build().unwrap())
                .key_schema(key.build().unwrap());
        }
        create.send().await.unwrap();
        Self::new(bundle, table_name)
    }

    /// All that the bundle's stream has.
    pub(crate) fn records(&self, bundle: &Bundle) -> Vec<Value> {
        let stream = bundle.stack.table_stream();
        let (mut all, mut after) = (Vec::new(), None::<String>);
        loop {
            let page = stream.records(after.as_deref()).unwrap();
            let Some(last) = page.last() else {
                return all;
            };
            let number = last["dynamodb"]["SequenceNumber"].as_str();
            after = number.map(str::to_owned);
            all.extend(page);
        }
    }

    pub(crate) async fn takes(&self, records: &[Value], shard: &str) -> Answer {
        let event = json!({ "Records": records, "shardId": shard, "state": {} });
        handle(&self.app, event).await.unwrap()
    }

    /// Counts all that the stream has, as of this shard.
    pub(crate) async fn counts_as(&self, bundle: &Bundle, shard: &str) -> &Lines {
        let answer = self.takes(&self.records(bundle), shard).await;
        assert_eq!(answer.again(), None);
        &self.lines
    }

    /// Counts all that the stream has. What an answer says comes again does; and a batch comes
    /// again although it was counted, also from further back and with another end.
    pub(crate) async fn counts_all(&self, bundle: &Bundle, seed: u64) {
        let records = self.records(bundle);
        let (mut dice, shard) = (Dice(seed), bundle.stack.table_stream().shard());
        let mut reached = 0;
        while reached < records.len() {
            let from = reached - dice.below(4).min(reached);
            let to = (from + 1 + dice.below(12)).min(records.len());
            match dice.below(4) {
                0 => self.table.next("PutItem", Fate::AnswerLost),
                1 => self.table.next("PutItem", Fate::Unreachable),
                // Longer than the SDK tries.
                2 => (0..3).for_each(|_| self.table.next("PutItem", Fate::Unreachable)),
                _ => {}
            }
            let batch = &records[from..to];
            let answer = self.takes(batch, &shard).await;
            self.table.forget();
            let failed = answer.again().map(|number| {
                let is_it = |it: &Value| it["dynamodb"]["SequenceNumber"] == *number;
                from + batch.iter().position(is_it).unwrap()
            });
            // Now and then its process ends before Lambda has the answer.
            if dice.below(5) > 0 {
                reached = reached
                    .max(failed.unwrap_or(to))
                    .min(failed.unwrap_or(to).max(from));
            }
        }
    }

    /// LINE, for one of the accounts.
    pub(crate) fn line(&self, bundle: &Bundle, bot: &BotId) -> BotClient {
        let worker = flow::worker::Worker::new(bundle, reservation::module());
        worker.app.line.bot(bot)
    }
}
