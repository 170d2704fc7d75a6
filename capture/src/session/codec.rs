//! How domain types of other crates are written in stored events: by their published codes.

/// A finger by its FGP code, where there may be none.
pub(super) mod some_finger {
    use matcher::Finger;
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(crate) fn serialize<S: Serializer>(
        finger: &Option<Finger>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        finger.map(Finger::fgp).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Finger>, D::Error> {
        let Some(fgp) = Option::<u8>::deserialize(deserializer)? else { return Ok(None) };
        Finger::from_fgp(fgp).map(Some).ok_or_else(|| D::Error::custom("not a finger code 1 to 10"))
    }
}

/// A finger by its FGP code.
pub(super) mod finger {
    use matcher::Finger;
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(finger: &Finger, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(finger.fgp())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Finger, D::Error> {
        let fgp = u8::deserialize(deserializer)?;
        Finger::from_fgp(fgp).ok_or_else(|| D::Error::custom("not a finger code 1 to 10"))
    }
}
