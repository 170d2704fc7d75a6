//! The published schema against the types, both ways.
//!
//! One way: what the crate writes has the structure, the order and the words of the schema. The other way: what the
//! schema calls required cannot be left out, what it calls optional can, and what it does not know is refused.

use std::collections::BTreeMap;

use icd::dataset::{Authenticity, CopiedDocument, SecurityGround};
use icd::error::Error;
use icd::finding::Severity;
use icd::message::{AnswerList, Mark, MatchKind, Message};
use icd::notice::{NoticeKind, NoticeList};
use icd::operation::Operation;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

#[path = "../fuzz/src/seeds.rs"]
#[allow(dead_code)]
mod seeds;

const SCHEMA: &str = include_str!("../schema/icd-1.xsd");

/// A tree of elements: of the schema itself, or of a message.
#[derive(Clone, Debug, Default)]
struct Node {
    name: String,
    attributes: BTreeMap<String, String>,
    text: String,
    children: Vec<Self>,
}

impl Node {
    fn parse(xml: &str) -> Self {
        let mut reader = Reader::from_str(xml);
        reader.config_mut().expand_empty_elements = true;
        let mut stack = vec![Self::default()];
        loop {
            match reader.read_event().expect("well-formed") {
                Event::Start(start) => stack.push(Self::open(&start)),
                Event::End(_) => {
                    let node = stack.pop().expect("opened");
                    stack.last_mut().expect("a parent").children.push(node);
                }
                Event::Text(text) => stack.last_mut().expect("a parent").text.push_str(&text),
                Event::GeneralRef(_) => stack.last_mut().expect("a parent").text.push('?'),
                Event::Eof => break,
                _ => {}
            }
        }
        stack.remove(0).children.remove(0)
    }

    fn open(start: &BytesStart<'_>) -> Self {
        let attributes = start.attributes().map(|a| {
            let a = a.expect("an attribute");
            (a.key.0.to_string(), a.value.to_string())
        });
        Self {
            name: start.local_name().into_inner().to_string(),
            attributes: attributes.collect(),
            ..Self::default()
        }
    }

    fn named(&self, name: &str) -> &Self {
        let mut found =
            self.children.iter().filter(|child| child.attributes.get("name").is_some_and(|n| n == name));
        found.next().unwrap_or_else(|| panic!("the schema lacks {name}"))
    }

    fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).unwrap_or_else(|| panic!("{} lacks {name}", self.name))
    }

    fn occurs(&self) -> (usize, usize) {
        let number = |name: &str| self.attributes.get(name).map_or(1, |n| n.parse().expect("a number"));
        (number("minOccurs"), number("maxOccurs"))
    }

    fn to_xml(&self) -> String {
        let inner: String = self.children.iter().map(Self::to_xml).collect();
        let text = if self.children.is_empty() { self.text.as_str() } else { "" };
        format!("<{0}>{text}{inner}</{0}>", self.name)
    }

    fn document(&self) -> String {
        self.to_xml().replacen(&self.name, &format!("{} xmlns=\"{}\"", self.name, icd::message::NAMESPACE), 1)
    }
}

struct Schema(Node);

impl Schema {
    fn root_type(&self, name: &str) -> &str {
        self.0.named(name).attribute("type")
    }

    /// The particles of a complex type, or `None` for a simple one.
    fn particles(&self, name: &str) -> Option<&[Node]> {
        let node = self.0.named(name);
        (node.name == "complexType").then(|| node.children[0].children.as_slice())
    }

    fn words(&self, name: &str) -> Vec<&str> {
        let restriction = &self.0.named(name).children[0];
        restriction
            .children
            .iter()
            .filter(|c| c.name == "enumeration")
            .map(|c| c.attribute("value"))
            .collect()
    }

    /// Checks a message's element against its type.
    fn check(&self, node: &Node, type_name: &str) {
        let Some(particles) = self.particles(type_name) else {
            assert!(node.children.is_empty(), "{} is a value", node.name);
            let words = self.words(type_name);
            assert!(
                words.is_empty() || words.contains(&node.text.as_str()),
                "{} is not {words:?}",
                node.name
            );
            return;
        };
        assert!(!particles.is_empty() || node.text.is_empty(), "{} is empty", node.name);
        let mut rest = node.children.as_slice();
        for particle in particles {
            let options =
                if particle.name == "choice" { &particle.children } else { std::slice::from_ref(particle) };
            let (least, most) = particle.occurs();
            let mut count = 0;
            while let Some((option, (first, others))) = rest.split_first().and_then(|(first, others)| {
                Some((options.iter().find(|o| o.attribute("name") == first.name)?, (first, others)))
            }) {
                self.check(first, option.attribute("type"));
                (rest, count) = (others, count + 1);
            }
            let name = options[0].attribute("name");
            assert!((least..=most).contains(&count), "{count} of {name} in {}", node.name);
        }
        assert!(rest.is_empty(), "{} has {} too many or out of order", node.name, rest[0].name);
    }

