//! Addresses and networks for `ISSUBSET` and `ISSUPERSET` (section 9.6.1).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An address with the number of leading bits that count; a single address counts all of its bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// `address` or `address/prefix`, as sections 6.10 and 6.11 write them.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let bits = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => bits,
            Some(it) if it.bytes().all(|it| it.is_ascii_digit()) => {
                it.parse().ok().filter(|it| *it <= bits)?
            }
            Some(_) => return None,
        };
        Some(Self { address, prefix })
    }

    /// Whether every address of this one is in the other.
    pub(super) fn is_within(self, other: Self) -> bool {
        self.prefix >= other.prefix
            && masked(self.address, other.prefix) == masked(other.address, other.prefix)
    }
}

fn masked(address: IpAddr, prefix: u8) -> IpAddr {
    match address {
        IpAddr::V4(it) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(prefix.min(32))).unwrap_or(0);
            Ipv4Addr::from(u32::from(it) & mask).into()
        }
        IpAddr::V6(it) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(prefix.min(128))).unwrap_or(0);
            Ipv6Addr::from(u128::from(it) & mask).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Network;

    #[track_caller]
    fn check(inner: &str, outer: &str, want: Option<bool>) {
        let got =
            Network::parse(inner).zip(Network::parse(outer)).map(|(inner, outer)| inner.is_within(outer));
        assert_eq!(got, want, "{inner} in {outer}");
    }

    #[test]
    fn sets_of_9_6_1() {
        check("198.51.100.0/27", "198.51.100.0/24", Some(true));
        check("198.51.100.0/24", "198.51.100.0/27", Some(false));
        check("198.51.100.7", "198.51.100.7/32", Some(true));
        check("198.51.100.7/24", "198.51.100.9/24", Some(true));
        check("203.0.113.1", "0.0.0.0/0", Some(true));
        check("2001:db8::1", "2001:0db8:0000:0000:0000:0000:0000:0000/64", Some(true));
        check("2001:db8:0:1::1", "2001:db8::/64", Some(false));
        check("::1", "::/0", Some(true));
        check("::ffff:203.0.113.1", "203.0.113.0/24", Some(false));
        for bad in
            ["", "203.0.113.1/33", "203.0.113.1/", "203.0.113.1/+8", "203.0.113", "010.0.0.1", "example.com"]
        {
            check(bad, "0.0.0.0/0", None);
        }
    }
}
