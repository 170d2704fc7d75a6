//! A small, bounded element tree between the XML reader and the messages.
//!
//! Why a tree: an envelope is a few kilobytes, and with the tree in hand every refusal can say *which* element at
//! which line is unknown, repeated or missing. Bounds of [`crate::limits`] are checked while reading, before memory is
//! taken.
//!
//! Refused here: anything but UTF-8 and XML 1.0, document types, entities other than the five predefined ones,
//! processing instructions, comments, attributes, elements of another namespace, text beside elements.

use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;

use super::NAMESPACE;
use crate::error::{Error, XmlProblem};
use crate::limits;

/// One element, with where it stands.
#[derive(Debug)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) text: String,
    pub(super) children: Vec<Self>,
    pub(super) place: Place,
}

/// Line and column, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    line: usize,
    column: usize,
}

impl Place {
    pub(super) fn error(self, problem: XmlProblem) -> Error {
        Error::Xml { problem, line: self.line, column: self.column }
    }
}

/// Reads a document into its root element.
pub(super) fn parse(bytes: &[u8], bytes_max: usize) -> Result<Element, Error> {
    let start = Place { line: 1, column: 1 };
    if bytes.len() > bytes_max {
        return Err(start.error(XmlProblem::TooLarge("the size of the envelope")));
    }
    let text = std::str::from_utf8(bytes).map_err(|e| {
        let valid =
            bytes.get(..e.valid_up_to()).and_then(|b| std::str::from_utf8(b).ok()).unwrap_or_default();
        advance(start, valid).error(XmlProblem::NotWellFormed)
    })?;
    let mut builder = Builder { stack: Vec::new(), root: None, elements: 0 };
    let mut reader = NsReader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut place = start;
    let mut consumed = 0;
    loop {
        let event = read(&mut reader, place);
        // Each byte is walked over once: positions cost no more than one more pass over the text.
        let position = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX).min(text.len());
        let here = place;
        place = advance(place, text.get(consumed..position).unwrap_or_default());
        consumed = position.max(consumed);
        if !builder.take(event?, here)? {
            break;
        }
    }
    builder.root.ok_or_else(|| place.error(XmlProblem::NotWellFormed))
}

/// An event whose namespace has been checked.
type Checked<'t> = Event<'t>;

fn read<'t>(reader: &mut NsReader<&'t [u8]>, place: Place) -> Result<Checked<'t>, Error> {
    let (namespace, event) =
        reader.read_resolved_event().map_err(|_| place.error(XmlProblem::NotWellFormed))?;
    let ours = matches!(namespace, ResolveResult::Bound(ns) if ns.0 == NAMESPACE);
    if matches!(event, Event::Start(_)) && !ours {
        return Err(place.error(XmlProblem::WrongNamespace));
    }
    Ok(event)
}

struct Builder {
    stack: Vec<Element>,
    root: Option<Element>,
    elements: usize,
}

impl Builder {
    /// Takes one event; false at the end of the document.
    fn take(&mut self, event: Event<'_>, place: Place) -> Result<bool, Error> {
        match event {
            Event::Start(start) => self.open(&start, place)?,
            Event::End(_) => self.close(place)?,
            Event::Text(text) => self.text(&text.xml10_content(), place)?,
            Event::CData(text) => self.text(&text.xml10_content(), place)?,
            Event::GeneralRef(reference) => {
                let character = resolve(&reference, place)?;
                self.text(character.encode_utf8(&mut [0; 4]), place)?;
            }
            Event::Decl(declaration) => check_declaration(&declaration, place)?,
            Event::DocType(_) => return Err(place.error(XmlProblem::DocumentType)),
            Event::Comment(_) => return Err(place.error(XmlProblem::Unknown("comment".to_owned()))),
            Event::PI(_) => return Err(place.error(XmlProblem::Unknown("processing instruction".to_owned()))),
            Event::Empty(_) => return Err(place.error(XmlProblem::NotWellFormed)),
            Event::Eof => {
                return if self.stack.is_empty() {
                    Ok(false)
                } else {
                    Err(place.error(XmlProblem::NotWellFormed))
                };
            }
        }
        Ok(true)
    }

    fn open(&mut self, start: &BytesStart<'_>, place: Place) -> Result<(), Error> {
        self.elements += 1;
        if self.elements > limits::XML_ELEMENTS_MAX {
            return Err(place.error(XmlProblem::TooLarge("the number of elements")));
        }
        if self.stack.len() >= limits::XML_DEPTH_MAX {
            return Err(place.error(XmlProblem::TooLarge("the depth of elements")));
        }
        if self.stack.is_empty() && self.root.is_some() {
            return Err(place.error(XmlProblem::NotWellFormed));
        }
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|_| place.error(XmlProblem::NotWellFormed))?;
            if attribute.key.as_namespace_binding().is_none() {
                return Err(place.error(XmlProblem::Unknown(safe_name(attribute.key.0))));
            }
        }
        let name = safe_name(start.local_name().into_inner());
        self.stack.push(Element { name, text: String::new(), children: Vec::new(), place });
        Ok(())
    }

    fn close(&mut self, place: Place) -> Result<(), Error> {
        let mut element = self.stack.pop().ok_or_else(|| place.error(XmlProblem::NotWellFormed))?;
        if !element.children.is_empty() {
            // White space between elements is layout. Anything else there would be dropped, so it is refused.
            if !element.text.chars().all(|c| matches!(c, ' ' | '\t' | '\n' | '\r')) {
                return Err(element.place.error(XmlProblem::Unknown("text beside elements".to_owned())));
            }
            element.text.clear();
        }
        match self.stack.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
        Ok(())
    }

    fn text(&mut self, text: &str, place: Place) -> Result<(), Error> {
        if !text.chars().all(is_xml_character) {
            return Err(place.error(XmlProblem::NotWellFormed));
        }
        let Some(element) = self.stack.last_mut() else {
            let blank = text.trim_start_matches('\u{feff}').chars().all(char::is_whitespace);
            return if blank { Ok(()) } else { Err(place.error(XmlProblem::NotWellFormed)) };
        };
        if element.text.len() + text.len() > limits::XML_TEXT_BYTES_MAX {
            return Err(place.error(XmlProblem::TooLarge("the length of one text")));
        }
        element.text.push_str(text);
        Ok(())
    }
}

