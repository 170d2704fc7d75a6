//! How many bodies in memory one partner may fill, so that one that is slow or floods leaves places for the others.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use firmware_config::Partner;
use firmware_config::value::PartnerId;
use tokio::sync::Semaphore;

use crate::limits;

/// One counter per partner that ever sent; partners are bounded by the configuration.
#[derive(Debug, Default)]
pub(super) struct Shares(Mutex<HashMap<PartnerId, Arc<Semaphore>>>);

impl Shares {
    /// This partner's share.
    pub(super) fn of(&self, partner: &Partner) -> Arc<Semaphore> {
        let mut shares = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = || Arc::new(Semaphore::new(limits::BODIES_PER_PARTNER_MAX));
        Arc::clone(shares.entry(partner.id.clone()).or_insert_with(fresh))
    }
}
