//! Which of a module's languages a tag means.

/// The place of the language that a tag such as `zh-Hant-TW` means: the tag itself, else what is left
/// of it when its end is cut off (RFC 4647, section 3.4), else another form of the same language,
/// since its reader is served better by it than by an entirely different one.
pub fn language(tag: &str, ours: &[&str]) -> Option<usize> {
    let tag = with_script(tag);
    let mut range = tag.as_str();
    loop {
        let same = ours
            .iter()
            .position(|own| with_script(own).eq_ignore_ascii_case(range));
        if same.is_some() {
            return same;
        }
        match range.rsplit_once('-') {
            Some((shorter, _)) => range = shorter,
            None => break,
        }
    }
    let is_form = |own: &&str| primary(own).eq_ignore_ascii_case(primary(&tag));
    ours.iter().position(is_form)
}

/// Chinese is named by its country as often as by its script: `zh-TW` is `zh-Hant-TW`.
fn with_script(tag: &str) -> String {
    let mut parts = tag.split('-');
    let (language, country) = (parts.next().unwrap_or_default(), parts.next());
    let country = country.unwrap_or_default().to_ascii_uppercase();
    let script = match country.as_str() {
        _ if !language.eq_ignore_ascii_case("zh") => return tag.to_owned(),
        "TW" | "HK" | "MO" => "Hant",
        "CN" | "SG" => "Hans",
        _ => return tag.to_owned(),
    };
    format!("{language}-{script}-{country}")
}

fn primary(tag: &str) -> &str {
    tag.split('-').next().unwrap_or(tag)
}

#[cfg(test)]
mod tests {
    use super::language;

    #[test]
    fn a_tag_means_the_nearest_of_the_languages() {
        let ours = ["ja", "en", "zh-Hans", "zh-Hant", "en-GB", "pt-BR"];
        let of = |tag| language(tag, &ours).map(|place| ours[place]);
        for (tag, found) in [
            ("ja", "ja"),
            ("JA-jp", "ja"),
            ("en-US", "en"),
            ("en-gb", "en-GB"),
            ("zh-Hant-TW", "zh-Hant"),
            ("zh-TW", "zh-Hant"),
            ("zh-hk", "zh-Hant"),
            ("zh-CN", "zh-Hans"),
            ("zh", "zh-Hans"),
            ("pt-PT", "pt-BR"),
        ] {
            assert_eq!(of(tag), Some(found), "{tag}");
        }
        for none in ["", "-", "fr", "jam", "日本語"] {
            assert_eq!(of(none), None, "{none}");
        }
        assert_eq!(language("zh-Hans-CN", &["ja", "zh-Hant"]), Some(1));
        assert_eq!(language("zh-TW", &["zh-Hans", "zh-TW"]), Some(1));
    }
}
