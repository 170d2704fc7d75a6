//! What the virtual device can do wrong, by name.

/// A fault of the device or of its service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// Works.
    #[default]
    None,
    /// Takes a capture and never answers.
    Hang,
    /// Sends half of its answer and then nothing more.
    Stall,
    /// Breaks the connection in the middle of its answer and is gone from then on.
    Vanish,
    /// Answers with bytes that are none of the interface.
    Garbage,
    /// Answers without end.
    Endless,
    /// Its certificate has expired.
    ExpiredCertificate,
    /// Its certificate is not valid yet.
    FutureCertificate,
    /// Its certificate comes from an authority that nobody trusts.
    UnknownAuthority,
    /// Its certificate names another device.
    OtherDevice,
    /// Its signature does not fit.
    WrongSignature,
    /// It signs by a method that is none.
    WrongMethod,
    /// The second hash does not follow from the first.
    BrokenChain,
    /// It answers with an earlier transaction.
    OtherTransaction,
    /// It answers for another environment.
    OtherEnvironment,
    /// Its images are a day old.
    Replay,
    /// Its identity inside the image is another one.
    OtherIdentity,
    /// A record says another finger than its signed name.
    OtherFinger,
    /// One finger comes twice.
    Twice,
    /// A record is cut short.
    ShortRecord,
    /// Refuses captures with this code.
    Code(u16),
    /// Says that it is not ready.
    NotReady,
    /// Says that it is busy.
    Busy,
}

const NAMES: &[(&str, Fault)] = &[
    ("none", Fault::None),
    ("hang", Fault::Hang),
    ("stall", Fault::Stall),
    ("vanish", Fault::Vanish),
    ("garbage", Fault::Garbage),
    ("endless", Fault::Endless),
    ("expired-certificate", Fault::ExpiredCertificate),
    ("future-certificate", Fault::FutureCertificate),
    ("unknown-authority", Fault::UnknownAuthority),
    ("other-device", Fault::OtherDevice),
    ("wrong-signature", Fault::WrongSignature),
    ("wrong-method", Fault::WrongMethod),
    ("broken-chain", Fault::BrokenChain),
    ("other-transaction", Fault::OtherTransaction),
    ("other-environment", Fault::OtherEnvironment),
    ("replay", Fault::Replay),
    ("other-identity", Fault::OtherIdentity),
    ("other-finger", Fault::OtherFinger),
    ("twice", Fault::Twice),
    ("short-record", Fault::ShortRecord),
    ("not-ready", Fault::NotReady),
    ("busy", Fault::Busy),
];

impl std::str::FromStr for Fault {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        if let Some(code) = name.strip_prefix("code-") {
            return code.parse().map(Self::Code).map_err(|_| "code-N takes a number".to_owned());
        }
        let known = NAMES.iter().find(|(known, _)| *known == name).map(|(_, fault)| *fault);
        let list = || NAMES.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        known.ok_or_else(|| format!("no such fault; there are {} and code-N", list()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back_and_others_are_listed() {
        for (name, fault) in NAMES {
            assert_eq!(name.parse(), Ok(*fault));
        }
        assert_eq!("code-701".parse(), Ok(Fault::Code(701)));
        assert!("coffee".parse::<Fault>().is_err_and(|text| text.contains("hang")));
    }
}
