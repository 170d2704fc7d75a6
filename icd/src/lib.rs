//! What is said to Eurodac: ANSI/NIST-ITL containers, categories, operations, deadlines, reference numbers, the
//! XML envelope, versioned ICD profiles and validation.
//!
//! Invariants: no I/O, no clock, no randomness in this library; every instant is a parameter. Reading hostile bytes
//! yields a typed [`Error`] with a stable code, never a panic, and allocates nothing a bound in [`limits`] has not
//! admitted. No name, number, date of birth or image ever appears in an error or in `Debug` output.
//!
//! Left out on purpose: sending, storing and signing. The library says *what* is said and checks it; `capture` and
//! `gateway` decide when and to whom.
//!
//! ```
//! use icd::category::Category;
//! use icd::deadline::{Deadline, DeadlineState};
//!
//! let registered: jiff::Timestamp = "2026-07-01T10:00:00Z".parse()?;
//! let deadline = Deadline::for_category(Category::Applicant, registered);
//! assert_eq!(deadline.due(), Some("2026-07-04T10:00:00Z".parse()?));
//! assert_eq!(deadline.article(), "15(1)");
//! assert_eq!(deadline.state("2026-07-05T10:00:00Z".parse()?), DeadlineState::OverdueObligationContinues);
//! # Ok::<(), jiff::Error>(())
//! ```

pub mod category;
pub mod container;
pub mod dataset;
pub mod deadline;
pub mod downstream;
pub mod error;
pub mod finding;
pub mod finger;
pub mod identifier;
pub mod limits;
pub mod message;
pub mod nist;
pub mod notice;
pub mod operation;
pub mod parameters;
pub mod profile;
pub mod reference;
pub mod request;
pub mod validate;

mod hex;

pub use error::Error;
pub use jpeg2000;
pub use wsq;
