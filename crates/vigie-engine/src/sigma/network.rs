//! Networks of addresses (`cidr`).

use std::net::IpAddr;

/// The addresses that begin with the same bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Network {
    first: IpAddr,
    prefix: u32,
}

impl Network {
    /// Reads `192.0.2.0/24`, `2001:db8::/32` or one address. Bits after the prefix are ignored.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse().ok()?)),
            None => (text, None),
        };
        let first: IpAddr = address.parse().ok()?;
        let longest = if first.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.unwrap_or(longest);
        if prefix > longest {
            return None;
        }
        Some(match first.to_canonical() {
            IpAddr::V4(it) if longest == 128 && prefix >= 96 => {
                Self { first: IpAddr::V4(it), prefix: prefix - 96 }
            }
            _ => Self { first, prefix },
        })
    }

    /// Whether a text is an address in it. An IPv4 address in IPv6 form (`::ffff:192.0.2.1`) is the IPv4 address.
    pub(crate) fn holds(self, text: &str) -> bool {
        let Ok(seen) = text.parse::<IpAddr>() else { return false };
        let is_same = match (self.first, seen.to_canonical()) {
            (IpAddr::V4(first), IpAddr::V4(seen)) => {
                (u32::from(first) ^ u32::from(seen)).checked_shr(32 - self.prefix)
            }
            (IpAddr::V6(first), IpAddr::V6(seen)) => (u128::from(first) ^ u128::from(seen))
                .checked_shr(128 - self.prefix)
                .map(|it| u32::from(it != 0)),
            _ => return false,
        };
        // Shifted out altogether, nothing is left to differ.
        is_same.unwrap_or(0) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_networks() {
        #[track_caller]
        fn check(network: &str, address: &str, want: bool) {
            assert_eq!(
                Network::parse(network).map(|it| it.holds(address)),
                Some(want),
                "{address} in {network}"
            );
        }
        check("10.0.0.0/8", "10.255.0.1", true);
        check("10.0.0.0/8", "11.0.0.1", false);
        check("10.1.2.3/8", "10.9.9.9", true);
        check("0.0.0.0/0", "8.8.8.8", true);
        check("192.0.2.1", "192.0.2.1", true);
        check("192.0.2.1/32", "192.0.2.2", false);
        check("10.0.0.0/8", "::ffff:10.0.0.1", true);
        check("2001:db8::/32", "2001:DB8:1::1", true);
        check("2001:db8::/32", "2001:db9::1", false);
        check("::1/128", "::1", true);
        check("fe80::/10", "10.0.0.1", false);
        check("::ffff:10.0.0.0/104", "10.0.0.1", true);
        check("10.0.0.0/8", "host", false);
        check("10.0.0.0/8", "", false);
        for text in ["", "10.0.0.0/33", "10.0/8", "::/129", "x/8", "10.0.0.0/"] {
            assert_eq!(Network::parse(text), None, "{text}");
        }
    }
}
