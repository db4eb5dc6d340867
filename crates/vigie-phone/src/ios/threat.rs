//! Apple's own warning, that mercenary spyware is or was aimed at an owner.
//!
//! Apple sends it by message and by mail, in the owner's language, always from the same address and with a link to the same
//! article. A text that has neither is taken for a warning where it names Apple and such spyware in any of these languages.

/// The part of the address before its domain, which is one of Apple's.
const SENDER: &str = "threat-notifications@";

/// Where that address may be.
const DOMAINS: [&str; 2] = ["apple.com", "email.apple.com"];

/// Apple's article about its warnings, by its new and its old number.
const ARTICLES: [&str; 2] = ["/102174", "/ht212960"];

/// What such spyware and those behind it are called; each entry is words that all stand in one text.
const WORDS: &[&[&str]] = &[
    // English
    &["mercenary spyware"],
    &["state-sponsored attack"],
    // French
    &["logiciel", "espion", "mercenaire"],
    &["attaque", "parrain", "état"],
    // Spanish, Portuguese, Italian, Catalan
    &["software espía", "mercenari"],
    &["programa espía", "mercenari"],
    &["spyware", "mercen"],
    &["atacantes", "patrocinados", "estado"],
    // German, Dutch, Danish, Norwegian, Swedish, Finnish
    &["spyware", "söldner"],
    &["staatlich", "unterstützt", "angreif"],
    &["huurling", "spyware"],
    &["lejesoldat", "spyware"],
    &["leiesoldat", "spion"],
    &["legosoldat", "spion"],
    &["palkkasotilas", "vakoilu"],
    // Polish, Czech, Slovak, Hungarian, Romanian, Croatian, Slovene
    &["najemnicz", "szpieg"],
    &["najemn", "szpieg"],
    &["žoldnéř", "spyware"],
    &["žoldnier", "spyware"],
    &["zsoldos", "kém"],
    &["spyware", "plaćenič"],
    // Greek, Turkish
    &["μισθοφορικ", "κατασκοπ"],
    &["paralı", "casus"],
    // Russian, Ukrainian
    &["наемн", "шпион"],
    &["наёмн", "шпион"],
    &["найман", "шпигун"],
    // Arabic, Hebrew, Persian, Urdu
    &["مرتزق", "تجسس"],
    &["رعاية", "دول", "مهاجم"],
    &["ריגול", "שכירי חרב"],
    &["جاسوس", "مزدور"],
    // Hindi, Thai, Vietnamese, Indonesian, Malay
    &["मर्सिनरी", "स्पायवेयर"],
    &["मर्सनेरी", "स्पाइवेयर"],
    &["ทหารรับจ้าง", "สปายแวร์"],
    &["đánh thuê", "gián điệp"],
    &["spyware", "bayaran"],
    &["perisian pengintip", "upahan"],
    // Japanese, Korean, Chinese
    &["傭兵", "スパイウェア"],
    &["国家", "支援", "攻撃"],
    &["용병", "스파이웨어"],
    &["雇佣", "间谍软件"],
    &["傭", "間諜軟"],
];

/// What Apple calls itself where it writes in other letters.
const APPLE: [&str; 6] = ["apple", "آبل", "أبل", "اپل", "애플", "苹果"];

/// Whether a message from this sender, or with this text, is such a warning, or passes one on.
pub(super) fn is_notification(sender: &str, text: &str) -> bool {
    let sender = sender.to_ascii_lowercase();
    if sender.trim_start_matches("mailto:").strip_prefix(SENDER).is_some_and(|it| DOMAINS.contains(&it)) {
        return true;
    }
    let text = text.to_lowercase();
    if text.contains(&format!("{SENDER}{}", DOMAINS[0])) || text.contains(&format!("{SENDER}{}", DOMAINS[1]))
    {
        return true;
    }
    if text.contains("support.apple.com/") && ARTICLES.iter().any(|it| text.contains(it)) {
        return true;
    }
    APPLE.iter().any(|it| text.contains(it))
        && WORDS.iter().any(|all| all.iter().all(|word| text.contains(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sender: &str, text: &str, want: bool) {
        assert_eq!(is_notification(sender, text), want, "{sender}: {text}");
    }

    #[test]
    fn warnings_in_many_languages() {
        check("", "ALERT: State-sponsored attackers may be targeting your iPhone. Apple believes …", true);
        check("", "ALERT: Apple detected a targeted mercenary spyware attack against your iPhone", true);
        check("", "Apple a détecté une attaque de logiciels espions mercenaires visant votre iPhone", true);
        check("", "Apple hat einen gezielten Angriff mit Söldner-Spyware auf dein iPhone erkannt", true);
        check("", "Apple detectó un ataque de software espía mercenario dirigido", true);
        check("", "اكتشفت Apple هجومًا ببرامج تجسس مرتزقة", true);
        check("", "Apple 检测到针对你的 iPhone 的雇佣军间谍软件攻击", true);
    }

    #[test]
    fn the_sender_and_the_article_need_no_language() {
        check("threat-notifications@apple.com", "", true);
        check("Threat-Notifications@email.apple.com", "…", true);
        check("threat-notifications@apple.com.evil.example", "", false);
        check("", "…… https://support.apple.com/xx-yy/102174", true);
        check("", "https://support.apple.com/kb/HT212960", true);
    }

    #[test]
    fn other_messages() {
        check("+33600000000", "Your Apple Account was used to sign in", false);
        check("news@apple.com", "mercenaries in the news", false);
        check("", "https://support.apple.com/102175", false);
        check("", "", false);
    }
}
