//! A throw-away site in a folder of its own: certificates, keys, staff register, signed configuration, a hub.

use std::path::Path;
use std::sync::Arc;

use argon2::{Argon2, PasswordHasher};
use firmware_config::SigningKey;
use icd::category::Category;
use icd::dataset::{Dataset, Event, MemberState, PartialDate, Sex};
use icd::deadline::Deadline;
use icd::identifier::{AnswerId, MessageId, PartyId, StaffId};
use icd::message::{Answer, Change, ContainerDigest, Message as Xml, Outcome, Priority, Submission};
use icd::operation::Operation;
use jiff::{SignedDuration, Timestamp};
use rcgen::{BasicConstraints, CertificateParams, DnType, DnValue, IsCa, Issuer, KeyPair};
use tempfile::TempDir;
use uuid::Uuid;

use crate::engine::LegalClock;
use crate::hub::{Hub, Incoming, Who, Work};
use crate::site::Site;
use crate::store::Message;

pub(crate) const PIN: &str = "271828";
pub(crate) const OPERATOR: &str = "operator-1";
pub(crate) const COLLEAGUE: &str = "operator-2";
pub(crate) const AUDITOR: &str = "auditor-1";
/// Looks after the installation only.
pub(crate) const ADMINISTRATOR: &str = "administrator-1";
pub(crate) const OFFICER: &str = "officer-1";
pub(crate) const KIOSK: &str = "kiosk-1";
pub(crate) const PARTNER: &str = "00000000000000000002";

/// A hub of a throw-away site. The folder goes with it.
pub(crate) struct World {
    pub(crate) hub: Arc<Hub>,
    /// Kept until somebody runs it: nothing is sent.
    pub(crate) work: Option<Work>,
    pub(crate) folder: TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::towards("127.0.0.1:9")
    }

    /// With its central system at this address.
    pub(crate) fn towards(central: &str) -> Self {
        Self::with("nothing", central)
    }

    /// A site where a second person checks everything that is keyed.
    pub(crate) fn checking() -> Self {
        Self::with("everything", "127.0.0.1:9")
    }

    fn with(second_check: &str, central: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        write_site(folder.path(), second_check, central);
        let (hub, work) = Hub::open(read_site(folder.path())).expect("a new site opens");
        Self { hub, work: Some(work), folder }
    }

    /// Accepts an erasure that an operator must key. Its clock started so long ago.
    pub(crate) async fn erasure(&self, number: u32, ago: SignedDuration) -> MessageId {
        self.change(Operation::EraseInaccurate, number, ago).await
    }

    pub(crate) async fn change(&self, operation: Operation, number: u32, ago: SignedDuration) -> MessageId {
        let clock_start = Timestamp::now() - ago;
        let change = Change {
            message_id: MessageId::from_uuid(Uuid::now_v7()),
            sender: PartyId::new(PARTNER).expect("literal"),
            operator: StaffId::new("caseworker-7").expect("literal"),
            operation,
            reference_number: format!("NL1{REFERENCE}{number}").parse().expect("literal"),
            clock_start,
            sent_at: clock_start,
            fields: Vec::new(),
            reason: GROUND.to_owned(),
        };
        let deadline = Deadline::for_operation(operation, Category::Applicant, clock_start, Some(72));
        let incoming = Incoming {
            partner: change.sender.clone(),
            message_id: change.message_id,
            operation,
            category: Category::Applicant,
            reference_number: change.reference_number.clone(),
            urgent: false,
            clock: LegalClock::of(&deadline, clock_start),
            message: Message { envelope: Xml::Change(change).to_xml().into_bytes(), container: Vec::new() },
        };
        self.accept(incoming).await
    }

    /// Accepts a first transmission for the lane.
    pub(crate) async fn submission(
        &self,
        category: Category,
        number: u32,
        ago: SignedDuration,
        urgent: bool,
    ) -> MessageId {
        let clock_start = Timestamp::now() - ago;
        let operator = StaffId::new(OFFICER).expect("literal");
        let day = clock_start.to_zoned(jiff::tz::TimeZone::UTC).date();
        let event = Event {
            member_state: MemberState::new("NL").expect("literal"),
            place: "Ter Apel".to_owned(),
            date: day,
        };
        let mut dataset = Dataset::new(Sex::Female, event, operator.clone(), day);
        dataset.surnames = vec!["Voorbeeld".to_owned()];
        dataset.birth_date = Some(PartialDate::from_year(1990).expect("literal"));
        let priority = if urgent {
            Priority::Urgent { reason: "transfer tonight".to_owned() }
        } else {
            Priority::Normal
        };
        let submission = Submission {
            message_id: MessageId::from_uuid(Uuid::now_v7()),
            sender: PartyId::new(KIOSK).expect("literal"),
            operator,
            category,
            reference_number: format!("NL{}{REFERENCE}{number}", category.code()).parse().expect("literal"),
            priority,
            clock_start,
            captured_at: clock_start,
            sent_at: clock_start,
            minor: false,
            dataset,
            container: ContainerDigest::of(b"container"),
        };
        let deadline = Deadline::for_category(category, clock_start);
        let incoming = Incoming {
            partner: submission.sender.clone(),
            message_id: submission.message_id,
            operation: Operation::Submit,
            category,
            reference_number: submission.reference_number.clone(),
            urgent,
            clock: LegalClock::of(&deadline, clock_start),
            message: Message {
                envelope: Xml::Submission(Box::new(submission)).to_xml().into_bytes(),
                container: b"container".to_vec(),
            },
        };
        self.accept(incoming).await
    }

    /// The central system answers a message.
    pub(crate) async fn answer(&self, message: MessageId, number: u32, outcome: Outcome) {
        let answer = Answer {
            answer_id: AnswerId::from_uuid(Uuid::now_v7()),
            in_reply_to: message,
            reference_number: format!("NL1{REFERENCE}{number}").parse().expect("literal"),
            answered_at: Timestamp::now(),
            outcome,
        };
        self.hub.take_answer(&answer).await.expect("a sound hub takes it");
    }

    async fn accept(&self, incoming: Incoming) -> MessageId {
        let id = incoming.message_id;
        let who = Who { origin: "test".to_owned(), actor: incoming.partner.as_str().to_owned() };
        self.hub.accept(incoming, who).await.expect("a sound hub accepts");
        id
    }
}

