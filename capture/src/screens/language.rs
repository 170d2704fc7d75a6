//! The person's side in the person's language, from one Fluent file per language.
//!
//! English is the reference. A text that a language lacks is shown in English, marked as such on the screen and to a
//! screen reader, and named to the officer: a person is never taken for informed by a text they cannot read.
//!
//! No translation here was reviewed by a native speaker yet (`docs/reference/languages.md`).

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{LazyLock, Mutex, PoisonError};

use fluent_bundle::FluentResource;
use fluent_bundle::concurrent::FluentBundle;
use maud::{Markup, html};
use sha2::Digest;
use unic_langid::{CharacterDirection, LanguageIdentifier};
use uuid::Uuid;

use super::words::Material;
use crate::limits;

/// A language of the person's side. Complete: one per file in `languages/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Language {
    English,
    Dutch,
    French,
    Arabic,
    Tigrinya,
    Turkish,
    Ukrainian,
    Persian,
}

impl Language {
    pub(super) const ALL: [Self; 8] = [
        Self::English,
        Self::Dutch,
        Self::French,
        Self::Arabic,
        Self::Tigrinya,
        Self::Turkish,
        Self::Ukrainian,
        Self::Persian,
    ];

    /// Its BCP 47 tag.
    pub(super) fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Dutch => "nl",
            Self::French => "fr",
            Self::Arabic => "ar",
            Self::Tigrinya => "ti",
            Self::Turkish => "tr",
            Self::Ukrainian => "uk",
            Self::Persian => "fa",
        }
    }

    pub(super) fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }

    /// As the officer calls it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Dutch => "Dutch",
            Self::French => "French",
            Self::Arabic => "Arabic",
            Self::Tigrinya => "Tigrinya",
            Self::Turkish => "Turkish",
            Self::Ukrainian => "Ukrainian",
            Self::Persian => "Persian",
        }
    }

    /// As its speakers call it.
    pub(super) fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Dutch => "Nederlands",
            Self::French => "Français",
            Self::Arabic => "العربية",
            Self::Tigrinya => "ትግርኛ",
            Self::Turkish => "Türkçe",
            Self::Ukrainian => "Українська",
            Self::Persian => "فارسی",
        }
    }

    /// The `dir` of an element in this language.
    pub(super) fn direction(self) -> &'static str {
        match self.identifier().character_direction() {
            CharacterDirection::RTL => "rtl",
            _ => "ltr",
        }
    }

    /// The text behind a key for paper: where it is not in this language it says in which it is.
    pub(super) fn label(self, key: &str) -> String {
        let (text, spoken) = self.text(key);
        if spoken == self { text } else { format!("{text} [{}]", spoken.name()) }
    }

    fn identifier(self) -> LanguageIdentifier {
        self.tag().parse().unwrap_or_default()
    }

    fn source(self) -> &'static str {
        match self {
            Self::English => include_str!("languages/en.ftl"),
            Self::Dutch => include_str!("languages/nl.ftl"),
            Self::French => include_str!("languages/fr.ftl"),
            Self::Arabic => include_str!("languages/ar.ftl"),
            Self::Tigrinya => include_str!("languages/ti.ftl"),
            Self::Turkish => include_str!("languages/tr.ftl"),
            Self::Ukrainian => include_str!("languages/uk.ftl"),
            Self::Persian => include_str!("languages/fa.ftl"),
        }
    }

    /// The text behind a key in this language alone.
    fn own(self, key: &str) -> Option<String> {
        let bundle = BUNDLES.get(&self)?;
        let pattern = bundle.get_message(key)?.value()?;
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, None, &mut errors).into_owned();
        errors.is_empty().then_some(text)
    }

    /// The text behind a key, and the language it is in.
    pub(super) fn text(self, key: &str) -> (String, Self) {
        if let Some(text) = self.own(key) {
            return (text, self);
        }
        // A key that even English lacks shows itself: visible, and a test holds that there is none.
        (Self::English.own(key).unwrap_or_else(|| key.to_owned()), Self::English)
    }

    /// Whether a material can be read as a whole in this language.
    pub(super) fn has(self, material: &Material) -> bool {
        material.keys().iter().all(|key| self.own(key).is_some())
    }
}

