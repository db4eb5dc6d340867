//! Which apps and settings are known for what they do to a phone's protection.

use super::draft::Draft;
use crate::Sign;

/// Apps that give or manage full rights over a phone.
const ROOT: [&str; 26] = [
    "com.topjohnwu.magisk",
    "io.github.vvb2060.magisk",
    "me.weishu.kernelsu",
    "com.rifsxd.ksunext",
    "me.bmax.apatch",
    "org.lsposed.manager",
    "de.robv.android.xposed.installer",
    "eu.chainfire.supersu",
    "com.noshufou.android.su",
    "com.noshufou.android.su.elite",
    "com.koushikdutta.superuser",
    "com.thirdparty.superuser",
    "com.yellowes.su",
    "com.koushikdutta.rommanager",
    "com.koushikdutta.rommanager.license",
    "com.kingroot.kinguser",
    "com.kingo.root",
    "com.smedialink.oneclickroot",
    "com.zhiqupk.root.global",
    "com.alephzain.framaroot",
    "com.saurik.substrate",
    "com.devadvance.rootcloak",
    "com.devadvance.rootcloakplus",
    "com.zachspong.temprootremovejb",
    "com.ramdroid.appquarantine",
    "com.amphoras.hidemyroot",
];

/// Stores. What they install is known to them.
const STORES: [&str; 13] = [
    "com.android.vending",
    "com.google.android.feedback",
    "com.sec.android.app.samsungapps",
    "com.huawei.appmarket",
    "com.xiaomi.mipicks",
    "com.xiaomi.market",
    "com.heytap.market",
    "com.oppo.market",
    "com.vivo.appstore",
    "com.hihonor.appmarket",
    "com.amazon.venezia",
    "org.fdroid.fdroid",
    "com.aurora.store",
];

/// Browsers, messengers and file managers, through which an app comes from a link.
const BRINGERS: [&str; 17] = [
    "com.android.chrome",
    "com.android.browser",
    "com.sec.android.app.sbrowser",
    "org.mozilla.firefox",
    "com.opera.browser",
    "com.opera.mini.native",
    "com.brave.browser",
    "com.microsoft.emmx",
    "com.UCMobile.intl",
    "com.whatsapp",
    "org.telegram.messenger",
    "org.telegram.messenger.web",
    "org.thoughtcrime.securesms",
    "com.facebook.orca",
    "com.google.android.documentsui",
    "com.google.android.apps.nbu.files",
    "com.sec.android.app.myfiles",
];

/// Apps that update a phone or look for harmful apps on it.
const PROTECTORS: [&str; 13] = [
    "com.android.vending",
    "com.google.android.gms",
    "com.google.android.gsf",
    "com.sec.android.soagent",
    "com.wssyncmldm",
    "com.samsung.sdm",
    "com.samsung.android.securitylogagent",
    "com.samsung.android.sm.devicesecurity",
    "com.sec.android.app.samsungapps",
    "com.huawei.android.hwouc",
    "com.huawei.systemmanager",
    "com.miui.securitycenter",
    "com.android.updater",
];

/// Settings and the values with which they weaken the phone.
const WEAK: [(&str, &str, &str); 12] = [
    ("package_verifier_enable", "0", "apps are not checked as they are installed"),
    ("package_verifier_user_consent", "-1", "the owner refused the check of apps"),
    ("verifier_verify_adb_installs", "0", "apps that come over a cable are not checked"),
    ("upload_apk_enable", "0", "unknown apps are not sent to be checked"),
    ("adb_install_need_confirm", "0", "apps come over a cable without asking the owner"),
    ("install_non_market_apps", "1", "apps from outside a store are allowed"),
    ("adb_enabled", "1", "the phone can be controlled over a cable"),
    ("adb_wifi_enabled", "1", "the phone can be controlled over the network"),
    ("send_security_reports", "0", "the maker's security reports are off"),
    ("send_action_app_error", "0", "crashes are not reported"),
    ("samsung_errorlog_agree", "0", "the maker hears of no errors"),
    ("oem_unlock_allowed", "1", "the check of the system at start may be switched off"),
];

/// Whether the app gives full rights over a phone.
pub(super) fn roots(package: &str) -> bool {
    ROOT.contains(&package)
}

/// Whether the app updates or protects a phone.
pub(super) fn protects(package: &str) -> bool {
    PROTECTORS.contains(&package)
}

/// What a setting of this value weakens.
pub(super) fn weakens(name: &str, value: &str) -> Option<&'static str> {
    WEAK.iter().find(|it| it.0 == name && it.1 == value).map(|it| it.2)
}

/// The signs in who installed an app.
pub(super) fn installed(draft: Draft, package: &str, installer: Option<&str>, system: bool) -> Draft {
    let draft = draft.sign_if(roots(package), Sign::RootPackage);
    let Some(installer) = installer else { return draft.sign_if(!system, Sign::UnknownInstaller) };
    let by_hand = matches!(
        installer,
        "com.google.android.packageinstaller" | "com.android.packageinstaller" | "com.miui.packageinstaller"
    );
    let brought = BRINGERS.contains(&installer) || by_hand;
    let unknown = !brought && !STORES.contains(&installer);
    let draft = draft.sign_if(!system && brought, Sign::Sideloaded);
    draft.sign_if(!system && unknown, Sign::UnknownInstaller)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(package: &str, installer: Option<&str>, system: bool, want: &[Sign]) {
        assert_eq!(installed(Draft::default(), package, installer, system).signs, want, "{package}");
    }

    #[test]
    fn who_installed_an_app_tells() {
        check("com.a", Some("com.android.vending"), false, &[]);
        check("com.a", Some("com.android.chrome"), false, &[Sign::Sideloaded]);
        check("com.a", Some("com.google.android.packageinstaller"), false, &[Sign::Sideloaded]);
        check("com.a", Some("com.who"), false, &[Sign::UnknownInstaller]);
        check("com.a", None, false, &[Sign::UnknownInstaller]);
        check("com.a", None, true, &[]);
        check("com.topjohnwu.magisk", None, false, &[Sign::RootPackage, Sign::UnknownInstaller]);
    }
}
