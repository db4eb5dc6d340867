//! How many connections there are, and from where.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use prometheus_client::metrics::gauge::Gauge;

/// Counts connections. Clones count together.
#[derive(Clone)]
pub(super) struct Admission(Arc<Counts>);

struct Counts {
    limit: usize,
    limit_per_address: usize,
    /// Connections open from each address; an address without any is not in it.
    open: Mutex<HashMap<IpAddr, usize>>,
    shown: Gauge,
}

/// The right to be connected; dropping it makes room.
pub(super) struct Place {
    counts: Arc<Counts>,
    address: IpAddr,
}

impl Admission {
    pub(super) fn new(limit: usize, limit_per_address: usize, shown: Gauge) -> Self {
        Self(Arc::new(Counts { limit, limit_per_address, open: Mutex::default(), shown }))
    }

    /// Room for one more from this address, if there is.
    pub(super) fn admit(&self, address: IpAddr) -> Option<Place> {
        let mut open = self.0.open.lock().unwrap_or_else(PoisonError::into_inner);
        let all: usize = open.values().sum();
        let from_there = open.get(&address).copied().unwrap_or_default();
        if all >= self.0.limit || from_there >= self.0.limit_per_address {
            return None;
        }
        open.insert(address, from_there + 1);
        self.0.shown.inc();
        Some(Place { counts: Arc::clone(&self.0), address })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.counts.open.lock().unwrap_or_else(PoisonError::into_inner);
        let left = open.get(&self.address).copied().unwrap_or_default().saturating_sub(1);
        if left == 0 {
            open.remove(&self.address);
        } else {
            open.insert(self.address, left);
        }
        self.counts.shown.dec();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_bounded_altogether_and_for_each_address() {
        let (one, two) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        let shown = Gauge::default();
        let admission = Admission::new(3, 2, shown.clone());
        let first = admission.admit(one).expect("there is room");
        let _second = admission.admit(one).expect("there is room");
        assert!(admission.admit(one).is_none(), "a third from one address");
        let _third = admission.admit(two).expect("there is room");
        assert!(admission.admit(two).is_none(), "a fourth altogether");
        assert_eq!(shown.get(), 3);
        drop(first);
        assert_eq!(shown.get(), 2);
        assert!(admission.admit(one).is_some(), "room was made");
    }
}
