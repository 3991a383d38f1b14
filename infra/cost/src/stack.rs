//! The local stack with a meter under each function.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Duration;

use line_module::flex::{Bubble, Button, Column, Image, Row, Separator, Size, Space, Text as Line};
use line_module::{
    Action, Active, Color, Context, Flex, Handled, Router, Routes, Text, TextMessage,
};
use local::bundle;
use local::function::Function;
use local::stack::{Functions, Needs, Options, Stack, StackError};
use shared::metrics::MetricsSink;
use shared::start;
use tracing::Level;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::meter::{Meter, Tally};

/// As the template's, of a stack with a name of usual length.
const NAMESPACE: &str = "LineModule/line-module";

/// What the functions have used, by their logical names.
pub(crate) type Tallies = BTreeMap<String, Tally>;

/// The meters, by logical name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Meters(BTreeMap<String, Meter>);

impl Meters {
    /// What was counted since the last time.
    pub(crate) fn take(&self) -> Tallies {
        let taken = self
            .0
            .iter()
            .map(|(name, meter)| (name.clone(), meter.take()));
        taken.collect()
    }

    fn of_thread(&self, thread: Option<&str>) -> Option<&Meter> {
        self.0.get(&logical_name(thread?))
    }
}

/// `webhook` is the thread of `WebhookFunction`.
fn logical_name(thread: &str) -> String {
    let mut letters = thread.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    format!(
        "{}{}Function",
        first.map(String::from).unwrap_or_default(),
        letters.as_str()
    )
}

/// A stack whose worker runs [`module`], and what its functions use.
pub(crate) async fn start() -> Result<(Stack, Meters), StackError> {
    let mut meters = Meters::default();
    let made = &mut meters;
    let stack = Stack::start_with(&Options::default(), module(), async |needs| {
        let (functions, meters) = metered(&needs)?;
        *made = meters;
        Ok((functions, ()))
    })
    .await?;
    start::lines(Level::INFO, Log(meters.clone())).init();
    Ok((stack, meters))
}

/// Each function on a ground of its own.
fn metered(needs: &Needs<'_, Router>) -> Result<(Functions, Meters), StackError> {
    let (mut functions, mut meters) = (Functions::new(), Meters::default());
    for definition in needs.definitions {
        let meter = Meter::default();
        let lines = meter.clone();
        let sink = MetricsSink::new(NAMESPACE, move |line| lines.logged(line.as_bytes()));
        let ground = needs.ground.clone();
        let ground = ground
            .with_dynamodb_over(meter.to_aws())
            .with_sqs_over(meter.to_aws())
            .with_line_over(meter.to_line())
            .with_metrics(sink);
        let one = std::slice::from_ref(definition);
        for (name, function) in bundle::functions(one, needs.variables, &ground, needs.module)? {
            functions.insert(name, counted(function, meter.clone()));
        }
        meters.0.insert(definition.logical_name.clone(), meter);
    }
    Ok((functions, meters))
}

/// The same function, whose calls are counted.
fn counted(function: Function, meter: Meter) -> Function {
    let (name, timeout) = (function.name().to_owned(), function.timeout());
    Function::in_process(&format!("{name}-caller"), timeout + MORE, move |event| {
        meter.invoked();
        let function = function.clone();
        async move { function.call(event.payload).await.map_err(Into::into) }
    })
}

/// The function itself runs out of time first.
const MORE: Duration = Duration::from_secs(1);

/// The functions' log, each line counted for the function whose thread wrote it.
#[derive(Clone)]
struct Log(Meters);

impl Write for Log {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if let Some(meter) = self.0.of_thread(std::thread::current().name()) {
            meter.logged(line);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl tracing_subscriber::fmt::MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// What users of the mix say, and a module that answers.
pub(crate) const TEXT: &str = "今夜7時に2名で予約できますか";
pub(crate) const CARD: &str = "予約を確認";
pub(crate) const LATER: &str = "あとで教えて";
/// After this time.
pub(crate) const WAIT: Duration = Duration::from_secs(3600);

fn module() -> Router {
    let routes = Routes::new()
        .text(TEXT, text)
        .text(CARD, card)
        .text(LATER, later)
        .timer("later", now);
    Router::new().active(routes)
}

async fn text(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    cx.reply(&[Text::new(
        "はい、ご用意できます。お名前をお聞かせください。",
    )])?;
    Ok(())
}

/// A card of usual size: a picture, a title, some rows, two buttons.
async fn card(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    let rows = [
        ("日時", "12月2日(水) 19:00"),
        ("人数", "2名様"),
        ("お席", "窓側のテーブル席"),
        ("コース", "季節のおまかせコース"),
        ("ご要望", "誕生日のお祝い、花火付きデザート"),
    ];
    let title = Column::new()
        .spacing(Space::Md)
        .add(Line::new("ご予約内容").bold().size(Size::Xl))
        .add(Separator::new());
    let body = rows.into_iter().fold(title, |body, (name, value)| {
        let row = Row::new()
            .spacing(Space::Sm)
            .add(Line::new(name).size(Size::Sm))
            .add(Line::new(value).size(Size::Sm).wrap());
        body.add(row)
    });
    let cancel = Action::postback_shown("取り消す", "cancel 12", "取り消します");
    let change = Action::postback_shown("変更する", "change 12", "変更します");
    let footer = Column::new()
        .spacing(Space::Sm)
        .add(
            Button::new(change)
                .primary()
                .color(Color::rgb(0x1f, 0x7a, 0x57)),
        )
        .add(Button::new(cancel));
    let picture = Image::new("https://shop.example/pictures/window-table-evening.jpg");
    let bubble = Bubble::new().hero(picture).body(body).footer(footer);
    cx.reply(&[Flex::new("12月2日 19:00のご予約", bubble)])?;
    Ok(())
}

async fn later(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    cx.after("later", WAIT, &())?;
    cx.reply(&[Text::new("承知しました。1時間後にお知らせします。")])?;
    Ok(())
}

async fn now(cx: &mut Context<'_, Active>, (): &()) -> Handled {
    cx.push(&[Text::new(
        "お時間になりました。ご来店をお待ちしております。",
    )])
}
