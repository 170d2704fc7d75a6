//! How fixed-size byte strings stand in a journalled change: as hexadecimal text.

use serde::{Deserialize, Deserializer, Serializer, de::Error as _};

macro_rules! hex_bytes {
    ($name:ident, $length:literal) => {
        pub(super) mod $name {
            use super::*;

            pub(crate) fn serialize<S: Serializer>(bytes: &[u8; $length], to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(&crate::hex::encode(bytes))
            }

            pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<[u8; $length], D::Error> {
                let text = String::deserialize(from)?;
                crate::hex::decode(&text)
                    .ok_or_else(|| D::Error::custom("not the expected hexadecimal digits"))
            }
        }
    };
}

hex_bytes!(hex_16, 16);
hex_bytes!(hex_32, 32);
