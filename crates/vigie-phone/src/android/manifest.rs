//! What a backup says of each app in it: `apps/…/_manifest`, a value a line, with the app's certificates.

use super::certificate;
use super::draft::Draft;
use super::ledger::Sink;
use super::{names, trust};
use crate::hexadecimal;

/// Version of the format, package, version, Android's version, installer, whether the app is in it, how many certificates,
/// and each of them in hex.
pub(super) fn read(bytes: &[u8], sink: &mut Sink<'_, '_>) {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.lines();
    let (_, package, version) =
        (lines.next(), lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    if !names::is_package(package) {
        return sink.bad("is no manifest of an app");
    }
    let (_, installer, _) = (lines.next(), lines.next().unwrap_or_default(), lines.next());
    let installer = names::is_package(installer).then_some(installer);
    let count: usize = lines.next().and_then(|it| it.parse().ok()).unwrap_or_default();
    let by = installer.unwrap_or("nobody known");
    let mut draft =
        Draft::new("manifest", format!("app {package}, version {version}, installed by {by}")).app(package);
    for line in lines.take(count) {
        match hexadecimal::bytes(line) {
            Some(der) => draft = certificate::of_app(draft, &der),
            None => sink.bad("a certificate is damaged"),
        }
    }
    // Apps of the system have no installer, and a backup does not tell which those are.
    let signs = installer.is_some() || trust::roots(package);
    sink.take(if signs { trust::installed(draft, package, installer, false) } else { draft });
}
