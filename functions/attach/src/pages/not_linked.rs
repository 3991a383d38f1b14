//! What the pages say where no account was linked, or another than the link is for, in three
//! languages.

use crate::language::Language;
use crate::limit::WrongLimit;
use crate::pages::texts::ResultTexts;
use crate::pages::{Trouble, Uninvited};

/// An account is not linked; the way on is to start again.
pub(crate) fn not_linked(language: Language, trouble: Trouble) -> ResultTexts {
    let (title, lead) = match language {
        Language::Ja => not_linked_ja(trouble),
        Language::ZhHant => not_linked_zh(trouble),
        Language::En => not_linked_en(trouble),
    };
    ResultTexts {
        again: Some(start_again(language)),
        ..ResultTexts::of(title, lead)
    }
}

fn start_again(language: Language) -> &'static str {
    match language {
        Language::Ja => "最初からやり直す",
        Language::ZhHant => "重新開始",
        Language::En => "Start again",
    }
}

fn not_linked_ja(trouble: Trouble) -> (&'static str, &'static str) {
    match trouble {
        Trouble::Refused => (
            "連携しませんでした",
            "LINEの画面で許可されなかったため、アカウントは連携されていません。",
        ),
        Trouble::Failed => (
            "連携できませんでした",
            "LINEが連携を受け付けませんでした。もう一度お試しいただき、くり返す場合はお問い合わせください。",
        ),
        Trouble::Misconfigured => (
            "現在この拡張機能は連携できません",
            "拡張機能の設定に問題があり、LINEに受け付けられませんでした。お客さまの操作に問題はありません。提供元にお問い合わせのうえ、後ほどお試しください。",
        ),
        Trouble::TryLater => (
            "ただいま連携できません",
            "一時的な問題が起きています。少し待ってからやり直してください。",
        ),
        Trouble::Interrupted => (
            "連携できたか確認できません",
            "処理が途中で止まりました。最初からやり直してください。すでに連携が済んでいた場合でも、やり直して問題ありません。",
        ),
        Trouble::Unlinked => (
            "連携は解除されています",
            "このアカウントの連携は、完了したあとに解除されました。もう一度お使いになる場合は、最初からやり直してください。",
        ),
        Trouble::StartOver => (
            "このリンクは使えません",
            "すでに使われたか、期限が切れています。完了画面をご覧になった場合は、連携は済んでいます。",
        ),
        Trouble::OtherBrowser => (
            "はじめたときと同じブラウザで開いてください",
            "連携をはじめたブラウザでのみ完了できます。このブラウザで続ける場合は、最初からやり直してください。",
        ),
    }
}

fn not_linked_zh(trouble: Trouble) -> (&'static str, &'static str) {
    match trouble {
        Trouble::Refused => ("未連結", "由於未在LINE的畫面上允許，帳號尚未連結。"),
        Trouble::Failed => (
            "無法連結",
            "LINE未接受此連結。請再試一次；若問題持續發生，請與我們聯絡。",
        ),
        Trouble::Misconfigured => (
            "目前無法連結此擴充功能",
            "擴充功能的設定有問題，因此LINE未接受。您的操作沒有問題。請聯絡擴充功能的提供者，稍後再試。",
        ),
        Trouble::TryLater => ("目前無法連結", "發生暫時性的問題，請稍候再試。"),
        Trouble::Interrupted => (
            "無法確認是否已連結",
            "處理中途停止。請重新開始；即使帳號已連結，重新開始也不會有問題。",
        ),
        Trouble::Unlinked => (
            "連結已解除",
            "此帳號在連結完成後已解除連結。若要再次使用，請重新開始。",
        ),
        Trouble::StartOver => (
            "此連結無法使用",
            "連結已使用或已過期。若您已看到完成畫面，表示連結已完成。",
        ),
        Trouble::OtherBrowser => (
            "請使用開始時的瀏覽器",
            "只能在開始連結的瀏覽器中完成。若要在此瀏覽器繼續，請重新開始。",
        ),
    }
}

