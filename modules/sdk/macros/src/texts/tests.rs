//! What is wrong with a folder of texts, in sentences with file and key.

use std::fs;

use super::{check, files, for_admins};

/// The problems of these files.
fn problems(first: Option<&str>, written: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in written {
        fs::write(folder.path().join(name), text).unwrap();
    }
    files(folder.path(), "texts", first, &check::TAKEN)
        .err()
        .unwrap_or_default()
}

/// The problems of one language.
fn of(text: &str) -> Vec<String> {
    problems(None, &[("ja.ftl", text)])
}

#[test]
fn every_language_has_the_same_keys_with_the_same_variables() {
    let ja = "hello = a\ngreeting = { $name } { $time }\nbye = a\n";
    let same = "bye = b\nhello = b\ngreeting = { $time }, { $name }\n";
    assert_eq!(problems(None, &[("ja.ftl", ja), ("en.ftl", same)]), [""; 0]);
    let other = "hello = b { $name }\ngreeting = b { $name } { $day }\nmore = b\n";
    assert_eq!(
        problems(Some("ja"), &[("ja.ftl", ja), ("en.ftl", other)]),
        [
            "texts/en.ftl: `hello` has the variable $name, and in texts/ja.ftl no variable",
            "texts/en.ftl: `greeting` has the variables $day, $name, and in texts/ja.ftl the \
             variables $name, $time",
            "texts/en.ftl: `bye` is missing, which texts/ja.ftl has",
            "texts/ja.ftl: `more` is missing, which texts/en.ftl has",
        ]
    );
}

/// A variable counts wherever it is: in a selector, a variant, a call, another message. A term's are
/// its own.
#[test]
fn a_variable_may_stand_anywhere() {
    let ja = "all = { $a ->\n    [one] { $b }\n   *[other] { NUMBER($c) } { other }\n }\n\
              other = { $d }\n";
    let en = "-term = { $case } x\nall = { $a } { $b } { $c } { $d } { -term(case: \"x\") }\n\
              other = { $d }\n";
    assert_eq!(problems(None, &[("ja.ftl", ja), ("en.ftl", en)]), [""; 0]);
}

#[test]
fn a_term_has_a_name_of_its_own() {
    let wanted = "texts/ja.ftl: `-hello` has the name of the text `hello`: give it another";
    assert_eq!(of("-hello = a\nhello = { -hello } b\n"), [wanted]);
}

#[test]
fn what_is_not_fluent_is_told_by_its_line() {
    let problems = of("hello = a\nb c\n");
    assert_eq!(problems.len(), 1);
    assert!(
        problems[0].starts_with("texts/ja.ftl, line 2: this is not Fluent: "),
        "{problems:?}"
    );
}

#[test]
fn a_text_that_is_too_long_for_its_limit_is_refused_where_it_is_known() {
    let ja = "-shop = 茶\n# For a button.\n# at most 3\nlabel = { -shop }👋🏻か\u{3099}\n";
    let problems = |en: &str| problems(Some("ja"), &[("ja.ftl", ja), ("en.ftl", en)]);
    assert_eq!(problems("label = tea"), [""; 0]);
    assert_eq!(
        problems("label = teas"),
        ["texts/en.ftl: `label` has 4 characters, and may have 3"]
    );
    // It may have a limit of its own.
    assert_eq!(problems("# at most 4\nlabel = teas"), [""; 0]);
    assert_eq!(
        of("# at most a few\nlabel = tea"),
        [
            "texts/ja.ftl: the comment above `label` says \"at most a few\": write `# at most 20`, with a number"
        ]
    );
    // One that is not directly above is of nothing.
    assert_eq!(of("# at most 3\n\nlabel = teas"), [""; 0]);
}

#[test]
fn words_are_there_in_every_language_and_mean_one_thing() {
    assert_eq!(of("words-a =\n    one\n    two\nwords-b = three"), [""; 0]);
    assert_eq!(
        of("words-a = { $name }"),
        ["texts/ja.ftl: `words-a` is a list of words, one a line: write them as they are said"]
    );
    assert_eq!(
        problems(
            None,
            &[
                ("en.ftl", "words-a = stop\nwords-b = b"),
                ("ja.ftl", "words-a = a\nwords-b = Stop")
            ]
        ),
        ["texts/ja.ftl: \"Stop\" is in `words-a` and in `words-b`: whoever says it can mean one"]
    );
}

#[test]
fn what_a_text_refers_to_is_there() {
    for (text, problem) in [
        ("a = { b }", "`a` refers to `b`, which is not in this file"),
        (
            "a = { -b }",
            "`a` refers to `-b`, which is not in this file",
        ),
        ("a = { b }\nb = { a }", "`a` refers to itself"),
        (
            "a = { DATETIME($day) }",
            "`a` calls DATETIME: there is only NUMBER",
        ),
        (
            "a = b\n    .label = c",
            "`a` has the attribute `.label`, which nothing reads: make it a message",
        ),
        ("a = b\na = c", "`a` is there twice"),
    ] {
        assert_eq!(
            of(text).first().unwrap(),
            &format!("texts/ja.ftl: {problem}")
        );
    }
}

#[test]
fn a_key_is_a_methods_name_and_a_variable_a_parameters() {
    assert_eq!(
        of("type = a\nof = b\nA-b = c\na_b = d\nx = { $self }\ny = { $A } { $a }"),
        [
            "texts/ja.ftl: `type` can be no method's name in Rust: give it another key",
            "texts/ja.ftl: the texts have a method `of` themselves: give `of` another key",
            "texts/ja.ftl: `A-b` and `a_b` are both the method `a_b`",
            "texts/ja.ftl: `x`: $self can be no parameter's name in Rust: give it another name",
            "texts/ja.ftl: `y`: $a can be no parameter's name in Rust: give it another name",
        ]
    );
}

#[test]
fn a_file_is_a_language() {
    assert_eq!(
        problems(None, &[]),
        ["texts has no file such as ja.ftl: a language is one file"]
    );
    assert_eq!(
        problems(None, &[("japanese.ftl", "a = a")]),
        [
            "texts/japanese.ftl: a file is named by its language as in BCP 47, such as ja.ftl or zh-Hant.ftl"
        ]
    );
    assert_eq!(
        problems(Some("ja"), &[("en.ftl", "a = a")]),
        ["texts has no ja.ftl, which is to be first"]
    );
    for name in ["zh-Hant.ftl", "en-GB.ftl", "zh-Hant-TW.ftl", "es-419.ftl"] {
        assert_eq!(problems(None, &[(name, "a = a")]), [""; 0]);
    }
}

#[test]
fn words_for_admins_are_the_same_each_time_and_in_their_languages() {
    let problems = |name: &str, text: &str| {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(name), text).unwrap();
        let files = files(folder.path(), "admin", None, &[]).unwrap();
        let span = proc_macro2::Span::call_site();
        for_admins::code(&files, span).err().unwrap_or_default()
    };
    assert_eq!(problems("ja.ftl", "language = 言語\n"), [""; 0]);
    assert_eq!(
        problems("ja.ftl", "hours = { $number }時間\n"),
        ["admin/ja.ftl: `hours` is not the same each time: words for admins have no variables"]
    );
    assert_eq!(
        problems("fr.ftl", "hours = heures\n"),
        ["admin/fr.ftl: admins read ja, en, zh-Hant or zh, and th"]
    );
}