/// Every file, read once. A file that cannot be read leaves its language empty, so everything falls back and is
/// marked; a test holds that every file is read whole.
static BUNDLES: LazyLock<BTreeMap<Language, FluentBundle<FluentResource>>> = LazyLock::new(|| {
    let bundle = |language: Language| {
        let mut bundle = FluentBundle::new_concurrent(vec![language.identifier()]);
        // No text has a placeable; the marks around one would only change the hash of a material.
        bundle.set_use_isolating(false);
        let resource = match FluentResource::try_new(language.source().to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        bundle.add_resource_overriding(resource);
        (language, bundle)
    };
    Language::ALL.into_iter().map(bundle).collect()
});

/// Says texts in one language and remembers which it lacked.
pub(super) struct Speaker {
    pub(super) language: Language,
    lacking: RefCell<BTreeSet<String>>,
}

impl Speaker {
    pub(super) fn new(language: Language) -> Self {
        Self { language, lacking: RefCell::default() }
    }

    /// The text behind a key; in English and marked where the language lacks it.
    pub(super) fn say(&self, key: &str) -> Markup {
        let (text, spoken) = self.language.text(key);
        if spoken == self.language {
            return html! { (text) };
        }
        self.lacking.borrow_mut().insert(text.clone());
        html! {
            span class="untranslated" lang=(spoken.tag()) dir=(spoken.direction()) {
                (text) span class="untranslated-mark" { span class="hidden" { " in " } (spoken.name()) }
            }
        }
    }

    /// What the officer is told when something on the person's side is not in their language.
    pub(super) fn notice(&self) -> Markup {
        let lacking = self.lacking.borrow();
        html! {
            @if !lacking.is_empty() {
                div class="notice" role="status" {
                    p {
                        strong { "Not in " (self.language.name()) ": " }
                        (lacking.len()) @if lacking.len() == 1 { " text" } @else { " texts" }
                        " on the person's side. They are shown in English and marked. Say them through an interpreter: "
                    }
                    ul class="bullets" { @for text in lacking.iter() { li { (text) } } }
                }
            }
        }
    }
}

/// The canonical BCP 47 tag of a language that the screens do not speak, for what an interpreter said; `None` when it is
/// no tag, names no language, or is one of the eight.
pub(super) fn other(tag: &str) -> Option<String> {
    let identifier: LanguageIdentifier = tag.parse().ok()?;
    let spoken_here =
        || Language::ALL.iter().any(|language| language.identifier().language == identifier.language);
    // `und` is the tag of no language, and what the parser makes of nothing.
    (!identifier.language.is_empty() && !spoken_here()).then(|| identifier.to_string())
}

/// Which language the person's side of each open case speaks. What was given is in the information record of the
/// session; this is the choice before it, so it need not survive a restart.
#[derive(Default)]
pub(super) struct Chosen(Mutex<BTreeMap<Uuid, Language>>);

impl Chosen {
    pub(super) fn choose(&self, case: Uuid, language: Language) {
        let mut chosen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if chosen.len() >= limits::LANGUAGE_CHOICES_MAX {
            chosen.clear();
        }
        chosen.insert(case, language);
    }

    pub(super) fn of(&self, case: Uuid) -> Option<Language> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&case).copied()
    }
}