fn not_linked_en(trouble: Trouble) -> (&'static str, &'static str) {
    match trouble {
        Trouble::Refused => (
            "Your account was not linked",
            "It was not allowed on LINE's screen, so nothing has changed.",
        ),
        Trouble::Failed => (
            "Your account could not be linked",
            "LINE did not accept it. Please try again; if it keeps happening, contact us.",
        ),
        Trouble::Misconfigured => (
            "This extension cannot be linked now",
            "LINE did not accept it because of a mistake in the extension's settings. You did nothing wrong. Please contact the extension's provider, and try again later.",
        ),
        Trouble::TryLater => (
            "Linking is not possible right now",
            "There is a temporary problem. Please wait a little and start again.",
        ),
        Trouble::Interrupted => (
            "Your account may or may not be linked",
            "Linking was interrupted. Please start again; if the account is linked already, this does no harm.",
        ),
        Trouble::Unlinked => (
            "Your account is no longer linked",
            "It was linked, and has been unlinked since. To use this extension again, start again.",
        ),
        Trouble::StartOver => (
            "This link cannot be used",
            "It has been used already, or is too old. If you have seen the page that says so, your account is linked.",
        ),
        Trouble::OtherBrowser => (
            "Please use the browser you began with",
            "Linking can only be finished there. To go on in this browser, start again.",
        ),
    }
}

/// Another account was linked than the link is for.
pub(crate) fn another_linked(
    language: Language,
    asked: &str,
    linked: Option<&str>,
    stays: bool,
) -> ResultTexts {
    let (title, unnamed) = match language {
        Language::Ja => ("別のアカウントが選ばれました", "別のアカウント"),
        Language::ZhHant => ("選擇了其他帳號", "其他帳號"),
        Language::En => ("Another account was chosen", "another account"),
    };
    let linked = linked.unwrap_or(unnamed);
    let lead = match (language, stays) {
        (Language::Ja, false) => format!(
            "このリンクは{asked}専用ですが、{linked}が選ばれたため、その連携を解除しています。最初からやり直し、{asked}を選んでください。"
        ),
        (Language::Ja, true) => format!(
            "このリンクは{asked}専用ですが、{linked}が選ばれました。{linked}の連携はそのまま残ります。最初からやり直し、{asked}を選んでください。"
        ),
        (Language::ZhHant, false) => format!(
            "此連結僅供{asked}使用，但選擇的是{linked}，因此正在解除其連結。請重新開始並選擇{asked}。"
        ),
        (Language::ZhHant, true) => format!(
            "此連結僅供{asked}使用，但選擇的是{linked}。{linked}會保持連結。請重新開始並選擇{asked}。"
        ),
        (Language::En, false) => format!(
            "This link is for {asked} only, but {linked} was chosen, so that one is being unlinked. Start again and choose {asked}."
        ),
        (Language::En, true) => format!(
            "This link is for {asked} only, but {linked} was chosen. That one stays linked. Start again and choose {asked}."
        ),
    };
    ResultTexts {
        again: Some(start_again(language)),
        ..ResultTexts::of(title, lead)
    }
}

/// Another request of the same browser is still at it.
pub(crate) fn under_way(language: Language) -> ResultTexts {
    match language {
        Language::Ja => ResultTexts::of(
            "連携の処理をしています",
            "このままお待ちください。この画面は数秒後に自動で更新されます。",
        ),
        Language::ZhHant => {
            ResultTexts::of("正在處理連結", "請稍候，此頁面會在數秒後自動重新載入。")
        }
        Language::En => ResultTexts::of(
            "Linking is still in progress",
            "Please wait. This page reloads by itself in a few seconds.",
        ),
    }
}

