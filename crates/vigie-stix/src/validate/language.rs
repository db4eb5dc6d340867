//! Language codes: the syntax of RFC 5646, and the languages of ISO 639-1 and 639-2.

use super::check::Check;
use super::report::{Path, shortened};
use super::rule;

/// What can be said of a language code.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Code {
    Good,
    /// Well formed, but three letters that ISO 639-2 does not have; ISO 639-3, which is far longer, may.
    Unknown,
    Bad,
}

/// Reports a code that is not good.
pub(super) fn check(code: &str, path: &Path<'_>, check: &mut Check<'_>) {
    let shown = shortened(code);
    match judge(code) {
        Code::Good => {}
        Code::Unknown => {
            check.add(rule::LANGUAGE_UNKNOWN, path, format_args!("`{shown}` names no language of ISO 639-2"));
        }
        Code::Bad => {
            check.add(
                rule::LANGUAGE,
                path,
                format_args!("`{shown}` is no language code of RFC 5646, like `en-GB`"),
            );
        }
    }
}

/// Reads a code: a language, then script, region, variants and extensions in this order.
pub(super) fn judge(code: &str) -> Code {
    let letters = |it: &str| it.bytes().all(|it| it.is_ascii_alphabetic());
    if code.len() > 100 || !code.split('-').all(is_subtag) {
        return Code::Bad;
    }
    let mut parts = code.split('-').peekable();
    let language = parts.next().unwrap_or_default();
    if language.eq_ignore_ascii_case("x") || language.eq_ignore_ascii_case("i") {
        return if parts.next().is_some() { Code::Good } else { Code::Bad };
    }
    let lower = language.to_ascii_lowercase();
    let unknown = match language.len() {
        _ if !letters(language) => return Code::Bad,
        2 if TWO_LETTERS.contains(&&*lower) => false,
        3 => !THREE_LETTERS.split(' ').any(|it| it == lower),
        // Languages of four to eight letters are reserved by RFC 5646; none is registered.
        _ => return Code::Bad,
    };
    for _ in 0..3 {
        parts.next_if(|it| it.len() == 3 && letters(it));
    }
    match tail(parts) {
        None => Code::Bad,
        Some(()) if unknown => Code::Unknown,
        Some(()) => Code::Good,
    }
}

/// What may follow the language: a script, a region, variants, extensions, private use.
fn tail<'t>(parts: impl Iterator<Item = &'t str>) -> Option<()> {
    let mut parts = parts.peekable();
    let letters = |it: &str| it.bytes().all(|it| it.is_ascii_alphabetic());
    parts.next_if(|it| it.len() == 4 && letters(it));
    parts.next_if(|it| {
        (it.len() == 2 && letters(it)) || (it.len() == 3 && it.bytes().all(|it| it.is_ascii_digit()))
    });
    let variant =
        |it: &&str| it.len() >= 5 || (it.len() == 4 && it.starts_with(|it: char| it.is_ascii_digit()));
    while parts.next_if(variant).is_some() {}
    while let Some(singleton) = parts.next() {
        let private = singleton.eq_ignore_ascii_case("x");
        let shortest = if private { 1 } else { 2 };
        if singleton.len() != 1 || parts.next_if(|it| it.len() >= shortest).is_none() {
            return None;
        }
        while parts.next_if(|it| it.len() >= shortest).is_some() {}
    }
    Some(())
}

fn is_subtag(part: &str) -> bool {
    (1..=8).contains(&part.len()) && part.bytes().all(|it| it.is_ascii_alphanumeric())
}

/// ISO 639-1
const TWO_LETTERS: &[&str] = &[
    "aa", "ab", "ae", "af", "ak", "am", "an", "ar", "as", "av", "ay", "az", "ba", "be", "bg", "bh", "bi",
    "bm", "bn", "bo", "br", "bs", "ca", "ce", "ch", "co", "cr", "cs", "cu", "cv", "cy", "da", "de", "dv",
    "dz", "ee", "el", "en", "eo", "es", "et", "eu", "fa", "ff", "fi", "fj", "fo", "fr", "fy", "ga", "gd",
    "gl", "gn", "gu", "gv", "ha", "he", "hi", "ho", "hr", "ht", "hu", "hy", "hz", "ia", "id", "ie", "ig",
    "ii", "ik", "in", "io", "is", "it", "iu", "iw", "ja", "ji", "jv", "jw", "ka", "kg", "ki", "kj", "kk",
    "kl", "km", "kn", "ko", "kr", "ks", "ku", "kv", "kw", "ky", "la", "lb", "lg", "li", "ln", "lo", "lt",
    "lu", "lv", "mg", "mh", "mi", "mk", "ml", "mn", "mo", "mr", "ms", "mt", "my", "na", "nb", "nd", "ne",
    "ng", "nl", "nn", "no", "nr", "ns", "nv", "ny", "oc", "oj", "om", "or", "os", "pa", "pi", "pl", "ps",
    "pt", "qu", "rm", "rn", "ro", "ru", "rw", "sa", "sc", "sd", "se", "sg", "sh", "si", "sk", "sl", "sm",
    "sn", "so", "sq", "sr", "ss", "st", "su", "sv", "sw", "ta", "te", "tg", "th", "ti", "tk", "tl", "tn",
    "to", "tr", "ts", "tt", "tw", "ty", "ug", "uk", "ur", "uz", "ve", "vi", "vo", "wa", "wo", "xh", "yi",
    "yo", "za", "zh", "zu",
];