/// SHA-256 of a material's words as a person sees them: which text was shown can be proven later.
pub(super) fn version(material: &Material, language: Language) -> String {
    let mut hasher = sha2::Sha256::new();
    for key in material.keys() {
        hasher.update(language.text(&key).0);
        hasher.update([0]);
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::super::words::{self, MATERIALS};
    use super::*;
    use crate::live::Hint;
    use crate::session::Step;
    use fluent_bundle::FluentMessage;

    /// The keys of a file, in its order, read without Fluent: a key begins a line.
    fn keys(language: Language) -> Vec<&'static str> {
        let lines = language.source().lines().filter(|line| !line.starts_with('#'));
        lines.filter_map(|line| line.split_once(" = ").map(|(key, _)| key)).collect()
    }

    #[test]
    fn every_file_parses_and_has_no_key_that_english_lacks() {
        let reference: BTreeSet<_> = keys(Language::English).into_iter().collect();
        for language in Language::ALL {
            let parsed = FluentResource::try_new(language.source().to_owned());
            let resource = parsed.map_err(|(_, errors)| errors).expect("the file parses");
            let own = keys(language);
            // Each entry is a message or a comment; comments stand above their own block.
            assert!(resource.entries().count() >= own.len(), "{language:?}");
            let unique: BTreeSet<_> = own.iter().copied().collect();
            assert_eq!(unique.len(), own.len(), "{language:?} has a key twice");
            let unknown: Vec<_> = unique.difference(&reference).collect();
            assert!(unknown.is_empty(), "{language:?} has unknown keys {unknown:?}");
            let bundle = &BUNDLES[&language];
            let plain = |message: FluentMessage<'_>| message.value().is_some();
            assert!(own.iter().all(|key| bundle.get_message(key).is_some_and(plain)), "{language:?}");
        }
    }

    /// What each language lacks is written here, so that a text added in English alone is seen in review.
    #[test]
    fn what_is_not_translated_is_listed() {
        let all = keys(Language::English).len();
        for language in Language::ALL {
            let lacking: Vec<_> =
                keys(Language::English).into_iter().filter(|key| language.own(key).is_none()).collect();
            eprintln!("{}: {} of {all} texts missing", language.name(), lacking.len());
            assert!(lacking.is_empty() || language == Language::Tigrinya, "{language:?} lacks {lacking:?}");
            // Each of them is shown as English, marked, and told to the officer: none falls back in silence.
            let speaker = Speaker::new(language);
            for key in &lacking {
                let shown = speaker.say(key).into_string();
                let english = Language::English.own(key).expect("there");
                assert!(shown.contains(&*html! { (english) }.into_string()), "{key}: {shown}");
                assert!(
                    shown.contains(r#"lang="en""#) && shown.contains("untranslated-mark"),
                    "{key}: {shown}"
                );
                assert!(
                    speaker.notice().into_string().contains(&*html! { (english) }.into_string()),
                    "{key}"
                );
            }
            // And what the language has is never English under another name; these words are the same in both.
            let alike = ["Stop", "Photo"];
            let quiet = Speaker::new(language);
            for key in keys(language) {
                let own = language.own(key).expect("there");
                assert!(!quiet.say(key).into_string().contains("untranslated"), "{key}");
                let is_english =
                    language != Language::English && Language::English.own(key).as_ref() == Some(&own);
                assert!(!is_english || alike.contains(&own.as_str()), "{key} is English in {language:?}");
            }
            assert_eq!(quiet.notice().into_string(), "");
        }
        assert!(
            keys(Language::Tigrinya).len() < all,
            "Tigrinya is whole: say so in docs/reference/languages.md"
        );
    }

    #[test]
    fn every_key_the_screens_use_is_there_in_english() {
        let mut used: Vec<String> = Hint::ALL.iter().map(|hint| words::hint(*hint, false)).collect();
        used.extend(Hint::ALL.iter().map(|hint| words::hint(*hint, true)));
        used.extend(["hold".to_owned(), "hold-child".to_owned()]);
        for step in Step::ALL {
            for child in [false, true] {
                let key = words::invitation(step, child);
                used.extend([key.to_owned(), format!("{key}-text")]);
            }
        }
        used.extend(["proof-photo", "proof-photo-text"].map(ToOwned::to_owned));
        used.extend(MATERIALS.iter().flat_map(Material::keys));
        used.extend(super::super::screening::KEYS.iter().map(|key| format!("form-{key}")));
        for key in used {
            assert!(Language::English.own(&key).is_some(), "{key}");
        }
    }

    #[test]
    fn english_hints_say_what_the_officer_reads() {
        for hint in Hint::ALL {
            assert_eq!(Language::English.own(&words::hint(hint, false)).as_deref(), Some(hint.words()));
        }
    }

    #[test]
    fn a_child_is_told_each_hint_in_words_of_their_own() {
        for language in Language::ALL.into_iter().filter(|language| *language != Language::Tigrinya) {
            let hints = Hint::ALL.map(|hint| [words::hint(hint, false), words::hint(hint, true)]);
            let said = hints.into_iter().chain([["hold".to_owned(), "hold-child".to_owned()]]);
            // A short invitation to come closer is the same to both in some languages.
            for [adult, child] in said.filter(|[adult, _]| adult != "hint-face-closer") {
                let (adult_words, child_words) = (language.own(&adult), language.own(&child));
                assert!(child_words.is_some(), "{language:?} lacks {child}");
                assert_ne!(adult_words, child_words, "{language:?} says {adult} to a child as to an adult");
            }
            let longest = Hint::ALL.iter().filter_map(|hint| language.own(&words::hint(*hint, true)));
            for words in longest {
                assert!(words.chars().count() <= 48, "{words:?} is too long to read at a glance");
            }
        }
    }

    #[test]
    fn words_for_the_person_never_blame() {
        for key in keys(Language::English) {
            let words = Language::English.own(key).expect("there").to_lowercase();
            for blame in ["fail", "invalid", "illegal", "error", "wrong", "must", "forc"] {
                assert!(!words.contains(blame), "{words:?} says {blame:?}");
            }
        }
    }

    #[test]
    fn a_missing_text_is_english_marked_and_told_to_the_officer() {
        let speaker = Speaker::new(Language::Tigrinya);
        assert!(!speaker.say("thanks").into_string().contains("untranslated"));
        assert_eq!(speaker.notice().into_string(), "");
        let shown = speaker.say("pause-text").into_string();
        assert!(shown.contains(r#"lang="en" dir="ltr""#) && shown.contains("untranslated-mark"), "{shown}");
        assert!(speaker.notice().into_string().contains("We wait until everybody is back."));
    }

    #[test]
    fn arabic_and_persian_run_from_right_to_left() {
        let from_right = |language: &Language| language.direction() == "rtl";
        let found: Vec<_> = Language::ALL.into_iter().filter(from_right).collect();
        assert_eq!(found, [Language::Arabic, Language::Persian]);
    }

    #[test]
    fn another_text_or_language_is_another_version() {
        let [general, children] = &MATERIALS;
        let versions = [
            version(general, Language::English),
            version(children, Language::English),
            version(general, Language::Arabic),
        ];
        assert!(versions.iter().all(|version| version.len() == 64));
        assert_eq!(versions.iter().collect::<BTreeSet<_>>().len(), 3);
        assert!(Language::Arabic.has(general) && !Language::Tigrinya.has(general));
    }

    #[test]
    fn a_ninth_language_is_named_by_its_tag() {
        for (typed, kept) in [("so", "so"), ("CKB", "ckb"), ("zh_hant", "zh-Hant"), ("ku-latn", "ku-Latn")] {
            assert_eq!(other(typed).as_deref(), Some(kept));
        }
        for wrong in ["", "und", "Somali language", "x", "12", "ar", "AR-EG", "uk"] {
            assert_eq!(other(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn choices_are_bounded() {
        let chosen = Chosen::default();
        for case in 0..=limits::LANGUAGE_CHOICES_MAX as u128 {
            chosen.choose(Uuid::from_u128(case), Language::Arabic);
        }
        assert_eq!(chosen.of(Uuid::from_u128(limits::LANGUAGE_CHOICES_MAX as u128)), Some(Language::Arabic));
        assert!(chosen.0.lock().expect("whole").len() <= limits::LANGUAGE_CHOICES_MAX);
    }
}
