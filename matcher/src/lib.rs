//! What a finger is: segmentation, quality, minutiae, comparison, identification, synthetic prints.
//!
//! Pure functions over pixels and bytes. Nothing here opens a file, reads a clock or draws randomness
//! from the system, and a thread is started only when a search is told how many: the same pixels give the same answer on every run.
//!
//! The way through the crate, in the order a capture travels it:
//!
//! ```text
//! Image ─ segment ─ crop ─ quality ─ extract ─ Template ─ sequence_check ─ Gallery::identify ─ decision
//! ```
//!
//! Architecture invariants:
//! - One pipeline stage is one file; a pipeline fits on a screen; every intermediate goes to a [`trace::Trace`]
//!   sink that does nothing by default.
//! - All bounds are in [`limits`], all tuned numbers in [`parameters`].
//! - Pixels, minutiae and templates never appear in `Debug`, errors or panics.
//! - Hostile images and template bytes end in a typed answer, never in a panic.
//!
//! Left out on purpose: presentation attack detection. Nothing here tells skin from silicone.
//!
//! ```
//! use matcher::{Image, extract, quality};
//!
//! let blank = Image::new(300, 300, 500, vec![255; 300 * 300])?;
//! assert!(quality(&blank).cannot_judge.is_some());
//! assert_eq!(extract(&blank).err().map(|error| error.code()), Some("M-0201"));
//! # Ok::<(), matcher::Error>(())
//! ```

pub mod accuracy;
pub mod advice;
pub mod codec;
pub mod compare;
pub mod decision;
mod error;
pub mod exchange;
pub mod expert;
pub mod extract;
mod finger;
mod image;
mod lanes;
pub mod limits;
pub mod parameters;
pub mod quality;
pub mod search;
pub mod segment;
mod sequence;
pub mod synth;
mod template;
pub mod trace;

pub use crate::advice::{AdviceKind, Counsel, advise};
pub use crate::compare::{Comparison, Pairing, compare};
pub use crate::error::Error;
pub use crate::extract::extract;
pub use crate::finger::{Finger, Hand};
pub use crate::image::Image;
pub use crate::quality::{CannotJudge, Measures, Quality, quality};
pub use crate::search::{Candidate, Gallery};
pub use crate::segment::{Doubt, Segment, SegmentRequest, Segmentation, segment, segment_auto};
pub use crate::sequence::{SequenceFinding, sequence_check, sequence_check_against};
pub use crate::template::{Minutia, MinutiaType, Template};