/// True for the characters XML 1.0 can carry.
pub(super) fn is_xml_character(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

fn resolve(reference: &BytesRef<'_>, place: Place) -> Result<char, Error> {
    match &**reference {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        _ => match reference.resolve_char_ref() {
            Ok(Some(c)) if is_xml_character(c) => Ok(c),
            Ok(Some(_)) => Err(place.error(XmlProblem::NotWellFormed)),
            Ok(None) | Err(_) => Err(place.error(XmlProblem::Entity)),
        },
    }
}

fn check_declaration(declaration: &BytesDecl<'_>, place: Place) -> Result<(), Error> {
    let version = declaration.version();
    let encoding = declaration.encoding();
    let utf8 = match encoding {
        None => true,
        Some(Ok(name)) => name.eq_ignore_ascii_case("utf-8"),
        Some(Err(_)) => false,
    };
    if !matches!(version.as_deref(), Ok("1.0")) || !utf8 {
        return Err(place.error(XmlProblem::NotWellFormed));
    }
    Ok(())
}

fn advance(mut place: Place, text: &str) -> Place {
    for c in text.chars() {
        if c == '\n' {
            place.line += 1;
            place.column = 1;
        } else {
            place.column += 1;
        }
    }
    place
}

/// Names come from outside and end up in errors: they are cut and reduced to plain letters.
fn safe_name(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "-_.:".contains(c) { c } else { '?' };
    name.chars().take(64).map(plain).collect()
}

/// Walks over an element's children in the schema's order.
pub(super) struct Children<'e> {
    parent: &'e Element,
    next: usize,
}

impl<'e> Children<'e> {
    pub(super) fn of(parent: &'e Element) -> Self {
        Self { parent, next: 0 }
    }

    /// The next child when it has this name.
    pub(super) fn maybe(&mut self, name: &'static str) -> Option<&'e Element> {
        let child = self.parent.children.get(self.next).filter(|child| child.name == name)?;
        self.next += 1;
        Some(child)
    }

    /// The next child, which must have this name.
    pub(super) fn one(&mut self, name: &'static str) -> Result<&'e Element, Error> {
        if let Some(child) = self.maybe(name) {
            return Ok(child);
        }
        let later = self.parent.children.iter().skip(self.next).any(|child| child.name == name);
        if later { Err(self.misplaced()) } else { Err(self.missing(name)) }
    }

    /// The next children while they have this name.
    pub(super) fn many(&mut self, name: &'static str) -> Result<Vec<&'e Element>, Error> {
        let mut found = Vec::new();
        while let Some(child) = self.maybe(name) {
            if found.len() >= limits::REPEATS_MAX {
                return Err(child.place.error(XmlProblem::TooLarge("the number of repeated elements")));
            }
            found.push(child);
        }
        Ok(found)
    }

    /// Refuses children nobody asked for.
    pub(super) fn finish(self) -> Result<(), Error> {
        if self.next < self.parent.children.len() {
            return Err(self.misplaced());
        }
        if self.parent.children.is_empty() && !self.parent.text.trim().is_empty() {
            return Err(self.parent.place.error(XmlProblem::Unknown("text instead of elements".to_owned())));
        }
        Ok(())
    }

    fn missing(&self, name: &'static str) -> Error {
        // A repeated or unknown child in front is the more useful thing to say.
        match self.parent.children.get(self.next) {
            Some(_) if self.is_repeated() => self.misplaced(),
            _ => self.parent.place.error(XmlProblem::Missing(name)),
        }
    }

    fn is_repeated(&self) -> bool {
        let seen = self.parent.children.iter().take(self.next);
        let current = self.parent.children.get(self.next);
        current.is_some_and(|current| seen.map(|child| &child.name).any(|name| *name == current.name))
    }

    fn misplaced(&self) -> Error {
        let (place, name) = match self.parent.children.get(self.next) {
            Some(child) => (child.place, child.name.clone()),
            None => (self.parent.place, self.parent.name.clone()),
        };
        place.error(if self.is_repeated() { XmlProblem::Duplicate(name) } else { XmlProblem::Unknown(name) })
    }
}

impl Element {
    /// The element's text; an element with children has none.
    pub(super) fn leaf(&self, expected: &'static str) -> Result<&str, Error> {
        if self.children.is_empty() { Ok(&self.text) } else { Err(self.refuse(expected)) }
    }

    pub(super) fn refuse(&self, expected: &'static str) -> Error {
        self.place.error(XmlProblem::Value { element: self.name.clone(), expected })
    }

    /// The element's text as a value.
    pub(super) fn parse<T: std::str::FromStr>(&self, expected: &'static str) -> Result<T, Error> {
        self.leaf(expected)?.parse().map_err(|_| self.refuse(expected))
    }

    /// The element's text through a lookup, where `None` refuses it.
    pub(super) fn map<T>(
        &self,
        expected: &'static str,
        lookup: impl Fn(&str) -> Option<T>,
    ) -> Result<T, Error> {
        lookup(self.leaf(expected)?).ok_or_else(|| self.refuse(expected))
    }
}
