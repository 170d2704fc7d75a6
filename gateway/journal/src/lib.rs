//! Append-only, checksummed, group-committed journal with sealed records.