/// ISO 639-2
const THREE_LETTERS: &str = "\
    aar abk ace ach ada ady afa afh afr ain aka akk alb ale alg alt amh ang anp apa ara arc arg arm arn arp \
    art arw asm ast ath aus ava ave awa aym aze bad bai bak bal bam ban baq bas bat bej bel bem ben ber bho \
    bih bik bin bis bla bnt bod bos bra bre btk bua bug bul bur byn cad cai car cat cau ceb cel ces cha chb \
    che chg chi chk chm chn cho chp chr chu chv chy cmc cop cor cos cpe cpf cpp cre crh crp csb cus cym cze \
    dak dan dar day del den deu dgr din div doi dra dsb dua dum dut dyu dzo efi egy eka ell elx eng enm epo \
    est eus ewe ewo fan fao fas fat fij fil fin fiu fon fra fre frm fro frr frs fry ful fur gaa gay gba gem \
    geo ger gez gil gla gle glg glv gmh goh gon gor got grb grc gre grn gsw guj gwi hai hat hau haw heb her \
    hil him hin hit hmn hmo hrv hsb hun hup hye iba ibo ice ido iii ijo iku ile ilo ina inc ind ine inh ipk \
    ira iro isl ita jav jbo jpn jpr jrb kaa kab kac kal kam kan kar kas kat kau kaw kaz kbd kha khi khm kho \
    kik kin kir kmb kok kom kon kor kos kpe krc krl kro kru kua kum kur kut lad lah lam lao lat lav lez lim \
    lin lit lol loz ltz lua lub lug lui lun luo lus mac mad mag mah mai mak mal man mao map mar mas may mdf \
    mdr men mga mic min mis mkd mkh mlg mlt mnc mni mno moh mon mos mri msa mul mun mus mwl mwr mya myn myv \
    nah nai nap nau nav nbl nde ndo nds nep new nia nic niu nld nno nob nog non nor nqo nso nub nwc nya nym \
    nyn nyo nzi oci oji ori orm osa oss ota oto paa pag pal pam pan pap pau peo per phi phn pli pol pon por \
    pra pro pus que raj rap rar roa roh rom ron rum run rup rus sad sag sah sai sal sam san sas sat scn sco \
    sel sem sga sgn shn sid sin sio sit sla slk slo slv sma sme smi smj smn smo sms sna snd snk sog som son \
    sot spa sqi srd srn srp srr ssa ssw suk sun sus sux swa swe syc syr tah tai tam tat tel tem ter tet tgk \
    tgl tha tib tig tir tiv tkl tlh tli tmh tog ton tpi tsi tsn tso tuk tum tup tur tut tvl twi tyv udm uga \
    uig ukr umb und urd uzb vai ven vie vol vot wak wal war was wel wen wln wol xal xho yao yap yid yor ypk \
    zap zbl zen zgh zha zho znd zul zun zxx zza";

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(code: &str, want: &Code) {
        assert_eq!(judge(code), *want, "{code}");
    }

    #[test]
    fn codes() {
        for good in [
            "en",
            "en-GB",
            "EN",
            "zh-Hant-TW",
            "es-419",
            "ar-MA",
            "he",
            "sr-Cyrl",
            "zgh",
            "sl-rozaj-biske",
            "de-1996",
            "zh-yue-HK",
            "en-a-bb-ccc",
            "x-own",
            "i-klingon",
            "de-CH-x-phonebk",
            "ns-ZA",
        ] {
            check(good, &Code::Good);
        }
        for unknown in ["foo", "bbb", "foo-GB"] {
            check(unknown, &Code::Unknown);
        }
        for bad in [
            "",
            "e",
            "xx",
            "english language",
            "english",
            "en_GB",
            "en-",
            "-en",
            "en--GB",
            "123",
            "en-GB-GB",
            "x",
            "en-a",
            "é",
        ] {
            check(bad, &Code::Bad);
        }
    }
}
