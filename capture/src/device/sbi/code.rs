//! Every error code of an SBI service: what it means, and what the officer or the site does about it.
//!
//! One table. A code that is not in it is the vendor's own and is shown by its number with general advice.
//! Source: MOSIP Secure Biometric Interface 0.9.5 and the codes of its open mock service.

use crate::device::Fault;

/// Who can do something about it, and so which fault it becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// Nothing was placed in time.
    TimedOut,
    /// The service or the device is busy.
    Busy,
    /// The device is not there.
    Missing,
    /// The device or its keys cannot be relied on.
    Distrusted,
    /// Placement or image: take it again.
    Again,
    /// The request does not suit this device or this service.
    Refused,
}

use Standing::{Again, Busy, Distrusted, Missing, Refused, TimedOut};

/// Code, standing, meaning with advice. In the order of the codes.
const CODES: &[(u16, Standing, &str)] = &[
    (100, Refused, "the device is not registered with its maker; let the site register it"),
    (101, Again, "nothing was on the sensor; place it again"),
    (102, Again, "no print or face could be taken from the image; place it again"),
    (103, Distrusted, "the device reports tampering; take it out of use and report it"),
    (104, Refused, "the maker's management server cannot be reached; check the site's network"),
    (105, Again, "the placement is turned the wrong way; place it again, pointing straight ahead"),
    (106, Missing, "the service does not know this device any more; plug it in again"),
    (107, Distrusted, "the device's key has expired; connect it to its management server to renew it"),
    (108, Refused, "a key of the domain is missing in the service; let the site install it"),
    (109, Refused, "the number of fingers asked for is not one it takes"),
    (110, Busy, "the device is not ready; wait a moment, then try again"),
    (111, Busy, "the device is busy; wait a moment, then try again"),
    (112, Refused, "the transaction number was not accepted"),
    (113, Refused, "the specification version was not accepted"),
    (114, Refused, "the environment does not agree with the device's; correct the kiosk configuration"),
    (
        115,
        Refused,
        "the purpose does not agree with the device's; it may be a device for authentication only",
    ),
    (116, Refused, "the kind of biometrics does not agree with the device's"),
    (117, Refused, "the device number was not accepted"),
    (118, Refused, "the part of the device asked for was not accepted"),
    (119, Refused, "the fingers asked for were not accepted"),
    (120, Refused, "the score asked for was not accepted"),
    (121, Refused, "the time limit asked for was not accepted"),
    (122, Refused, "the exceptions asked for were not accepted"),
    (202, Missing, "no device is connected to the service; plug it in"),
    (500, Refused, "the service has an internal defect; start it again"),
    (501, Refused, "the service does not know this request"),
    (502, Refused, "the service cannot do this yet"),
    (503, Refused, "the service could not read the request"),
    (504, Refused, "the service could not read its own configuration; let the site set it up again"),
    (505, Refused, "the service could not build its answer; start it again"),
    (506, Distrusted, "the service could not sign its answer; let the site check the device's keys"),
    (507, Refused, "the service could not reach its device driver; start it again"),
    (551, Refused, "the service is not set up completely; let the site set it up again"),
    (601, Missing, "no device is connected for the live picture; plug it in"),
    (602, Busy, "the live picture is already in use; close the other program"),
    (603, Refused, "the device gives no live picture"),
    (604, Refused, "the live picture was not accepted as asked for"),
    (605, Missing, "the live picture's device is not known"),
    (606, Busy, "the live picture's device is not ready"),
    (607, Refused, "the part of the device asked for gives no live picture"),
    (608, Refused, "the time limit of the live picture was not accepted"),
    (609, Again, "the live picture broke off"),
    (610, Refused, "the live picture failed in the service"),
    (700, Refused, "the capture failed in the service; start it again"),
    (701, TimedOut, "nothing usable was placed in time"),
    (702, Refused, "the device could not be started for a capture"),
    (703, Busy, "another capture is still running; wait a moment, then try again"),
    (704, Missing, "the device went away before the capture; plug it in"),
    (705, Refused, "the device's purpose is not registration"),
    (706, Again, "the captured image could not be used; place it again"),
    (707, Refused, "the captured image could not be coded by the service"),
    (708, Distrusted, "the service could not vouch for the captured image"),
    (709, Refused, "the hash of the previous capture was not accepted"),
    (710, Refused, "the capture request was not accepted"),
    (801, TimedOut, "nothing usable was placed in time"),
    (803, Busy, "another capture is still running; wait a moment, then try again"),
    (999, Refused, "the service has an unknown defect; start it again"),
];

/// A refusal of an SBI service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    code: String,
}

impl Refusal {
    /// The refusal in an error part; `None` when it says that all is well.
    pub(super) fn of(code: &str) -> Option<Self> {
        let code = code.trim();
        let fine = code.is_empty() || code.bytes().all(|digit| digit == b'0');
        // A code is shown to people: whatever is no short number is not repeated.
        let shown =
            if code.len() <= 4 && code.bytes().all(|digit| digit.is_ascii_digit()) { code } else { "?" };
        (!fine).then(|| Self { code: shown.to_owned() })
    }

    /// What it means for the caller.
    pub(super) fn fault(&self, device: &str) -> Fault {
        let known = CODES.iter().find(|(code, ..)| self.code.parse() == Ok(*code));
        let (standing, meaning) = known
            .map_or((Refused, "a code of its maker; look it up in the maker's manual"), |(_, it, words)| {
                (*it, *words)
            });
        let (device, detail) = (device.to_owned(), format!("code {}: {meaning}", self.code));
        match standing {
            TimedOut => Fault::DeadlinePassed,
            Busy => Fault::Busy { device },
            Missing => Fault::Missing { device, detail },
            Distrusted => Fault::Untrusted { device, detail },
            Again => Fault::BadImage { device, detail },
            Refused => Fault::Refused { device, detail },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault_code(code: &str) -> Option<&'static str> {
        Refusal::of(code).map(|refusal| refusal.fault("slap").code())
    }

    #[test]
    fn every_code_of_the_specification_has_a_meaning_and_a_fault() {
        assert!(CODES.windows(2).all(|pair| pair[0].0 < pair[1].0), "in order, none twice");
        let specified = (100..=112).chain([202]);
        for code in specified.chain(113..=122).chain(500..=507).chain([551]).chain(601..=610).chain(700..=710)
        {
            assert!(CODES.iter().any(|(known, ..)| *known == code), "{code}");
        }
    }

    #[test]
    fn codes_become_the_fault_that_fits() {
        assert_eq!(fault_code("0"), None);
        assert_eq!(fault_code(""), None);
        assert_eq!(fault_code("101"), Some("C-0203"));
        assert_eq!(fault_code("103"), Some("C-0212"));
        assert_eq!(fault_code("109"), Some("C-0213"));
        assert_eq!(fault_code("111"), Some("C-0207"));
        assert_eq!(fault_code("202"), Some("C-0201"));
        assert_eq!(fault_code("701"), Some("C-0205"));
        assert_eq!(fault_code("5812"), Some("C-0213"));
    }

    #[test]
    fn a_code_that_is_no_number_is_not_repeated() {
        let fault = Refusal::of("<b>Miller, born 1990</b>").map(|refusal| refusal.fault("slap").to_string());
        assert!(fault.is_some_and(|text| text.contains("code ?") && !text.contains("Miller")));
    }
}
