//! The owner's and the system's settings.
//!
//! `dumpsys settings` writes `_id:71 name:adb_enabled pkg:android value:1 default:1`, `settings list` `adb_enabled=1`.

use std::fmt::Write;

use vigie_model::event::Path;

use super::draft::Draft;
use super::ledger::Sink;
use super::lines::Lines;
use super::{names, trust};
use crate::Sign;

pub(super) const NAME: &str = "settings";

pub(super) fn read(lines: Lines<'_>, sink: &mut Sink<'_, '_>) {
    let mut space = String::new();
    for line in lines.iter() {
        let text = line.text.trim();
        if let Some((it, _)) = text.split_once(" SETTINGS (") {
            space = it.to_lowercase();
            continue;
        }
        let pair = match text.strip_prefix("_id:") {
            Some(rest) => dumped(rest),
            None => text.split_once('=').filter(|it| !it.0.is_empty() && !it.0.contains(' ')),
        };
        let Some((name, value)) = pair else { continue };
        sink.take(setting(line.number, &space, name, value));
    }
}

/// `71 name:adb_enabled pkg:android value:1 default:1 defaultSystemSet:true`
fn dumped(text: &str) -> Option<(&str, &str)> {
    let name = text.split(" name:").nth(1)?.split(' ').next()?;
    let value = text.split_once(" value:")?.1;
    let end = value.find(" default:").or_else(|| value.find(" defaultSystemSet:")).unwrap_or(value.len());
    Some((name, value.get(..end)?.trim()))
}

fn setting(line: u64, space: &str, name: &str, value: &str) -> Draft {
    let weak = trust::weakens(name, value);
    let mut text = format!("{space}{}{name} = {value}", if space.is_empty() { "" } else { " " });
    if let Some(weak) = weak {
        let _ = write!(text, " ({weak})");
    }
    let mut draft = Draft::line(line, text).sign_if(weak.is_some(), Sign::SettingWeakens);
    let set = !value.is_empty() && value != "null";
    match name {
        "enabled_accessibility_services" => draft = draft.sign_if(set, Sign::AccessibilityOn),
        "enabled_notification_listeners" => draft = draft.sign_if(set, Sign::ReadsNotifications),
        "always_on_vpn_app" => draft = draft.sign_if(set, Sign::TrafficRedirected),
        // `host:port`; `:0` is none.
        "http_proxy" | "global_http_proxy_host" | "private_dns_specifier" => {
            let host = value.split(':').next().unwrap_or_default();
            draft = draft
                .sign_if(set && !host.is_empty() && name != "private_dns_specifier", Sign::TrafficRedirected);
            draft = match names::address(host) {
                Some(address) => draft.address(address),
                None if set && host.contains('.') => draft.see(Path::DomainName, host),
                None => draft,
            };
            return draft;
        }
        _ => {}
    }
    // Lists of components and packages, however they are joined.
    for word in value.split([':', ',', ';', ' ']) {
        let package = word.split_once('/').map_or(word, |it| it.0);
        if names::is_package(package) && (word.contains('/') || known_list(name)) {
            draft = draft.app(package);
        }
    }
    draft
}

fn known_list(name: &str) -> bool {
    name.ends_with("_app") || name.ends_with("_application") || name.ends_with("_package")
}
