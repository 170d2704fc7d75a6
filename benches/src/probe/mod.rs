//! The floor under us: what the disk, the wire and the memory of this machine need for the same bytes, with nothing
//! of ours in between.

mod disk;
mod memory;
mod tls;

pub use disk::DiskProbe;
pub use memory::MemoryProbe;
pub use tls::{TlsFiles, TlsProbe};
