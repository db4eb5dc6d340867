//! Bounds of what evidence may ask for.

/// What reading may cost, whatever the evidence says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one file that is read whole. 1 GiB.
    pub file_bytes: u64,
    /// Files in one piece of evidence. 4,000,000.
    pub entries: usize,
    /// How many times its own size something packed may unpack to, once that is more than 64 MiB. 200.
    pub expansion: u64,
    /// Bytes that something packed may unpack to. 256 GiB.
    pub unpacked_bytes: u64,
    /// Lists and maps inside each other. 128.
    pub depth: u16,
    /// Values in one property list or archive of objects. 4,000,000.
    pub values: usize,
    /// Bytes of one text that is kept; what is longer is cut. 1 MiB.
    pub text_bytes: usize,
    /// Rounds that deriving a key from a password may take. 50,000,000; phones ask for 10,000,000.
    pub key_rounds: u32,
    /// How much work the passphrase of a file encrypted with age may take: the logarithm of the rounds of scrypt, each of
    /// which holds one KiB of memory. 20; age and its kin ask for 18 or 19.
    pub passphrase_work: u8,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 1 << 30,
            entries: 4_000_000,
            expansion: 200,
            unpacked_bytes: 256 << 30,
            depth: 128,
            values: 4_000_000,
            text_bytes: 1 << 20,
            key_rounds: 50_000_000,
            passphrase_work: 20,
        }
    }
}

/// Below this many bytes no expansion is suspicious.
const EXPANSION_FROM: u64 = 64 << 20;

impl Limits {
    /// How many bytes something packed of so many bytes may unpack to.
    pub fn unpacked(&self, packed: u64) -> u64 {
        packed.saturating_mul(self.expansion).max(EXPANSION_FROM).min(self.unpacked_bytes)
    }
}
