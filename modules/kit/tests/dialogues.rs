//! Conversations of several steps: what is asked, what is taken for an answer, and what becomes of
//! them when nobody answers, staff take the chat, or a release has lost a state.

use std::time::Duration;

use line_module::{
    Active, Answer, Answered, Asked, ChatKind, Context, Dialogue, Handled, Question, Router,
    Routes, Text, TextMessage, Turn, WhileNotOurs, messages,
};
use line_module_kit::{Harness, Verdict};
use serde::{Deserialize, Serialize};

const HOUR: Duration = Duration::from_secs(3600);

/// What is kept of a chat beside its dialogue.
#[derive(Default, Serialize, Deserialize)]
struct Guest {
    bookings: u32,
}

/// How many, and by which name. By staff's taking the chat it is paused, dropped or resumed.
#[derive(Serialize, Deserialize)]
enum Booking<const WHILE_NOT_OURS: u8> {
    People,
    Name {
        people: u32,
    },
    /// A state that this release writes and cannot read, as if an older one had written it.
    #[serde(skip_deserializing)]
    Table,
}

const PAUSED: u8 = 0;
const DROPPED: u8 = 1;
const RESUMED: u8 = 2;

impl<const W: u8> Dialogue for Booking<W> {
    const NAME: &'static str = "booking";
    const WHILE_NOT_OURS: WhileNotOurs = match W {
        PAUSED => WhileNotOurs::Pause,
        DROPPED => WhileNotOurs::Drop,
        _ => WhileNotOurs::Resume,
    };
    const EXPIRES_AFTER: Duration = HOUR;

    async fn ask(&self, _: &mut Context<'_, Active>, asked: Asked) -> Question {
        let question = match self {
            Self::People => "How many?".to_owned(),
            Self::Name { people } => format!("Table for {people}. Your name?"),
            Self::Table => "Which table?".to_owned(),
        };
        let question = match asked {
            Asked::InTurn => question,
            asked => format!("{asked:?}: {question}"),
        };
        Ok(messages![Text::new(question)].into())
    }

    async fn answer(self, cx: &mut Context<'_, Active>, answer: &Answer<'_>) -> Answered<Self> {
        match self {
            Self::People if answer.is(&"any") => Ok(Turn::To(Self::Table)),
            Self::People => Ok(match answer.number() {
                Some(people @ 1..=8) => Turn::To(Self::Name { people }),
                Some(_) => Turn::Say(
                    messages![Text::new("We have tables for up to 8.")].into(),
                    Self::Name { people: 8 },
                ),
                None => Turn::NotUnderstood,
            }),
            Self::Name { people } => {
                let Some(name) = answer.text().or(answer.postback()) else {
                    return Ok(Turn::NotUnderstood);
                };
                let mut guest: Guest = cx.state()?;
                guest.bookings += 1;
                cx.set_state(&guest)?;
                let nth = guest.bookings;
                cx.reply(&[Text::new(format!("{name}, {people}: booking {nth}."))])?;
                Ok(Turn::Over)
            }
            Self::Table => Ok(Turn::Stay),
        }
    }

    fn fallback() -> Self {
        Self::People
    }
}

async fn book<const W: u8>(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    cx.enter(Booking::<W>::People).await
}

async fn stop(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    cx.reply(&[Text::new("Never mind.")])
}

async fn hours(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    cx.reply(&[Text::new("From 10 to 20.")])
}

async fn echo(cx: &mut Context<'_, Active>, said: &TextMessage) -> Handled {
    cx.reply(&[Text::new(format!("You said: {}", said.text))])
}

async fn shop_where_it_is<const W: u8>() -> Harness {
    let dialogue = Booking::<W>::route()
        .leave_on(["stop", "やめる"], stop)
        .back_on("back")
        .takes_postback("name ");
    let routes = Routes::new()
        .text("book", book::<W>)
        .text("hours", hours)
        .dialogue(dialogue)
        .in_user_chat(Routes::new().any_text(echo));
    Harness::new(Router::new().active(routes)).await
}

async fn shop() -> Harness {
    shop_where_it_is::<PAUSED>().await
}

