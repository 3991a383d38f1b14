//! Whose extension it is: what its pages say of it, and of the company behind it.

use crate::domain::{Language, Words};

/// Maximum size of an icon, in bytes: each page has it in itself.
const LARGEST_ICON: usize = 16 * 1024;

/// What a module says of itself. All but name and sentence can be left out; what is missing is
/// named by [`About::missing`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct About {
    /// The extension's name.
    pub name: Words,
    /// What it does for an account, in one sentence.
    pub sentence: Words,
    /// What it does, in short points.
    pub does: Vec<Words>,
    /// What works as soon as an account is linked, in one sentence.
    pub first: Option<Words>,
    /// The company behind it.
    pub company: Option<Words>,
    /// A square picture.
    pub icon: Option<Icon>,
    /// The colour of its buttons.
    pub accent: Option<Accent>,
    /// What it costs.
    pub price: Option<Words>,
    /// Who helps.
    pub support: Support,
    /// The address of the terms of use.
    pub terms: Option<&'static str>,
    /// The address of the privacy policy.
    pub privacy: Option<&'static str>,
    /// What it needs a permission for, by the permission's name at LINE.
    pub needs: Vec<(&'static str, Words)>,
    /// Whether admins may read what users have written: in an event's kept JSON, on the
    /// management screen.
    pub shows_messages: bool,
}

/// Who helps an admin.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Support {
    /// A mail address.
    pub mail: Option<&'static str>,
    /// The address of a page.
    pub page: Option<&'static str>,
    /// When somebody answers.
    pub hours: Option<Words>,
}

/// A square picture, as the bytes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    /// An SVG.
    Svg(&'static str),
    /// A PNG.
    Png(&'static [u8]),
}

/// A colour, as red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accent(pub u8, pub u8, pub u8);

impl About {
    /// What has no name yet: the start of a new module.
    pub const UNNAMED: Words = Words {
        ja: "拡張機能",
        zh: "擴充功能",
        en: "Extension",
        th: "ส่วนขยาย",
    };

    /// An extension that says nothing of itself.
    pub const fn unnamed() -> Self {
        Self::new(
            Self::UNNAMED,
            Words {
                ja: "お使いのLINE公式アカウントに機能を追加します。",
                zh: "為您的LINE官方帳號增加功能。",
                en: "Adds functions to your LINE Official Account.",
                th: "เพิ่มฟังก์ชันให้บัญชี LINE Official Account ของคุณ",
            },
        )
    }

    /// An extension of this name, which does this.
    pub const fn new(name: Words, sentence: Words) -> Self {
        Self {
            name,
            sentence,
            does: Vec::new(),
            first: None,
            company: None,
            icon: None,
            accent: None,
            price: None,
            support: Support {
                mail: None,
                page: None,
                hours: None,
            },
            terms: None,
            privacy: None,
            needs: Vec::new(),
            shows_messages: false,
        }
    }

    /// One more point of what it does.
    #[must_use]
    pub fn does(mut self, words: Words) -> Self {
        self.does.push(words);
        self
    }

    /// What works as soon as an account is linked.
    #[must_use]
    pub fn first(self, words: Words) -> Self {
        let first = Some(words);
        Self { first, ..self }
    }

    /// The company behind it.
    #[must_use]
    pub fn company(self, name: Words) -> Self {
        let company = Some(name);
        Self { company, ..self }
    }

    /// A square picture, of at most 16 KiB.
    #[must_use]
    pub fn icon(self, icon: Icon) -> Self {
        let icon = Some(icon);
        Self { icon, ..self }
    }

    /// The colour of its buttons.
    #[must_use]
    pub fn accent(self, red: u8, green: u8, blue: u8) -> Self {
        let accent = Some(Accent(red, green, blue));
        Self { accent, ..self }
    }

    /// What it costs, in words.
    #[must_use]
    pub fn price(self, words: Words) -> Self {
        let price = Some(words);
        Self { price, ..self }
    }

    /// Who helps.
    #[must_use]
    pub fn support(self, mail: &'static str, page: &'static str, hours: Words) -> Self {
        let support = Support {
            mail: Some(mail),
            page: Some(page),
            hours: Some(hours),
        };
        Self { support, ..self }
    }

    /// The addresses of the terms of use and of the privacy policy.
    #[must_use]
    pub fn legal(self, terms: &'static str, privacy: &'static str) -> Self {
        let (terms, privacy) = (Some(terms), Some(privacy));
        Self {
            terms,
            privacy,
            ..self
        }
    }

    /// What it needs the permission of this name for, such as `message:send`.
    #[must_use]
    pub fn needs(mut self, scope: &'static str, words: Words) -> Self {
        self.needs.push((scope, words));
        self
    }

    /// Lets an account's admins read, on the management screen, what users have written and is
    /// kept.
    #[must_use]
    pub fn shows_messages(self) -> Self {
        let shows_messages = true;
        Self {
            shows_messages,
            ..self
        }
    }

    /// What it needs a permission for, if it says so.
    pub fn need(&self, scope: &str, language: Language) -> Option<&'static str> {
        let need = self.needs.iter().find(|(name, _)| *name == scope);
        need.map(|(_, words)| words.of(language))
    }

    /// What admins would look for and is not there, by the names of the members.
    pub fn missing(&self) -> Vec<&'static str> {
        let has = [
            ("name", self.name != Self::UNNAMED),
            ("does", !self.does.is_empty()),
            ("first", self.first.is_some()),
            ("company", self.company.is_some()),
            ("icon", self.icon.is_some()),
            ("accent", self.accent.is_some()),
            ("price", self.price.is_some()),
            ("support.mail", self.support.mail.is_some()),
            ("support.page", self.support.page.is_some()),
            ("support.hours", self.support.hours.is_some()),
            ("terms", self.terms.is_some()),
            ("privacy", self.privacy.is_some()),
        ];
        let missing = has.into_iter().filter(|(_, is_there)| !is_there);
        missing.map(|(name, _)| name).collect()
    }

    /// What is wrong with it, as its author's error.
    pub fn fault(&self) -> Option<String> {
        let pages = [
            ("support.page", self.support.page),
            ("terms", self.terms),
            ("privacy", self.privacy),
        ];
        for (member, address) in pages {
            if address.is_some_and(|it| !it.starts_with("https://")) {
                return Some(format!("about: {member} must begin with https://"));
            }
        }
        if self.support.mail.is_some_and(|it| !it.contains('@')) {
            return Some("about: support.mail must be a mail address".into());
        }
        let size = self.icon.map_or(0, |icon| icon.bytes().len());
        (size > LARGEST_ICON).then(|| {
            format!("about: the icon has {size} bytes, and may have {LARGEST_ICON}: each page carries it")
        })
    }
}

