//! Signs of an attack that need no indicator.
//!
//! A sign is a fact that attackers leave behind *and that harmless people leave behind too*. It never says "infected": it
//! says where a helper should look, and each variant tells what else looks the same. [`Sign::weight`] is low wherever the
//! harmless story is the common one.

/// How much a sign alone says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// Most phones that show it are healthy: it only helps to read other findings.
    Low,
    /// Ask the owner; without a good answer an expert should look.
    Medium,
    /// Seldom harmless: an expert should look, whatever else was found.
    High,
}

macro_rules! signs {
    ($(#[doc = $what:literal] $name:ident = $text:literal, $weight:ident, $why:literal, $harmless:literal;)+) => {
        /// Something that speaks for an attack.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Sign {
            $(
                #[doc = $what]
                ///
                #[doc = concat!("Why it matters: ", $why, ".")]
                ///
                #[doc = concat!("What harmless thing looks the same: ", $harmless, ".")]
                $name,
            )+
        }

        impl Sign {
            /// Every sign.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// Its name in files.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// How much it says alone.
            pub fn weight(self) -> Weight {
                match self { $(Self::$name => Weight::$weight,)+ }
            }

            /// What it is.
            pub fn what(self) -> &'static str {
                match self { $(Self::$name => $what.trim_ascii(),)+ }
            }

            /// Why it matters.
            pub fn why(self) -> &'static str {
                match self { $(Self::$name => $why,)+ }
            }

            /// What harmless thing looks the same.
            pub fn harmless(self) -> &'static str {
                match self { $(Self::$name => $harmless,)+ }
            }
        }
    };
}