#[tokio::test]
async fn a_guest_is_asked_one_thing_after_the_other() {
    let shop = shop().await;
    let mut guest = shop.user("Mari");
    guest.says("book").await;
    guest.sees(["How many?"]);
    guest.says("４名です").await;
    guest.sees(["Table for 4. Your name?"]);
    guest.says(" Mari ").await;
    guest.sees(["Mari, 4: booking 1."]);
    guest.says("thanks").await;
    guest.sees(["You said: thanks"]);
    // The chat's own state is apart from it.
    guest.says("book").await;
    guest.says("9").await;
    guest.news();
    guest.taps("name Mari").await;
    guest.sees(["name Mari, 8: booking 2."]);
}

#[tokio::test]
async fn what_is_said_first_goes_with_the_question_in_one_reply() {
    let shop = shop().await;
    let mut guest = shop.user("Mari");
    guest.says("book").await;
    guest.news();
    guest.says("12").await;
    guest.sees(["We have tables for up to 8.", "Table for 8. Your name?"]);
}

#[tokio::test]
async fn what_is_no_answer_is_asked_again_and_words_before_the_dialogue_always_work() {
    let shop = shop().await;
    let mut guest = shop.user("Mari");
    guest.says("book").await;
    guest.news();
    guest.says("a few").await;
    guest.sees(["NotUnderstood: How many?"]);
    guest.sends_location("here", "there", (35.0, 139.0)).await;
    guest.sees(["NotUnderstood: How many?"]);
    guest.says("hours").await;
    guest.sees(["From 10 to 20."]);
    // Of another channel's message: it is for no one here.
    guest.taps("another channel's").await;
    guest.sees_nothing();
    guest.says("2").await;
    guest.sees(["Table for 2. Your name?"]);
}

#[tokio::test]
async fn a_guest_goes_back_and_leaves() {
    let shop = shop().await;
    let mut guest = shop.user("Mari");
    guest.says("book").await;
    guest.says("2").await;
    guest.news();
    guest.says("Back").await;
    guest.sees(["Back: How many?"]);
    guest.says("back").await;
    guest.sees(["Back: How many?"]);
    guest.says("3").await;
    guest.sees(["Table for 3. Your name?"]);
    guest.says("やめる").await;
    guest.sees(["Never mind."]);
    guest.says("back").await;
    guest.sees(["You said: back"]);
}

#[tokio::test]
async fn an_answer_is_waited_for_as_long_as_it_says() {
    let shop = shop().await;
    let mut guest = shop.user("Mari");
    guest.says("book").await;
    shop.clock().advance(HOUR / 2).await;
    guest.says("a few").await;
    guest.news();
    shop.clock().advance(HOUR - Duration::from_secs(60)).await;
    guest.says("2").await;
    guest.sees(["Table for 2. Your name?"]);
    shop.clock().advance(HOUR + Duration::from_secs(60)).await;
    guest.says("Mari").await;
    guest.sees(["You said: Mari"]);
}

#[tokio::test]
async fn a_paused_dialogue_goes_on_with_the_next_message_when_the_chat_is_ours_again() {
    let shop = shop_where_it_is::<PAUSED>().await;
    let mut guest = shop.user("Mari");
    guest.says("book").await;
    guest.news();
    shop.staff(&guest).takes_control().await;
    guest.says("3").await.is(Verdict::Standby);
    // Longer than an answer is waited for: that time does not count.
    shop.clock().advance(3 * HOUR).await;
    shop.staff(&guest).gives_control().await;
    guest.sees_nothing();
    guest.says("2").await;
    guest.sees(["Table for 2. Your name?"]);
}

#[tokio::test]
async fn a_dropped_dialogue_is_over() {
    let shop = shop_where_it_is::<DROPPED>().await;
    let mut guest = shop.user("Mari");
    guest.says("book").await;
    guest.news();
    shop.staff(&guest).takes_control().await;
    shop.staff(&guest).gives_control().await;
    guest.says("2").await;
    guest.sees(["You said: 2"]);
}

