//! Where something was found, for the owner: kinds of places, in place of the names of artefacts.

/// The kind of place that an artefact is: `place-KIND` is its text. None for an artefact that is not known here.
pub(super) fn of(artefact: &str) -> Option<&'static str> {
    Some(match artefact {
        "sms" | "mms" | "whatsapp" | "messenger_messages" => "messages",
        "sms_attachments" => "attachments",
        "safari_history" | "chrome_history" | "firefox_history" => "visited",
        "safari_tabs" => "tabs",
        "safari_favicons"
        | "chrome_favicons"
        | "firefox_favicons"
        | "webkit_statistics"
        | "webkit_session_log"
        | "webkit_indexeddb"
        | "webkit_localstorage"
        | "webkit_safariviewservice"
        | "cache" => "site-data",
        "swcutil" => "links",
        "calls" | "whatsapp_calls" => "calls",
        "contacts" | "whatsapp_contacts" | "whatsapp_lid" => "contacts",
        "interactions" | "interaction_people" => "exchanges",
        "idstatuscache" | "transparency" => "accounts",
        "calendar" => "calendar",
        "applications" | "app_store" | "packages" | "package_log" | "apk" | "activities" | "receivers"
        | "platform_compat" => "apps",
        "configuration_profiles" | "profile_events" => "profiles",
        "settings" | "global_preferences" | "getprop" | "adb" | "vpn" => "settings",
        "tcc" | "locationd_clients" | "appops" | "accessibility" | "device_policy" => "permissions",
        "ps" | "ps_thread" | "taskinfo" | "spindump" | "processes" | "kernel_modules" => "programs",
        "datausage"
        | "netusage"
        | "osanalytics_addaily"
        | "powerlog"
        | "battery_daily"
        | "battery_history" => "usage",
        "crashes" | "tombstones" => "crashes",
        "shutdown_log" => "shutdowns",
        "manifest" | "filesystem" | "files" | "binary_locations" | "root_binaries" => "files",
        "mounts" => "storage",
        "dns_events" | "connect_events" | "sockets" => "network",
        "shortcuts" => "shortcuts",
        "lockdownd" | "analytics" | "installation_logs" | "unified_log" | "security_events" | "dbinfo" => {
            "logs"
        }
        "backup_info" | "device_state" | "version_history" | "dumpstate" | "backup" => "phone",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::phone_report::Tongue;

    #[test]
    fn every_artefact_is_in_a_place_and_every_place_has_one() {
        let mut places = BTreeSet::new();
        for artefact in vigie_phone::ios::artefacts().into_iter().chain(vigie_phone::android::artefacts()) {
            let place = of(artefact).unwrap_or_else(|| panic!("`{artefact}` has no place"));
            assert!(Tongue::English.has(&format!("place-{place}")), "{place}");
            places.insert(format!("place-{place}"));
        }
        let texts = Tongue::English.source().lines().filter_map(|it| it.split_once(" =")).map(|it| it.0);
        let texts: BTreeSet<_> = texts.filter(|it| it.starts_with("place-")).map(str::to_owned).collect();
        assert_eq!(places, texts);
    }
}