signs! {
    /// An accessibility service is switched on.
    AccessibilityOn = "accessibility-on", Low,
        "such a service reads the screen and presses buttons for the owner; stalkerware asks for it",
        "screen readers, password managers, automation and antivirus apps use it too";
    /// An app hears of text messages or calls as they come, and does not belong to the system.
    InterceptsMessages = "intercepts-messages", Low,
        "spyware registers for arriving messages and outgoing calls",
        "messengers do the same to read the code that confirms a number";
    /// An app may read every notification.
    ReadsNotifications = "reads-notifications", Low,
        "messages can be read from notifications without breaking any encryption",
        "smart watches, cars and launchers ask for it";
    /// An app was made an administrator of the phone.
    DeviceAdministrator = "device-administrator", Low,
        "an administrator can lock and wipe the phone and resists being removed; stalkerware asks for it",
        "an employer's or school's management, mail apps and Find My Device are administrators";
    /// An app came from nobody who is known.
    UnknownInstaller = "unknown-installer", Low,
        "spyware is installed by hand or by an exploit, not by a store",
        "apps that a developer tool, a file manager or a restored backup installed look the same";
    /// An app came through a browser, a messenger or a file manager.
    Sideloaded = "sideloaded", Medium,
        "links to fake apps are the usual way of commercial spyware onto Android phones",
        "people download apps from their makers' own sites, such as messengers where stores are blocked";
    /// An app may install others.
    MayInstallPackages = "may-install-packages", Low,
        "a first stage brings in the spyware itself",
        "browsers, messengers, file managers and stores are allowed to as soon as the owner agrees once";
    /// The shell used a permission.
    ShellActs = "shell-acts", Low,
        "somebody with a cable or wireless debugging acted on the phone",
        "collecting the evidence itself goes through the shell, and so do developers' tools";
    /// A computer is trusted to debug the phone.
    AdbKeyTrusted = "adb-key-trusted", Low,
        "a computer so trusted can install apps and copy data whenever the phone is unlocked near it",
        "the computer that collected this evidence is one of them";
    /// An older version of an app replaced a newer one.
    Downgraded = "downgraded", Low,
        "attackers bring back a version with a known hole",
        "removing updates, restoring a backup and test programmes do the same";
    /// An app gives full rights over the phone.
    RootPackage = "root-package", Medium,
        "the phone's protection of one app from another is off; spyware can use it and is harder to see",
        "owners root their own phones to change them or to remove what the maker installed";
    /// A program gives full rights over the phone.
    RootBinary = "root-binary", High,
        "a program that gives full rights is not part of any phone as sold; exploits leave one behind",
        "owners root their own phones, and some cheap phones are sold with test builds";
    /// A part of the system that should be read-only can be written.
    SystemWritable = "system-writable", High,
        "who can write there survives a reset of the phone",
        "rooted phones and developers' builds are set up so on purpose";
    /// Something is laid over a part of the system.
    SystemOverlaid = "system-overlaid", Medium,
        "files of the system can be replaced without writing to it",
        "root tools do it, and a few makers lay their own regional files over the system";
    /// The phone runs a build for tests, or its start is not verified.
    UnlockedBuild = "unlocked-build", Medium,
        "the phone no longer checks at its start that its system is the maker's",
        "owners who install another system unlock their phones for it";
    /// A file lies where only a debugger or an exploit writes.
    InLocalTmp = "in-local-tmp", Medium,
        "exploits unpack there, for it can be written without rights and run from",
        "developers' tools and screen mirroring copy their helpers there";
    /// A part of the phone that updates or protects it was disabled.
    ProtectionDisabled = "protection-disabled", Medium,
        "spyware switches off updates and scanners so as to stay",
        "owners disable what the maker installed to save space or be left alone by updates";
    /// A setting weakens the phone's protection.
    SettingWeakens = "setting-weakens", Low,
        "whoever installs spyware by hand first switches off the checks in its way",
        "developers and people who install apps from outside a store set the same";
    /// All traffic goes through another computer.
    TrafficRedirected = "traffic-redirected", Low,
        "who runs that computer sees where the phone connects to, and can change what is not encrypted",
        "people use such services for their privacy, and employers require them";
    /// The last security patch is more than half a year older than the evidence.
    OldPatch = "old-patch", Low,
        "known holes are open",
        "makers stop giving patches after a few years";
    /// A program with special rights crashed.
    PrivilegedCrash = "privileged-crash", Low,
        "exploits that fail crash the programs they attack",
        "faulty drivers crash by themselves, and often";
    /// A certificate authority was installed.
    AuthorityInstalled = "authority-installed", Medium,
        "its owner can read encrypted traffic that passes through a computer of theirs",
        "employers, schools, universities' wireless networks and some ad blockers install one";
    /// A certificate did not hold.
    CertificateRefused = "certificate-refused", Low,
        "somebody between the phone and a server may have tried to read along",
        "login pages of hotels, wrong clocks and careless servers cause the same";
    /// A key of the phone's key store was found changed.
    KeyBroken = "key-broken", Medium,
        "the store that guards the phone's keys was tampered with",
        "a damaged file system does the same";
    /// A message warns in Apple's name of mercenary spyware.
    ThreatNotification = "threat-notification", High,
        "Apple warns those whom it believes spyware of states was aimed at, and is seldom wrong",
        "swindlers imitate such warnings, and people pass them on or write of them";
    /// Rows are missing where numbers are given one after the other.
    RowsMissing = "rows-missing", Low,
        "who hides an attack deletes entries",
        "owners and the phone itself delete old entries all the time";
    /// A program used the network, and its entry is gone.
    UsageWithoutProcess = "usage-without-process", High,
        "known spyware removed its programs from one table and forgot what they had used in the other",
        "a fault of the phone in the moment of the backup could do the same";
    /// A program used the network, and the phone has no file of its name.
    ProgramGone = "program-gone", Low,
        "spyware erases its program and leaves what the phone noted of it",
        "apps are removed, updates rename programs, and many parts of iOS lie in one large file";
    /// A file that came with a message was where only programs put files.
    ScratchAttachment = "scratch-attachment", Medium,
        "exploits sent files through the part of the phone that converts pictures, and they were named after its folder",
        "the phone itself converts a few kinds of pictures there";
    /// A page without encryption led to another's page within a second.
    RedirectedAtOnce = "redirected-at-once", Low,
        "who controls the network answers in a site's place and sends the browser to a server of theirs",
        "shortened links, advertisements and sites that moved do the same";
    /// Something was noted long after it happened.
    NotedLater = "noted-later", Low,
        "entries that are written later may be written to mislead",
        "phones note interactions again when they are restored or fetch old messages";
    /// An invitation to an event has the words of a known attack.
    TrickInvitation = "trick-invitation", High,
        "spyware came with invitations of these words, which phones took in without asking",
        "somebody may invite to a meeting with just these words";
    /// The phone could not be wiped.
    WipeFailed = "wipe-failed", Medium,
        "something resisted the owner's or an administrator's wish to erase the phone",
        "a full or faulty disk does the same";
    /// A program ran from where no program belongs.
    StagingProgram = "staging-program", High,
        "spyware was seen to run from folders for passing data, which exploits can write to",
        "tools of developers and jailbreaks that the owner installed run from there too";
    /// Programs held up a shutdown three times or more.
    ShutdownDelayed = "shutdown-delayed", Low,
        "spyware that does not end when it is told to holds up each shutdown",
        "busy phones, updates and full disks hold it up too";
    /// The log of shutdowns is empty.
    ShutdownLogEmpty = "shutdown-log-empty", Low,
        "spyware was seen to erase its traces, and this log is one of them",
        "iOS 26 begins the log anew at each start, and a phone that was never shut down has none";
    /// An app did not come from the App Store or the phone's management.
    NotFromStore = "not-from-store", Medium,
        "apps from outside are not checked by Apple; spyware was installed by companies' and developers' certificates",
        "test versions, apps of an employer, other stores in the European Union and developers' own apps look the same";
    /// Somebody else manages the phone.
    Managed = "managed", Medium,
        "who manages the phone can install apps and settings, see what is installed, and lock or wipe it",
        "employers and schools manage the phones that they hand out";
    /// A profile sends traffic through a proxy.
    ProxySet = "proxy-set", Medium,
        "who runs the proxy sees where the phone connects to, and with an authority of theirs also what it sends",
        "employers, schools and filters for children and advertisements set one";
    /// A profile changes how notifications are shown.
    NotificationsSilenced = "notifications-silenced", Medium,
        "the owner is kept from seeing what the phone would tell",
        "employers set how notifications of their apps are shown";
    /// An account was looked up whose name holds characters that no name has.
    MalformedIdentity = "malformed-identity", High,
        "such names were found on phones that were attacked through the message service",
        "a damaged file shows the same";
    /// A program that reads arriving messages crashed.
    MessageParserCrash = "message-parser-crash", Low,
        "attacks without a click go through these programs, and those that fail crash them",
        "faulty pictures and programs crash by themselves, too";
}

impl std::fmt::Display for Sign {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_sign_has_its_own_name_and_two_stories() {
        let names: BTreeSet<_> = Sign::ALL.iter().map(|it| it.name()).collect();
        assert_eq!(names.len(), Sign::ALL.len());
        for sign in Sign::ALL {
            assert!(sign.name().bytes().all(|it| it.is_ascii_lowercase() || it == b'-'), "{sign}");
            assert!(sign.what().starts_with(char::is_uppercase) && sign.what().ends_with('.'), "{sign}");
            assert!(!sign.why().is_empty() && !sign.harmless().is_empty(), "{sign}");
            assert_ne!(sign.why(), sign.harmless(), "{sign}");
        }
    }

    #[test]
    fn what_harmless_phones_show_weighs_little() {
        let common = [Sign::AccessibilityOn, Sign::UnknownInstaller, Sign::OldPatch, Sign::PrivilegedCrash];
        assert!(common.iter().all(|it| it.weight() == Weight::Low));
    }
}
