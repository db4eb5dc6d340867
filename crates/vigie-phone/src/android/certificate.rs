//! The certificates that apps are signed with, known by their hashes.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use vigie_model::event::Path;

use super::draft::Draft;
use crate::hexadecimal;

/// Adds the hashes of a certificate to the app seen last.
pub(super) fn of_app(draft: Draft, der: &[u8]) -> Draft {
    draft
        .also(Path::AppCertificateMd5, hexadecimal::of(&Md5::digest(der)))
        .also(Path::AppCertificateSha1, hexadecimal::of(&Sha1::digest(der)))
        .also(Path::AppCertificateSha256, hexadecimal::of(&Sha256::digest(der)))
}
