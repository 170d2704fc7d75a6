//! What a site and a device are allowed to be: typed, signed configuration.
//!
//! A program of the appliance reads its file, its detached signature and the site's public key, and
//! hands the bytes to [`verify_and_parse`]. It either gets a value in which every key is known, every
//! number lies in its range and every table makes sense, or one [`Error`] that names line, column and
//! key and says what would be allowed. An unsigned or altered file never becomes a value.
//!
//! ```
//! use firmware_config::{GatewayConfig, Signature, SigningKey, verify_and_parse};
//!
//! # fn main() -> Result<(), firmware_config::Error> {
//! let file = include_bytes!("../examples/gateway.toml");
//! let key = SigningKey::generate()?;
//! let signature: Signature = key.sign_document(file);
//! let config: GatewayConfig = verify_and_parse(file, signature.to_text().as_bytes(), &key.public_key())?;
//! assert_eq!(config.member_state.as_str(), "NL");
//! # Ok(())
//! # }
//! ```
//!
//! Invariants: unknown keys are errors everywhere; a value outside its range is an error, never bent
//! into it; secrets and staff data appear neither in `Debug` nor in errors. The library does no I/O
//! and reads no clock or environment; reading files is the caller's. Every key is described in
//! `docs/reference/configuration.md`.
//!
//! Left out on purpose: merging of several files, environment overrides, and protection against
//! putting an older signed file back (the site guards its own file system).

pub mod capability;
mod document;
mod error;
pub mod gateway;
pub mod kiosk;
pub mod limits;
mod shared;
pub mod signature;
pub mod staff;
pub mod value;

pub use capability::{Capability, CapabilityTable, Channel};
pub use document::{Document, parse_unverified, verify_and_parse};
pub use error::{Error, Place};
pub use gateway::{GatewayConfig, Partner, PartnerKind, Policy, Right, SecondCheck, StaleCrl};
pub use kiosk::{
    DeviceConfig, Driver, KioskConfig, LeafletConfig, LeafletFormat, Nfiq2Version, QualityConfig,
    QualityEngineName,
};
pub use shared::{IcdConfig, StaffConfig, StorageConfig};
pub use signature::{PublicKey, Signature, SigningKey};
pub use staff::{ChildTraining, Person, Role, StaffRegister};
