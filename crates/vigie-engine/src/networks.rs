//! Networks: from an address to every network that covers it, not only the longest.
//!
//! Networks either contain each other or are disjoint, so their borders cut the line of addresses into pieces that
//! each have one innermost network. A lookup is a binary search for the piece, then a walk from the innermost network
//! outwards.

use std::net::IpAddr;

use crate::key::Network;

/// A set of networks, each with a number of the caller's.
#[derive(Debug, Default)]
pub(crate) struct Networks {
    four: Family<u32>,
    six: Family<u128>,
}

/// The networks of one version of the protocol.
#[derive(Debug)]
struct Family<A> {
    /// The first address of each piece, ascending.
    starts: Vec<A>,
    /// The innermost network of each piece, by its place in `nests`, or [`OUTSIDE`].
    innermost: Vec<u32>,
    nests: Vec<Nest>,
}

/// One network.
#[derive(Clone, Copy, Debug)]
struct Nest {
    prefix: u8,
    number: u32,
    /// The next larger network around it, or [`OUTSIDE`].
    around: u32,
}

const OUTSIDE: u32 = u32::MAX;

impl<A> Default for Family<A> {
    fn default() -> Self {
        Self { starts: Vec::new(), innermost: Vec::new(), nests: Vec::new() }
    }
}

impl Networks {
    /// Builds the set. Each network is given once.
    pub(crate) fn new(networks: impl Iterator<Item = (Network, u32)>) -> Self {
        let mut four = Vec::new();
        let mut six = Vec::new();
        for (network, number) in networks {
            match network.first {
                IpAddr::V4(it) => {
                    let host = u32::MAX.checked_shr(network.prefix.into()).unwrap_or(0);
                    four.push((it.to_bits(), it.to_bits() | host, network.prefix, number));
                }
                IpAddr::V6(it) => {
                    let host = u128::MAX.checked_shr(network.prefix.into()).unwrap_or(0);
                    six.push((it.to_bits(), it.to_bits() | host, network.prefix, number));
                }
            }
        }
        Self {
            four: Family::new(four, |it: u32| it.checked_add(1)),
            six: Family::new(six, |it: u128| it.checked_add(1)),
        }
    }

    /// The prefixes and numbers of all networks that an address lies in, from the smallest network to the largest.
    pub(crate) fn covering(&self, address: IpAddr) -> impl Iterator<Item = (u8, u32)> {
        let (nests, first) = match address {
            IpAddr::V4(it) => (&self.four.nests, self.four.innermost_at(it.to_bits())),
            IpAddr::V6(it) => (&self.six.nests, self.six.innermost_at(it.to_bits())),
        };
        let nest = move |at: u32| nests.get(at as usize);
        std::iter::successors(nest(first), move |it| nest(it.around)).map(|it| (it.prefix, it.number))
    }
}

impl<A: Copy + Ord> Family<A> {
    fn new(mut ranges: Vec<(A, A, u8, u32)>, after: impl Fn(A) -> Option<A>) -> Self {
        // Larger networks first, so that what is open when a network begins is what lies around it.
        ranges.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
        let mut family = Self::default();
        let mut open: Vec<(A, u32)> = Vec::new();
        for (first, last, prefix, number) in ranges {
            family.close(&mut open, Some(first), &after);
            let around = open.last().map_or(OUTSIDE, |(_, nest)| *nest);
            let nest = u32::try_from(family.nests.len()).unwrap_or(OUTSIDE);
            family.nests.push(Nest { prefix, number, around });
            open.push((last, nest));
            family.piece(first, nest);
        }
        family.close(&mut open, None, &after);
        family
    }

    /// Ends the networks that lie wholly before an address, or all of them.
    fn close(&mut self, open: &mut Vec<(A, u32)>, before: Option<A>, after: &impl Fn(A) -> Option<A>) {
        while let Some((last, _)) =
            open.last().copied().filter(|(last, _)| before.is_none_or(|it| *last < it))
        {
            open.pop();
            if let Some(next) = after(last) {
                self.piece(next, open.last().map_or(OUTSIDE, |(_, nest)| *nest));
            }
        }
    }

    fn piece(&mut self, start: A, innermost: u32) {
        if self.starts.last() == Some(&start) {
            self.innermost.pop();
        } else {
            self.starts.push(start);
        }
        self.innermost.push(innermost);
    }

    fn innermost_at(&self, address: A) -> u32 {
        let after = self.starts.partition_point(|it| *it <= address);
        let piece = after.checked_sub(1).and_then(|it| self.innermost.get(it));
        piece.copied().unwrap_or(OUTSIDE)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::key::network;

    #[track_caller]
    fn check(networks: &[&str], address: &str, want: &[u32]) {
        let parsed = networks.iter().map(|it| network(it).expect("a network"));
        let set = Networks::new(parsed.zip(0..));
        let got: Vec<u32> = set.covering(address.parse().expect("an address")).map(|it| it.1).collect();
        assert_eq!(got, want, "{address} in {networks:?}");
    }

    #[test]
    fn every_covering_network_is_found() {
        let nested = ["10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "0.0.0.0/0", "10.1.2.255/32"];
        check(&nested, "10.1.2.3", &[2, 1, 0, 3]);
        check(&nested, "10.1.2.255", &[4, 2, 1, 0, 3]);
        check(&nested, "10.1.3.0", &[1, 0, 3]);
        check(&nested, "255.255.255.255", &[3]);
        check(&nested, "::1", &[]);
        check(&["2001:db8::/32", "2001:db8::/48", "::/0"], "2001:db8::1", &[1, 0, 2]);
        check(&["2001:db8::/32"], "2001:db9::", &[]);
        check(&["::ffff:192.0.2.0/120"], "192.0.2.9", &[0]);
        check(&[], "192.0.2.9", &[]);
    }

    proptest! {
        #[test]
        fn a_walk_finds_what_a_scan_finds(
            networks in prop::collection::hash_set((0_u32..64, 24_u8..=32), 0..40),
            address in 0_u32..64,
        ) {
            // Few bits, so that networks nest and touch.
            let networks: std::collections::BTreeSet<Network> = networks
                .into_iter()
                .filter_map(|(bits, prefix)| Network::new(IpAddr::from((bits << 2).to_be_bytes()), prefix))
                .collect();
            let set = Networks::new(networks.iter().copied().zip(0..));
            let address = IpAddr::from((address << 2).to_be_bytes());
            let mut got: Vec<u32> = set.covering(address).map(|it| it.1).collect();
            got.sort_unstable();
            let inside = |it: &Network| Network::new(address, it.prefix) == Some(*it);
            let want: Vec<u32> =
                networks.iter().zip(0_u32..).filter(|(it, _)| inside(it)).map(|(_, number)| number).collect();
            prop_assert_eq!(got, want);
        }
    }
}
