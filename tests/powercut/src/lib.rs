//! Power cuts and disk faults around the real gateway process.
//!
//! The gateway runs as it is delivered, over real TLS, on a file system of our own that forgets what was not synced.
//! The power goes at a chosen moment; what is durable then, or that and a random part of the rest, is the disk on which
//! the gateway is started again. From outside it is asked about everything it ever promised.
//!
//! The order of files: [`image`] is the disk and its rules, [`moment`] says when the power goes, [`mount`] shows the
//! disk to the kernel, [`witness`] remembers what was promised and holds the gateway to it, [`life`] is many cuts in a
//! row.
//!
//! Not shown here: a disk that lies about its own cache other than by the planted bug, and tearing within a page.

mod error;
pub mod image;
pub mod life;
pub mod limits;
pub mod moment;
pub mod mount;
pub mod witness;

pub use error::Error;
