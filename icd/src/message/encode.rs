//! Messages to XML. The order of elements is the schema's order; [`super::decode`] mirrors it line by line.

use std::fmt::Display;

use super::answer::{Answer, AnswerList, HitDataset, Outcome};
use super::change::Change;
use super::receipt::Receipt;
use super::submission::{Priority, Submission};
use super::{Message, NAMESPACE, tree};
use crate::dataset::{Additional, Authenticity, Dataset};
use crate::hex;
use crate::notice::{Notice, NoticeList};

pub(super) fn message(message: &Message) -> String {
    let mut xml = Xml::new();
    match message {
        Message::Submission(inner) => submission(&mut xml, inner),
        Message::Change(inner) => change(&mut xml, inner),
        Message::Receipt(inner) => receipt(&mut xml, inner),
        Message::Answer(inner) => answer(&mut xml, inner),
    }
    xml.text
}

pub(super) fn answer_list(list: &AnswerList) -> String {
    let mut xml = Xml::new();
    xml.nest("answers", |xml| {
        for one in &list.answers {
            answer(xml, one);
        }
    });
    xml.text
}

pub(super) fn notice_list(list: &NoticeList) -> String {
    let mut xml = Xml::new();
    xml.nest("notices", |xml| {
        for one in &list.notices {
            notice(xml, one);
        }
    });
    xml.text
}

/// Text under construction. Indented, because people read envelopes when something went wrong.
struct Xml {
    text: String,
    depth: usize,
}

impl Xml {
    fn new() -> Self {
        Self { text: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned(), depth: 0 }
    }

    fn open(&mut self, name: &str) {
        self.text.extend(std::iter::repeat_n("  ", self.depth));
        self.text.push('<');
        self.text.push_str(name);
        if self.depth == 0 {
            self.text.push_str(" xmlns=\"");
            self.text.push_str(NAMESPACE);
            self.text.push('"');
        }
        self.text.push('>');
    }

    fn close(&mut self, name: &str) {
        self.text.push_str("</");
        self.text.push_str(name);
        self.text.push_str(">\n");
    }

    fn nest(&mut self, name: &str, inner: impl FnOnce(&mut Self)) {
        self.open(name);
        self.text.push('\n');
        self.depth += 1;
        inner(self);
        self.depth -= 1;
        self.text.extend(std::iter::repeat_n("  ", self.depth));
        self.close(name);
    }

    fn leaf(&mut self, name: &str, value: impl Display) {
        self.open(name);
        for c in value.to_string().chars() {
            match c {
                '&' => self.text.push_str("&amp;"),
                '<' => self.text.push_str("&lt;"),
                '>' => self.text.push_str("&gt;"),
                // A bare carriage return would come back as a line feed.
                '\r' => self.text.push_str("&#13;"),
                // XML 1.0 has no way to carry these; a visible mark is better than an unreadable message.
                c if !tree::is_xml_character(c) => self.text.push('\u{fffd}'),
                c => self.text.push(c),
            }
        }
        self.close(name);
    }

    fn maybe(&mut self, name: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.leaf(name, value);
        }
    }

    fn many<T: Display>(&mut self, name: &str, values: impl IntoIterator<Item = T>) {
        for value in values {
            self.leaf(name, value);
        }
    }
}

fn submission(xml: &mut Xml, s: &Submission) {
    xml.nest("submission", |xml| {
        xml.leaf("message-id", s.message_id);
        xml.leaf("sender", &s.sender);
        xml.leaf("operator", &s.operator);
        xml.leaf("category", s.category.code());
        xml.leaf("reference-number", s.reference_number.as_str());
        if let Priority::Urgent { reason } = &s.priority {
            xml.leaf("urgent-reason", reason);
        }
        xml.leaf("clock-start", s.clock_start);
        xml.leaf("captured-at", s.captured_at);
        xml.leaf("sent-at", s.sent_at);
        xml.leaf("minor", s.minor);
        dataset(xml, &s.dataset);
        xml.nest("container", |xml| {
            xml.leaf("sha256", hex::encode(&s.container.sha256));
            xml.leaf("length-bytes", s.container.length_bytes);
        });
    });
}

fn dataset(xml: &mut Xml, d: &Dataset) {
    xml.nest("dataset", |xml| {
        xml.many("surname", &d.surnames);
        xml.many("forename", &d.forenames);
        xml.many("birth-name", &d.birth_names);
        xml.many("former-name", &d.former_names);
        xml.many("alias", &d.aliases);
        xml.many("nationality", d.nationalities.iter().map(|code| code.as_str().to_owned()));
        xml.maybe("birth-date", d.birth_date);
        xml.maybe("birth-place", d.birth_place.as_ref());
        xml.leaf("sex", d.sex.code());
        xml.nest("event", |xml| {
            xml.leaf("member-state", d.event.member_state.as_str());
            xml.leaf("place", &d.event.place);
            xml.leaf("date", d.event.date);
        });
        if let Some(document) = &d.document {
            xml.nest("document", |xml| {
                xml.leaf("kind", &document.kind);
                xml.leaf("number", &document.number);
                xml.leaf("issuing-country", document.issuing_country.as_str());
                xml.maybe("expires-on", document.expires_on);
            });
        }
        for copy in &d.document_copies {
            xml.nest("document-copy", |xml| {
                xml.leaf("of", copy.document.word());
                xml.maybe("authenticity", copy.authenticity.map(Authenticity::word));
                xml.leaf("sha256", hex::encode(&copy.sha256));
            });
        }
        xml.leaf("operator", &d.operator);
        xml.leaf("biometrics-taken-on", d.biometrics_taken_on);
        if d.additional != Additional::default() {
            additional(xml, &d.additional);
        }
    });
}