pub(crate) fn read_site(folder: &Path) -> Site {
    let key = std::fs::read_to_string(folder.join("site.pub")).expect("written");
    let trusted = firmware_config::PublicKey::from_text(&key).expect("own key");
    Site::read(&folder.join("gateway.toml"), &trusted, None, Timestamp::now()).expect("own site")
}

/// Writes a whole site: authority, gateway, a card per official, register and configuration.
pub(crate) fn write_site(folder: &Path, second_check: &str, central: &str) {
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.join(name), bytes).expect("a fresh folder");
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(Vec::new()).expect("no names");
    params.distinguished_name.push(DnType::CommonName, "Throw-away authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    write("ca.pem", params.self_signed(&key).expect("own key").pem().as_bytes());
    let issuer = Issuer::new(params, key);
    for party in ["gateway", OPERATOR, COLLEAGUE, AUDITOR, ADMINISTRATOR, OFFICER, KIOSK] {
        let key = KeyPair::generate().expect("a key");
        let names = ["localhost", "127.0.0.1", "console.example"].map(str::to_owned);
        let mut params = CertificateParams::new(names).expect("literal names");
        params
            .distinguished_name
            .push(DnType::from_oid(&[2, 5, 4, 5]), DnValue::Utf8String(format!("card-{party}")));
        write(
            &format!("{party}.pem"),
            params.signed_by(&key, &issuer).expect("own authority").pem().as_bytes(),
        );
        write(&format!("{party}.key"), key.serialize_pem().as_bytes());
    }
    let signer = SigningKey::generate().expect("a key");
    write("site.pub", signer.public_key().to_text().as_bytes());
    let receipt = SigningKey::generate().expect("a key");
    write("receipt.key", receipt.to_pem().expect("own key").as_bytes());
    write("receipt.pub", receipt.public_key().to_text().as_bytes());
    write("store.key", &[7; 32]);
    std::fs::create_dir_all(folder.join("store")).expect("a fresh folder");
    for (name, text) in [("staff.toml", register()), ("gateway.toml", configuration(second_check, central))] {
        write(name, text.as_bytes());
        write(&format!("{name}.sig"), signer.sign_document(text.as_bytes()).to_text().as_bytes());
    }
}

fn register() -> String {
    let hash =
        Argon2::default().hash_password_with_salt(PIN.as_bytes(), b"a salt for tests").expect("a hash");
    let mut text = "version = 1\n".to_owned();
    for (id, roles) in [
        (OPERATOR, "\"queue-operator\", \"supervisor\""),
        (COLLEAGUE, "\"queue-operator\""),
        (AUDITOR, "\"auditor\""),
        (ADMINISTRATOR, "\"administrator\""),
        (OFFICER, "\"screening-officer\""),
    ] {
        text.push_str(&format!(
            "\n[[person]]\nid = \"{id}\"\norganisation = \"Test desk\"\nroles = [{roles}]\npin_argon2 = \"{hash}\"\n\
             certificate_serial = \"card-{id}\"\n"
        ));
    }
    text
}

fn configuration(second_check: &str, central: &str) -> String {
    let mut text = format!(
        "version = 1\nsite = \"test-site\"\nmember_state = \"NL\"\n\n[listen]\nlink = \"127.0.0.1:0\"\nconsole = \"127.0.0.1:1\"\n\n\
         [tls]\ncertificate = \"gateway.pem\"\nkey = \"gateway.key\"\nclient_ca = \"ca.pem\"\n\n\
         [central]\nurl = \"https://{central}\"\nca = \"ca.pem\"\n\n\
         [storage]\nfolder = \"store\"\nsite_key = \"store.key\"\ndisk_margin_bytes_min = 1048576\n\n\
         [receipt]\nsigning_key = \"receipt.key\"\n\n[icd]\nprofile = \"open-2026\"\n\n[staff]\nregister = \"staff.toml\"\n\n\
         [policy]\ndue_soon_hours = 12\nerasure_due_hours = 72\nlease_minutes = 15\nsecond_check = \"{second_check}\"\n\n\
         [[partner]]\nid = \"{KIOSK}\"\nname = \"Hall A, column 1\"\nkind = \"kiosk\"\noperations = [\"submit\"]\n\n\
         [[partner]]\nid = \"{PARTNER}\"\nname = \"Immigration service\"\nkind = \"partner\"\noperations = [\"erase-inaccurate\"]\n"
    );
    for (operation, channel) in [
        ("submit", "s2s"),
        ("erase-inaccurate", "web-interface"),
        ("erase-citizen-of-origin", "web-interface"),
        ("rectify", "web-interface"),
    ] {
        text.push_str(&format!(
            "\n[[capability]]\noperation = \"{operation}\"\nchannel = \"{channel}\"\nfrom = 2026-06-12\n"
        ));
    }
    text
}

/// Part of every reference number here: must never be seen on a list, in an address or in a refusal.
pub(crate) const REFERENCE: &str = "SECRETREF";
/// Ground of every change here: must never be seen before it is opened.
pub(crate) const GROUND: &str = "the date of birth belongs to somebody else";
