//! The console in the official's language, from one Fluent file per language.
//!
//! Invariant: both files hold the same keys, and no word a person reads stands in the code; tests below hold it.
//! English is the reference: a text that Dutch lacked would be shown in English.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::http::{HeaderMap, header};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// A language of the console. Complete: one per file in `languages/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Language {
    Dutch,
    English,
}

impl Language {
    /// In the order of the choice on the screen.
    pub(crate) const ALL: [Self; 2] = [Self::Dutch, Self::English];

    /// Its BCP 47 tag.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::Dutch => "nl",
            Self::English => "en",
        }
    }

    pub(crate) fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }

    /// The one of the two that a browser asks for first; English where it asks for neither.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let asked =
            headers.get(header::ACCEPT_LANGUAGE).and_then(|asked| asked.to_str().ok()).unwrap_or_default();
        let tags = asked.split(',').filter_map(|range| range.trim().get(..2));
        tags.map(str::to_ascii_lowercase).find_map(|tag| Self::from_tag(&tag)).unwrap_or(Self::English)
    }

    /// The text behind a key.
    pub(crate) fn say(self, key: &str) -> String {
        self.fill(key, &[])
    }

    /// The text behind a key, with its variables.
    pub(crate) fn fill(self, key: &str, variables: &[(&str, Filling<'_>)]) -> String {
        #[cfg(test)]
        tests::SAID.with(|said| said.set(said.get() + 1));
        let variables: FluentArgs<'_> =
            variables.iter().map(|(name, filling)| (*name, filling.value())).collect();
        // A key that even English lacks shows itself: visible, and a test holds that there is none.
        self.own(key, &variables)
            .or_else(|| Self::English.own(key, &variables))
            .unwrap_or_else(|| key.to_owned())
    }

    /// The parts of a list that stands under one key, such as the months.
    pub(crate) fn part(self, key: &str, number: i8) -> String {
        let all = self.say(key);
        let number = usize::try_from(number).unwrap_or_default();
        all.split_whitespace().nth(number).unwrap_or_default().to_owned()
    }

    fn own(self, key: &str, variables: &FluentArgs<'_>) -> Option<String> {
        let bundle = BUNDLES.get(&self)?;
        let pattern = bundle.get_message(key)?.value()?;
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(variables), &mut errors).into_owned();
        errors.is_empty().then_some(text)
    }

    fn source(self) -> &'static str {
        match self {
            Self::Dutch => include_str!("languages/nl.ftl"),
            Self::English => include_str!("languages/en.ftl"),
        }
    }
}

/// What stands in a variable of a text.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Filling<'a> {
    /// How many.
    Count(usize),
    /// Words.
    Text(&'a str),
}

impl<'a> Filling<'a> {
    fn value(self) -> FluentValue<'a> {
        match self {
            Self::Count(count) => FluentValue::from(count),
            Self::Text(text) => FluentValue::from(text),
        }
    }
}

impl From<usize> for Filling<'_> {
    fn from(count: usize) -> Self {
        Self::Count(count)
    }
}

impl<'a> From<&'a str> for Filling<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Filling<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

/// Both files, read once.
static BUNDLES: LazyLock<BTreeMap<Language, FluentBundle<FluentResource>>> = LazyLock::new(|| {
    let bundle = |language: Language| {
        let identifier: LanguageIdentifier = language.tag().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![identifier]);
        // Marks around a variable would be copied along with a value.
        bundle.set_use_isolating(false);
        let resource = match FluentResource::try_new(language.source().to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        bundle.add_resource_overriding(resource);
        (language, bundle)
    };
    Language::ALL.into_iter().map(bundle).collect()
});

#[cfg(test)]
pub(crate) mod tests {
    use std::cell::Cell;
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    use super::*;

    thread_local! {
        /// How often a text was asked for on this thread: a list must not ask more with more items.
        pub(crate) static SAID: Cell<usize> = const { Cell::new(0) };
    }

