//! The scripted day: six stories, each played through the interfaces that people use, each judged by what every side
//! says afterwards.

mod adult;
mod erasure;
mod girl;
mod power_cut;
mod under_six;

use crate::{
    Error,
    central::Central,
    kiosk::{Kiosk, Taken},
    prints::Cast,
    process::Program,
    running::{Binaries, Running},
    site::{OFFICER, Site},
    timeline::{Timeline, Verdict},
};

/// Everything a story needs.
pub struct Day<'a> {
    site: &'a Site,
    binaries: &'a Binaries,
    cast: Cast,
    central: Central,
    kiosk_1: Kiosk,
    kiosk_2: Kiosk,
    timeline: Timeline,
    first_reference_number: Option<String>,
    second_reference_number: Option<String>,
}

impl<'a> Day<'a> {
    /// Signs the officers in.
    ///
    /// # Errors
    /// When somebody cannot sign in.
    pub async fn begin(
        site: &'a Site,
        binaries: &'a Binaries,
        cast: Cast,
        timeline: Timeline,
    ) -> Result<Self, Error> {
        let officer = site
            .person(OFFICER)
            .ok_or_else(|| Error::Site("the officer is not in the register".to_owned()))?;
        let mut kiosk_1 = Kiosk::at("kiosk 1", site.ports.kiosk_1)?;
        kiosk_1.sign_in(officer).await?;
        let mut kiosk_2 = Kiosk::at("kiosk 2", site.ports.kiosk_2)?;
        kiosk_2.sign_in(officer).await?;
        Ok(Self {
            central: Central::of(site)?,
            kiosk_1,
            kiosk_2,
            site,
            binaries,
            cast,
            timeline,
            first_reference_number: None,
            second_reference_number: None,
        })
    }

    /// Plays all six; true when each ended as described. A story that cannot go on is told and the day continues.
    pub async fn play(&mut self, running: &mut Running) -> bool {
        for number in 1..=TITLES.len() {
            let title = TITLES[number - 1];
            self.timeline.story(number, title);
            let ended = self.story(number, &mut running.gateway).await;
            let verdict = match ended {
                Ok(()) => Verdict::AsDescribed,
                Err(error) => Verdict::Otherwise(format!("{error} ({})", error.code())),
            };
            self.timeline.close(title, verdict);
        }
        self.timeline.finish()
    }

    /// Leaves one erasure waiting at the console, so that a person who looks at it finds work.
    ///
    /// # Errors
    /// When the gateway does not take it.
    pub async fn leave_work(&self) -> Result<(), Error> {
        match &self.first_reference_number {
            Some(number) => erasure::ask(self.site, number).await.map(drop),
            None => Ok(()),
        }
    }

    async fn story(&mut self, number: usize, gateway: &mut Program) -> Result<(), Error> {
        match number {
            1 => adult::first_visit(self).await,
            2 => adult::second_visit(self).await,
            3 => girl::with_her_mother(self).await,
            4 => under_six::refused(self).await,
            5 => erasure::keyed_by_hand(self).await,
            _ => power_cut::arrives_once(self, gateway).await,
        }
    }

    fn tell(&self, who: &str, what: &str) {
        self.timeline.step(who, what);
    }

    fn tell_taken(&self, who: &str, taken: &[Taken]) {
        for step in taken {
            let quality: Vec<_> = step
                .quality
                .iter()
                .map(|(finger, quality)| format!("{} {quality}", finger_name(finger)))
                .collect();
            let tries =
                if step.attempts == 1 { "first try".to_owned() } else { format!("{} tries", step.attempts) };
            let quality =
                if step.step == "face" { "portrait framed".to_owned() } else { quality.join(" · ") };
            self.timeline.step(who, &format!("{:<10} {tries}: {quality}", step.step));
        }
    }
}

/// Fails a story with what was expected.
fn expect(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), Error> {
    if holds { Ok(()) } else { Err(Error::Unexpected(otherwise())) }
}

/// A short name for a finger position code.
fn finger_name(code: &str) -> &str {
    match code {
        "1" | "6" => "thumb",
        "2" | "7" => "index",
        "3" | "8" => "middle",
        "4" | "9" => "ring",
        "5" | "10" => "little",
        other => other,
    }
}

const TITLES: [&str; 6] = [
    "An adult applicant: ten fingers and a face, sealed, sent, no hit",
    "The same person under another name at a second kiosk: a hit",
    "A girl of eight with her mother: every gate asked, captured, sent",
    "A boy \"about six\" without a document: refused before the sensor",
    "An erasure without an interface: a person keys it, the clock stops",
    "The gateway is killed in the middle of a submission: it arrives once",
];