impl Icon {
    /// The file's bytes.
    pub fn bytes(&self) -> &'static [u8] {
        match self {
            Self::Svg(text) => text.as_bytes(),
            Self::Png(bytes) => bytes,
        }
    }

    /// Its media type.
    pub fn media_type(&self) -> &'static str {
        match self {
            Self::Svg(_) => "image/svg+xml",
            Self::Png(_) => "image/png",
        }
    }
}

impl Accent {
    /// Black or white: what is read best on it, by WCAG's contrast.
    pub fn ink(self) -> Self {
        let luminance = self.luminance();
        let with_white = 1.05 / (luminance + 0.05);
        let with_black = (luminance + 0.05) / 0.05;
        match with_white >= with_black {
            true => Self(255, 255, 255),
            false => Self(0, 0, 0),
        }
    }

    /// WCAG's relative luminance, 0 to 1.
    fn luminance(self) -> f64 {
        let channel = |value: u8| {
            let value = f64::from(value) / 255.0;
            match value <= 0.04045 {
                true => value / 12.92,
                false => ((value + 0.055) / 1.055).powf(2.4),
            }
        };
        0.2126 * channel(self.0) + 0.7152 * channel(self.1) + 0.0722 * channel(self.2)
    }
}

/// As CSS writes it: `#06c755`.
impl std::fmt::Display for Accent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> Words {
        Words::same("x")
    }

    #[test]
    fn what_is_missing_is_named_until_all_is_there() {
        let bare = About::new(About::UNNAMED, words());
        assert_eq!(bare.missing().len(), 12);
        let whole = About::new(words(), words())
            .does(words())
            .first(words())
            .company(words())
            .icon(Icon::Svg("<svg/>"))
            .accent(1, 2, 3)
            .price(words())
            .support("help@example.com", "https://example.com/help", words())
            .legal("https://example.com/terms", "https://example.com/privacy");
        assert_eq!(whole.missing(), [""; 0]);
        assert_eq!(whole.fault(), None);
    }

    #[test]
    fn what_is_wrong_is_the_authors_error() {
        let about = || About::new(words(), words());
        let http = about().legal("http://example.com", "https://example.com");
        assert_eq!(
            http.fault().unwrap(),
            "about: terms must begin with https://"
        );
        let large = about().icon(Icon::Png(&[0; LARGEST_ICON + 1]));
        assert!(large.fault().unwrap().contains("16385 bytes"));
        let mail = about().support("example.com", "https://example.com", words());
        assert!(mail.fault().unwrap().contains("mail address"));
    }

    #[test]
    fn the_ink_on_a_colour_is_always_read_well() {
        for value in 0..=255u8 {
            for accent in [
                Accent(value, value, value),
                Accent(value, 0, 0),
                Accent(0, value, 0),
                Accent(255, value, 255),
            ] {
                let pair = [accent.luminance(), accent.ink().luminance()];
                let (light, dark) = (pair[0].max(pair[1]), pair[0].min(pair[1]));
                assert!((light + 0.05) / (dark + 0.05) >= 4.5, "{accent}");
            }
        }
        assert_eq!(Accent(6, 199, 85).to_string(), "#06c755");
    }
}