    /// The keys of a file, read without Fluent: a key begins a line.
    fn keys(language: Language) -> Vec<&'static str> {
        let lines = language.source().lines().filter(|line| !line.starts_with(['#', ' ', '}']));
        lines.filter_map(|line| line.split_once(" =").map(|(key, _)| key)).collect()
    }

    /// The variables a text takes.
    fn variables(language: Language) -> BTreeMap<String, BTreeSet<String>> {
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut key = String::new();
        for line in language.source().lines() {
            if !line.starts_with(['#', ' ', '}'])
                && let Some((name, _)) = line.split_once(" =")
            {
                name.clone_into(&mut key);
            }
            for piece in line.split('$').skip(1) {
                let name: String =
                    piece.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
                found.entry(key.clone()).or_default().insert(name);
            }
        }
        found
    }

    #[test]
    fn both_files_parse_and_have_the_same_keys_and_variables() {
        for language in Language::ALL {
            let parsed = FluentResource::try_new(language.source().to_owned());
            parsed.map_err(|(_, errors)| errors).expect("the file parses");
            let all = keys(language);
            let unique: BTreeSet<_> = all.iter().collect();
            assert_eq!(unique.len(), all.len(), "{language:?} has a key twice");
        }
        let [dutch, english] =
            Language::ALL.map(|language| keys(language).into_iter().collect::<BTreeSet<_>>());
        let apart: Vec<_> = dutch.symmetric_difference(&english).collect();
        assert!(apart.is_empty(), "only in one file: {apart:?}");
        assert_eq!(variables(Language::Dutch), variables(Language::English));
    }

    /// Every source file of the console, without its tests.
    fn sources() -> Vec<(PathBuf, String)> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/console");
        let mut found = Vec::new();
        for folder in [root.clone(), root.join("pages"), root.join("bulk")] {
            for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.extension().is_some_and(|kind| kind == "rs") {
                    let text = std::fs::read_to_string(&path).expect("own source");
                    let code = text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
                    found.push((path, code));
                }
            }
        }
        assert!(found.len() > 20, "the sources were not found");
        found
    }

    #[test]
    fn every_key_in_the_code_is_in_both_files() {
        let known: BTreeSet<_> = keys(Language::English).into_iter().collect();
        let mut missing = BTreeSet::new();
        for (path, code) in sources() {
            for begin in ["say(\"", "fill(\"", "part(\"", "key(\""] {
                for piece in code.split(begin).skip(1) {
                    let key = piece.split('"').next().unwrap_or_default();
                    if !known.contains(key) {
                        missing.insert(format!("{}: {key}", path.display()));
                    }
                }
            }
        }
        assert!(missing.is_empty(), "{missing:#?}");
    }

    /// Words begin with a capital or stand beside each other; names of keys, classes and fields do neither.
    #[test]
    fn no_words_stand_in_the_pages() {
        let mut found = Vec::new();
        for (path, code) in sources()
            .into_iter()
            .filter(|(path, _)| path.components().any(|part| part.as_os_str() == "pages"))
        {
            let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
            for literal in lines.flat_map(|line| line.split('"').skip(1).step_by(2)) {
                let letters: Vec<_> = literal.chars().collect();
                let lower = |c: Option<&char>| c.is_some_and(char::is_ascii_lowercase);
                let capital = letters.first().is_some_and(char::is_ascii_uppercase) && lower(letters.get(1));
                let beside = letters.windows(5).any(|part| {
                    part.get(2) == Some(&' ') && [0, 1, 3, 4].iter().all(|at| lower(part.get(*at)))
                });
                // The name of a key on the keyboard.
                if (capital || beside) && literal != "Enter" {
                    found.push(format!("{}: {literal}", path.display()));
                }
            }
        }
        assert!(found.is_empty(), "{found:#?}");
    }

    #[test]
    fn the_browser_says_which_language() {
        let check = |asked: &str, expect: Language| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, asked.parse().expect("a header"));
            assert_eq!(Language::of(&headers), expect, "{asked}");
        };
        check("nl-NL,nl;q=0.9,en;q=0.8", Language::Dutch);
        check("en-GB", Language::English);
        check("fr, nl;q=0.5", Language::Dutch);
        check("de", Language::English);
        check("é", Language::English);
        assert_eq!(Language::of(&HeaderMap::new()), Language::English);
    }
}
