//! Who administers the phone, who sends its traffic elsewhere, and the kernel's modules.

use vigie_model::event::Path;

use super::draft::Draft;
use super::ledger::Sink;
use super::lines::Lines;
use super::names;
use crate::Sign;

pub(super) const ADMINISTRATORS: &str = "device_policy";
pub(super) const VPN: &str = "vpn";
pub(super) const MODULES: &str = "kernel_modules";

/// `Device Owner:`, `Profile Owner (User 10):` and `Enabled Device Admins (User 0, …):`, each followed by components.
pub(super) fn administrators(lines: Lines<'_>, sink: &mut Sink<'_, '_>) {
    let mut role = String::new();
    let mut told: Vec<(String, String)> = Vec::new();
    for line in lines.iter() {
        let text = line.text.trim();
        let heading = text.split(['(', ':']).next().unwrap_or_default().trim();
        if ["Device Owner", "Profile Owner", "Enabled Device Admins"].contains(&heading) {
            heading.clone_into(&mut role);
        } else if text.ends_with(':') && line.indent() == 0 {
            role.clear();
        }
        if role.is_empty() {
            continue;
        }
        for component in names::components(text) {
            let one = (role.clone(), component.to_owned());
            if told.contains(&one) {
                continue;
            }
            told.push(one);
            let text = format!("{component} administers the phone ({role})");
            let package = names::package_of(component).unwrap_or_default();
            let draft = Draft::line(line.number, text).app(package);
            sink.take(draft.sign_if(true, Sign::DeviceAdministrator));
        }
    }
}

/// `0: com.example.vpn`, `Active package name: com.example.vpn`.
pub(super) fn vpn(lines: Lines<'_>, sink: &mut Sink<'_, '_>) {
    for line in lines.iter() {
        let Some((key, value)) = line.text.trim().split_once(": ") else { continue };
        let user = !key.is_empty() && key.bytes().all(|it| it.is_ascii_digit());
        let package = value.trim();
        if (user || key == "Active package name") && names::is_package(package) {
            let text = format!("{package} carries the phone's traffic");
            sink.take(Draft::line(line.number, text).app(package).sign_if(true, Sign::TrafficRedirected));
        }
    }
}

/// `Module  Size  Used by`
pub(super) fn modules(lines: Lines<'_>, sink: &mut Sink<'_, '_>) {
    for line in lines.iter() {
        let mut words = line.text.split_whitespace();
        let (Some(name), Some(size)) = (words.next(), words.next()) else { continue };
        if size.bytes().all(|it| it.is_ascii_digit()) {
            let text = format!("module {name} of the kernel, {size} bytes");
            sink.take(Draft::line(line.number, text).see(Path::FileName, format!("{name}.ko")));
        }
    }
}
