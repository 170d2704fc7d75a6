//! How many places one peer may hold, so that one address or one certificate cannot keep all others out.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// Counts connections by address while they shake hands, and by certificate afterwards.
#[derive(Debug, Default)]
pub(super) struct Peers {
    shaking: Mutex<HashMap<IpAddr, usize>>,
    served: Mutex<HashMap<String, usize>>,
}

/// A counted place; given back when dropped.
pub(super) struct Place<K: Eq + Hash> {
    peers: Arc<Peers>,
    of: fn(&Peers) -> &Mutex<HashMap<K, usize>>,
    key: K,
}

impl Peers {
    /// A place to shake hands in, unless this address has `most` already.
    pub(super) fn shake(self: &Arc<Self>, address: IpAddr, most: usize) -> Option<Place<IpAddr>> {
        Place::take(self, |peers| &peers.shaking, address, most)
    }

    /// A place to be served in, unless this certificate's holder has `most` already.
    pub(super) fn serve(self: &Arc<Self>, serial: &str, most: usize) -> Option<Place<String>> {
        Place::take(self, |peers| &peers.served, serial.to_owned(), most)
    }
}

impl<K: Clone + Eq + Hash> Place<K> {
    fn take(
        peers: &Arc<Peers>,
        of: fn(&Peers) -> &Mutex<HashMap<K, usize>>,
        key: K,
        most: usize,
    ) -> Option<Self> {
        let mut held = of(peers).lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.get(&key).copied().unwrap_or(0);
        if count >= most {
            return None;
        }
        held.insert(key.clone(), count + 1);
        drop(held);
        Some(Self { peers: Arc::clone(peers), of, key })
    }
}

impl<K: Eq + Hash> Drop for Place<K> {
    fn drop(&mut self) {
        let mut held = (self.of)(&self.peers).lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = held.get_mut(&self.key) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                held.remove(&self.key);
            }
        }
    }
}
