//! The certificates that apps are signed with, known by their hashes.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use vigie_model::event::Path;

use super::draft::Draft;

/// Adds the hashes of a certificate to the app seen last.
pub(super) fn of_app(draft: Draft, der: &[u8]) -> Draft {
    draft
        .also(Path::AppCertificateMd5, hex(&Md5::digest(der)))
        .also(Path::AppCertificateSha1, hex(&Sha1::digest(der)))
        .also(Path::AppCertificateSha256, hex(&Sha256::digest(der)))
}

/// In small letters.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|it| [it >> 4, it & 15]).filter_map(|it| char::from_digit(it.into(), 16)).collect()
}
