//! Prints the scripted day: a heading per story, a line per step with its time, and a verdict at the end.

use std::io::{IsTerminal, Write};

use jiff::{Timestamp, tz::TimeZone};

/// Where the day is told.
pub struct Timeline {
    colour: bool,
    stories: Vec<(String, Verdict)>,
}

/// How a story ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// As it should.
    AsDescribed,
    /// Otherwise: what was expected and what happened.
    Otherwise(String),
}

impl Timeline {
    /// Tells to standard output, in colour when that is a terminal.
    pub fn new() -> Self {
        Self { colour: std::io::stdout().is_terminal(), stories: Vec::new() }
    }

    /// A line outside the stories.
    pub fn note(&self, text: &str) {
        self.line(&format!("  {text}"));
    }

    /// Opens a story.
    pub fn story(&self, number: usize, title: &str) {
        self.line("");
        self.line(&self.paint(BOLD, &format!("{number}. {title}")));
    }

    /// One step: who acted, and what happened.
    pub fn step(&self, who: &str, what: &str) {
        let now = Timestamp::now().to_zoned(TimeZone::get("Europe/Amsterdam").unwrap_or(TimeZone::UTC));
        self.line(&format!(
            "   {}  {who:<9} {what}",
            self.paint(DIM, &now.strftime("%H:%M:%S%.3f").to_string())
        ));
    }

    /// Closes a story.
    pub fn close(&mut self, title: &str, verdict: Verdict) {
        match &verdict {
            Verdict::AsDescribed => self.line(&format!("   {}", self.paint(GREEN, "✓ as described"))),
            Verdict::Otherwise(reason) => {
                self.line(&format!("   {}", self.paint(RED, &format!("✗ {reason}"))))
            }
        }
        self.stories.push((title.to_owned(), verdict));
    }

    /// Prints the summary; true when every story ended as described.
    pub fn finish(&self) -> bool {
        self.line("");
        let good = self.stories.iter().filter(|(_, verdict)| *verdict == Verdict::AsDescribed).count();
        for (title, verdict) in &self.stories {
            let mark = if *verdict == Verdict::AsDescribed {
                self.paint(GREEN, "✓")
            } else {
                self.paint(RED, "✗")
            };
            self.line(&format!("   {mark} {title}"));
        }
        self.line(&format!("   {good} of {} stories ended as described", self.stories.len()));
        good == self.stories.len()
    }

    fn paint(&self, colour: &str, text: &str) -> String {
        if self.colour { format!("{colour}{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn line(&self, text: &str) {
        // A reader who closed the pipe does not want the rest; that is no reason to stop the day.
        let _ = writeln!(std::io::stdout(), "{text}");
    }
}

impl Default for Timeline {
    fn default() -> Self {
        Self::new()
    }
}

const BOLD: &str = "\u{1b}[1m";
const DIM: &str = "\u{1b}[2m";
const GREEN: &str = "\u{1b}[32m";
const RED: &str = "\u{1b}[31m";