fn additional(xml: &mut Xml, a: &Additional) {
    xml.nest("additional", |xml| {
        xml.maybe("granted-on", a.granted_on);
        xml.maybe("refused-on", a.refused_on);
        xml.maybe("refusal-grounds", a.refusal_grounds.as_ref());
        xml.maybe("discontinued-on", a.discontinued_on);
        xml.maybe("exclusion-ground", a.exclusion_ground.as_ref());
        xml.maybe("council-decision", a.council_decision.as_ref());
        xml.maybe("responsible-state", a.responsible_state.as_ref().map(|s| s.as_str()));
        xml.maybe("relocation-state", a.relocation_state.as_ref().map(|s| s.as_str()));
        xml.maybe("arrived-take-charge-on", a.arrived_take_charge_on);
        xml.maybe("arrived-take-back-on", a.arrived_take_back_on);
        xml.maybe("left-on", a.left_on);
        xml.maybe("removed-on", a.removed_on);
        xml.maybe("arrived-relocation-on", a.arrived_relocation_on);
        if let Some(visa) = &a.visa {
            xml.nest("visa", |xml| {
                xml.leaf("issuing-state", visa.issuing_state.as_str());
                xml.leaf("application-number", &visa.application_number);
            });
        }
        xml.maybe("security-flag", a.security_flag.map(|ground| ground.word()));
        xml.maybe("rejected", a.rejected.then_some(true));
        xml.maybe("border-rejection-final", a.border_rejection_final.then_some(true));
        xml.maybe("return-assistance", a.return_assistance.then_some(true));
    });
}

fn change(xml: &mut Xml, c: &Change) {
    xml.nest("change", |xml| {
        xml.leaf("message-id", c.message_id);
        xml.leaf("sender", &c.sender);
        xml.leaf("operator", &c.operator);
        xml.leaf("operation", c.operation.code());
        xml.leaf("reference-number", c.reference_number.as_str());
        xml.leaf("clock-start", c.clock_start);
        xml.leaf("sent-at", c.sent_at);
        for field in &c.fields {
            xml.nest("field", |xml| {
                xml.leaf("name", &field.name);
                xml.leaf("value", &field.value);
            });
        }
        xml.leaf("reason", &c.reason);
    });
}

fn receipt(xml: &mut Xml, r: &Receipt) {
    xml.nest("receipt", |xml| {
        xml.leaf("message-id", r.message_id);
        xml.leaf("received-at", r.received_at);
        xml.leaf("content-sha256", hex::encode(&r.content_sha256));
        xml.leaf("issuer", &r.issuer);
        xml.leaf("audit-sequence", r.audit_sequence);
        xml.leaf("audit-hash", hex::encode(&r.audit_hash));
        xml.leaf("signature", hex::encode(&r.signature));
        xml.leaf("key-id", &r.key_id);
    });
}

fn answer(xml: &mut Xml, a: &Answer) {
    xml.nest("answer", |xml| {
        xml.leaf("answer-id", a.answer_id);
        xml.leaf("in-reply-to", a.in_reply_to);
        xml.leaf("reference-number", a.reference_number.as_str());
        xml.leaf("answered-at", a.answered_at);
        outcome(xml, &a.outcome);
    });
}

fn notice(xml: &mut Xml, n: &Notice) {
    xml.nest("notice", |xml| {
        xml.leaf("notice-id", n.notice_id);
        xml.leaf("raised-at", n.raised_at);
        xml.leaf("kind", n.kind.rule().word);
        xml.leaf("reference-number", n.reference_number.as_str());
        xml.maybe("changed", n.changed.as_ref().map(|number| number.as_str()));
        xml.maybe("responsible-state", n.responsible_state.as_ref().map(|state| state.as_str()));
    });
}

fn outcome(xml: &mut Xml, outcome: &Outcome) {
    if matches!(outcome, Outcome::NoHit | Outcome::Registered) {
        // Empty by the schema: not even a line end stands inside.
        return xml.leaf(outcome.word(), "");
    }
    xml.nest(outcome.word(), |xml| match outcome {
        Outcome::NoHit | Outcome::Registered => {}
        Outcome::Hit(datasets) => datasets.iter().for_each(|one| hit(xml, one)),
        Outcome::QualityInsufficient { fingers } => {
            for one in fingers {
                xml.nest("finger", |xml| {
                    xml.leaf("position", one.finger.code());
                    xml.maybe("score", one.score);
                    xml.maybe("required", one.required);
                });
            }
        }
        Outcome::SequenceError { fingers } => xml.many("position", fingers.iter().map(|f| f.code())),
        Outcome::Rejected(findings) => {
            for finding in findings {
                xml.nest("finding", |xml| {
                    xml.leaf("code", &finding.code);
                    xml.leaf("severity", finding.severity.word());
                    xml.leaf("field", &finding.field);
                    xml.leaf("message", &finding.message);
                    if let Some(accepted) = &finding.accepted {
                        xml.leaf("accepted", accepted);
                    }
                });
            }
        }
        Outcome::Done { web_receipt } => xml.leaf("web-receipt", web_receipt),
    });
}

fn hit(xml: &mut Xml, h: &HitDataset) {
    xml.nest("match", |xml| {
        xml.leaf("reference-number", h.reference_number.as_str());
        xml.leaf("category", h.category.code());
        xml.leaf("matched", h.matched.word());
        xml.leaf("stored-at", h.stored_at);
        xml.many("mark", h.marks.iter().map(|mark| mark.word()));
        if let Some(inner) = &h.dataset {
            dataset(xml, inner);
        }
    });
}