/// A link invites nobody. Without a button: by itself nobody can start.
pub(crate) fn uninvited(language: Language, why: Uninvited) -> ResultTexts {
    use Uninvited::{NoInvitation, NotOurs, RunOut};
    let title = match language {
        Language::Ja => "招待リンクが必要です",
        Language::ZhHant => "需要邀請連結",
        Language::En => "An invitation is needed",
    };
    let lead = match (language, why) {
        (Language::Ja, NoInvitation) => {
            "連携は、提供元からお送りした招待リンクからのみはじめられます。招待リンクを開いてください。"
        }
        (Language::Ja, NotOurs) => {
            "この招待リンクは正しくありません。リンクの全体を開いているかご確認のうえ、提供元に新しいリンクをお求めください。"
        }
        (Language::Ja, RunOut) => {
            "この招待リンクは期限が切れています。提供元に新しいリンクをお求めください。"
        }
        (Language::ZhHant, NoInvitation) => {
            "只能透過提供者寄送的邀請連結開始連結。請開啟邀請連結。"
        }
        (Language::ZhHant, NotOurs) => {
            "此邀請連結不正確。請確認您開啟的是完整的連結，或向提供者索取新的連結。"
        }
        (Language::ZhHant, RunOut) => "此邀請連結已過期。請向提供者索取新的連結。",
        (Language::En, NoInvitation) => {
            "Linking can only be started by the invitation that the provider has sent you. Please open that link."
        }
        (Language::En, NotOurs) => {
            "This invitation is not a right one. Please check that you have opened the whole link, or ask the provider for a new one."
        }
        (Language::En, RunOut) => {
            "This invitation has run out. Please ask the provider for a new one."
        }
    };
    ResultTexts::of(title, lead)
}

/// A link does not say rightly which account it is for. Without a button: a start without
/// the limit would link any account.
pub(crate) fn wrong_limit(language: Language, wrong: &WrongLimit) -> ResultTexts {
    let title = match language {
        Language::Ja => "このリンクには誤りがあります",
        Language::ZhHant => "此連結有誤",
        Language::En => "There is a mistake in this link",
    };
    ResultTexts::of(title, wrong_limit_lead(language, wrong))
}

fn wrong_limit_lead(language: Language, wrong: &WrongLimit) -> String {
    match (language, wrong) {
        (Language::Ja, WrongLimit::WithoutAt(id)) => format!(
            "アカウントの指定「basic_search_id={id}」に@がないため、「basic_search_id=@{id}」に直したリンクを開いてください。"
        ),
        (Language::Ja, WrongLimit::NotABasicId) => {
            "アカウントの指定「basic_search_id」が正しいベーシックID（例：@381sakur）ではないため、リンクの提供元に正しいリンクをお求めください。".into()
        }
        (Language::Ja, WrongLimit::NotInALink(name)) => format!(
            "リンクでは「{name}」を指定できないため、リンクの提供元に「{name}」のないリンクをお求めください。"
        ),
        (Language::ZhHant, WrongLimit::WithoutAt(id)) => format!(
            "帳號的指定「basic_search_id={id}」缺少@，請改為開啟「basic_search_id=@{id}」的連結。"
        ),
        (Language::ZhHant, WrongLimit::NotABasicId) => {
            "帳號的指定「basic_search_id」不是正確的基本ID（例如：@381sakur），請向提供連結的人索取正確的連結。".into()
        }
        (Language::ZhHant, WrongLimit::NotInALink(name)) => format!(
            "連結中不能指定「{name}」，請向提供連結的人索取不含「{name}」的連結。"
        ),
        (Language::En, WrongLimit::WithoutAt(id)) => format!(
            "The account in the link, basic_search_id={id}, lacks its @: please open the link with basic_search_id=@{id} instead."
        ),
        (Language::En, WrongLimit::NotABasicId) => {
            "The account in the link, basic_search_id, is not a basic ID such as @381sakur: please ask whoever gave you the link for a correct one.".into()
        }
        (Language::En, WrongLimit::NotInALink(name)) => format!(
            "A link cannot be limited by {name}: please ask whoever gave you the link for one without it."
        ),
    }
}