#[tokio::test]
async fn a_resumed_dialogue_asks_again_by_a_push() {
    let shop = shop_where_it_is::<RESUMED>().await;
    let mut guest = shop.user("Mari");
    guest.says("book").await;
    guest.says("2").await;
    guest.news();
    shop.staff(&guest).takes_control().await;
    shop.staff(&guest).gives_control().await;
    guest.sees(["Resumed: Table for 2. Your name?"]);
    guest.says("Mari").await;
    guest.sees(["Mari, 2: booking 1."]);
}

#[tokio::test]
async fn a_state_that_this_release_does_not_know_falls_back() {
    let shop = shop().await;
    let mut guest = shop.user("Mari");
    guest.says("book").await;
    guest.says("any").await;
    guest.sees(["How many?", "Which table?"]);
    guest.says("the round one").await;
    guest.sees(["Fallback: How many?"]);
    guest.says("2").await;
    guest.sees(["Table for 2. Your name?"]);
}

#[tokio::test]
async fn in_a_group_the_one_who_began_answers() {
    let shop = shop().await;
    let mut group = shop.user("Mari").in_group("Friends");
    let mut other = shop.user("Ken").in_group("Friends");
    group.says("book").await;
    group.sees(["How many?"]);
    other.says("4").await;
    group.sees_nothing();
    group.says("2").await;
    group.sees(["Table for 2. Your name?"]);
}

#[tokio::test]
async fn a_dialogue_without_a_route_is_the_authors_error() {
    let routes = Routes::new().text("book", book::<PAUSED>);
    let shop = Harness::new(Router::new().active(routes)).await;
    let came = shop.user("Mari").says("book").await;
    came.fails();
    let reason = came.traces().next().and_then(|trace| trace.reason.clone());
    let wanted = "the dialogue \"booking\" has no route: give it to `Routes::dialogue`";
    assert!(
        reason.as_deref().unwrap_or_default().contains(wanted),
        "{reason:?}"
    );
}

/// The same where the chat is a group's.
async fn in_group(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    assert_ne!(cx.chat().kind, ChatKind::User);
    cx.reply(&[Text::new("In a group.")])
}

#[tokio::test]
async fn routes_see_the_chat_and_its_state() {
    let is_known = |cx: &Context<'_, Active>| Ok(cx.state::<Guest>()?.bookings > 0);
    async fn known(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
        cx.reply(&[Text::new("We know you.")])
    }
    async fn unknown(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
        cx.set_state(&Guest { bookings: 1 })?;
        cx.reply(&[Text::new("Who are you?")])
    }
    let routes = Routes::new()
        .in_group(Routes::new().any_text(in_group))
        .when(is_known, Routes::new().text("hello", known))
        .text("hello", unknown);
    let shop = Harness::new(Router::new().active(routes)).await;
    let mut guest = shop.user("Mari");
    guest.says("hello").await;
    guest.says("hello").await;
    guest.sees(["Who are you?", "We know you."]);
    let mut group = guest.in_group("Friends");
    group.says("hello").await;
    group.sees(["In a group."]);
}

/// Whose state is no guest's.
async fn odd_state(cx: &mut Context<'_, Active>, _: &TextMessage) -> Handled {
    cx.set_state(&"odd")?;
    cx.reply(&[Text::new("As you like.")])
}

#[tokio::test]
async fn a_condition_that_fails_is_the_handlers_failure() {
    let is_known = |cx: &Context<'_, Active>| Ok(cx.state::<Guest>()?.bookings > 0);
    let routes = Routes::new()
        .text("odd", odd_state)
        .when(is_known, Routes::new().text("hello", stop));
    let shop = Harness::new(Router::new().active(routes)).await;
    let mut guest = shop.user("Mari");
    guest.says("odd").await;
    // No route under the condition takes it: the condition is not asked.
    guest.says("something").await.is(Verdict::Handled);
    let came = guest.says("hello").await;
    came.fails();
    let reason = came.traces().next().and_then(|trace| trace.reason.clone());
    let wanted = "the chat's state cannot be read as `dialogues::Guest`: expected struct Guest";
    assert!(reason.is_some_and(|it| it.starts_with(wanted)));
}
