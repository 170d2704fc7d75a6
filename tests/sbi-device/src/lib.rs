//! A virtual device behind the open Secure Biometric Interface (SBI, MOSIP 0.9.5), for trying and testing the client.
//!
//! It speaks real HTTP with the verbs of the interface, signs by keys under authorities of its own, captures made-up prints
//! and can do wrong whatever a device or its service can do wrong ([`fault::Fault`]). It is written from the interface's
//! published description, not from any maker's service; what it shows is that the client keeps to that description and
//! survives its opposite.

pub mod device;
pub mod fault;
pub mod keys;
pub mod record;
pub mod service;