    /// Every way to take one element out of a message or to put one in; true where the schema allows the result.
    fn variants(&self, node: &Node, type_name: &str) -> Vec<(Node, bool)> {
        let Some(particles) = self.particles(type_name) else { return Vec::new() };
        let mut found = Vec::new();
        let mut alien = node.clone();
        alien.children.push(Node { name: "unknown-thing".to_owned(), ..Node::default() });
        found.push((alien, false));
        for (index, child) in node.children.iter().enumerate() {
            let options = particles.iter().flat_map(|p| {
                if p.name == "choice" { p.children.as_slice() } else { std::slice::from_ref(p) }
            });
            let particle =
                options.into_iter().find(|o| o.attribute("name") == child.name).expect("checked before");
            let same = node.children.iter().filter(|other| other.name == child.name).count();
            let (least, most) = particle.occurs();
            let mut without = node.clone();
            without.children.remove(index);
            found.push((without, same > least));
            let mut twice = node.clone();
            twice.children.insert(index, child.clone());
            found.push((twice, same < most));
            for (inner, allowed) in self.variants(child, particle.attribute("type")) {
                let mut changed = node.clone();
                changed.children[index] = inner;
                found.push((changed, allowed));
            }
        }
        found
    }
}

fn read(root: &str, xml: &str) -> Result<(), Error> {
    match root {
        "answers" => AnswerList::from_xml(xml.as_bytes()).map(|_| ()),
        "notices" => NoticeList::from_xml(xml.as_bytes()).map(|_| ()),
        _ => Message::from_xml(xml.as_bytes()).map(|_| ()),
    }
}

fn messages() -> Vec<Node> {
    let parse = |bytes: &Vec<u8>| Node::parse(std::str::from_utf8(bytes).expect("UTF-8"));
    let messages: Vec<Node> = seeds::envelopes().iter().map(parse).collect();
    assert!(messages.len() >= 10);
    messages
}

#[test]
fn what_is_written_fits_the_schema() {
    let schema = Schema(Node::parse(SCHEMA));
    for message in messages() {
        schema.check(&message, schema.root_type(&message.name));
    }
}

#[test]
fn what_the_schema_refuses_is_refused_and_the_rest_is_not() {
    let schema = Schema(Node::parse(SCHEMA));
    let (mut allowed_seen, mut refused_seen) = (0, 0);
    for message in messages() {
        for (variant, allowed) in schema.variants(&message, schema.root_type(&message.name)) {
            let xml = variant.document();
            let read = read(&message.name, &xml);
            assert_eq!(read.is_ok(), allowed, "{:?}: {xml}", read.err());
            if allowed { allowed_seen += 1 } else { refused_seen += 1 }
        }
    }
    assert!(allowed_seen > 40 && refused_seen > 200, "{allowed_seen} allowed, {refused_seen} refused");
}

#[test]
fn the_words_are_those_of_the_types() {
    let schema = Schema(Node::parse(SCHEMA));
    assert_eq!(schema.words("SecurityGround"), SecurityGround::ALL.map(SecurityGround::word));
    assert_eq!(schema.words("CopiedDocument"), CopiedDocument::ALL.map(CopiedDocument::word));
    assert_eq!(schema.words("Authenticity"), Authenticity::ALL.map(Authenticity::word));
    assert_eq!(schema.words("MatchKind"), MatchKind::ALL.map(MatchKind::word));
    assert_eq!(schema.words("Mark"), Mark::ALL.map(Mark::word));
    assert_eq!(schema.words("Severity"), [Severity::Warning, Severity::Error].map(Severity::word));
    assert_eq!(schema.words("NoticeKind"), NoticeKind::ALL.map(|kind| kind.rule().word));
    let later = Operation::ALL.into_iter().filter(|o| *o != Operation::Submit).map(Operation::code);
    assert_eq!(schema.words("LaterChange"), later.collect::<Vec<_>>());
}

#[test]
fn the_bounds_and_the_namespace_are_those_of_the_crate() {
    let schema = Schema(Node::parse(SCHEMA));
    assert_eq!(schema.0.attribute("targetNamespace"), icd::message::NAMESPACE);
    for (name, most) in [
        ("Dataset", icd::limits::REPEATS_MAX),
        ("Answers", icd::limits::ANSWERS_MAX),
        ("Notices", icd::limits::NOTICES_MAX),
    ] {
        assert_eq!(schema.particles(name).expect("complex")[0].occurs(), (0, most), "{name}");
    }
    let longest = &schema.0.named("Text").children[0].children[1];
    assert_eq!(longest.attribute("value"), icd::limits::TEXT_BYTES_MAX.to_string());
}
