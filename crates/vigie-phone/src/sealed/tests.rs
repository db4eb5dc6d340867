//! What opens, what does not and why, and that places are gone to as in any file.

use std::io::{Cursor, Read as _, Seek as _, SeekFrom, Write as _};

use proptest::prelude::*;

use super::*;

/// A key made for these tests.
const SECRET: &str = "AGE-SECRET-KEY-1GQ9778VQXMMJVE8SK7J6VT8UJ4HDQAJUVSFCWCM02D8GEWQ72PVQ2Y5J33";

fn limits() -> Limits {
    Limits { passphrase_work: 4, ..Limits::default() }
}

fn sealed(content: &[u8], to: &Recipients) -> Vec<u8> {
    let mut writer = seal(Vec::new(), to, &limits()).expect("a writer");
    writer.write_all(content).expect("bytes");
    writer.finish().expect("the end")
}

fn pair() -> (Identities, Recipients) {
    let identity = x25519::Identity::generate();
    let recipients = Recipients::Keys(vec![identity.to_public()]);
    (Identities(vec![identity]), recipients)
}

fn armoured(bytes: &[u8]) -> Vec<u8> {
    let form = age::armor::Format::AsciiArmor;
    let mut out = age::armor::ArmoredWriter::wrap_output(Vec::new(), form).expect("a writer");
    out.write_all(bytes).expect("bytes");
    out.finish().expect("the end")
}

#[track_caller]
fn check(bytes: &[u8], keys: Keys<'_>, limits: &Limits, want: &str) {
    let got = match open(Cursor::new(bytes.to_vec()), &keys, limits) {
        Ok(mut opened) => {
            let mut text = String::new();
            opened.read_to_string(&mut text).map_or_else(|it| it.to_string(), |_| text)
        }
        Err(error) => error.to_string(),
    };
    assert!(got.contains(want), "{got}");
}

#[test]
fn what_opens_and_what_does_not_and_why() {
    let (identities, to) = pair();
    let (others, _) = pair();
    let key = Keys { identities: Some(&identities), passphrase: None };
    let word = |passphrase| Keys { identities: None, passphrase: Some(passphrase) };
    let limits = limits();
    let for_key = sealed(b"what it says", &to);
    check(&for_key, key, &limits, "what it says");
    check(&armoured(&for_key), key, &limits, "what it says");
    check(&for_key, Keys::default(), &limits, "name the file of the secret key with `--identity`");
    check(&for_key, Keys { identities: Some(&others), passphrase: None }, &limits, "not for the key");
    check(&for_key[..for_key.len() - 1], key, &limits, "cut or changed");
    check(&for_key[..60], key, &limits, "cut or changed: its head does not end");
    check(&armoured(&for_key)[..300], key, &limits, "cut or changed");
    check(&armoured(&for_key), key, &Limits { file_bytes: 99, ..limits.clone() }, "more than 99 bytes");
    let mut changed = for_key.clone();
    changed[for_key.len() - 20] ^= 1;
    check(&changed, key, &limits, "cut or changed");
    check(b"age-encryption.org/v9\n-> X\n\n--- \n", key, &limits, "not known here");
    check(b"age-encryption.org/v1\n-> X", key, &limits, "does not end");
    let endless = [&b"age-encryption.org/v1\n"[..], &b"-> X\nAA\n".repeat(9_999)].concat();
    check(&endless, key, &limits, "longer than 32768 bytes");

    let for_word = sealed(b"what it says", &Recipients::Passphrase("pass word".to_owned()));
    check(&for_word, word("pass word"), &limits, "what it says");
    check(&for_word, word("password"), &limits, "the passphrase is wrong");
    check(&for_word, key, &limits, "give it with `--password-stdin`");
    let less = Limits { passphrase_work: 3, ..limits };
    check(&for_word, word("pass word"), &less, "asks for 2^4 rounds of scrypt; the limit is 2^3");
}

#[test]
fn keys_are_read_as_their_maker_writes_them() {
    #[track_caller]
    fn check(text: &str, want: &Result<usize, BadKey>) {
        assert_eq!(Identities::read(text).map(|it| it.0.len()), *want, "{text}");
    }
    check(SECRET, &Ok(1));
    check(&format!("# created: 2026\n# public key: age1x\n\n{SECRET}\r\n{SECRET}\n"), &Ok(2));
    check("", &Err(BadKey::Empty));
    check("# nothing", &Err(BadKey::Empty));
    check(&SECRET[..70], &Err(BadKey::Line(1)));
    let (_, to) = pair();
    let public = format!("{to:?}").replace(['[', ']', '"'], "");
    check(&format!("\n{public}"), &Err(BadKey::Public(2)));
    check("age-encryption.org/v1\n", &Err(BadKey::Sealed));
    assert!(matches!(Recipients::keys([public.as_str()]), Ok(Recipients::Keys(all)) if all.len() == 1));
    assert_eq!(Recipients::keys([SECRET]).err(), Some(BadKey::Recipient(SECRET.to_owned())));
    assert_eq!(Recipients::keys([]).err(), Some(BadKey::Empty));
}

#[test]
fn no_secret_is_printed() {
    let identities = Identities::read(SECRET).expect("a key");
    assert_eq!(format!("{identities:?}"), "1 secret keys");
    assert_eq!(format!("{:?}", Recipients::Passphrase("pass word".to_owned())), "a passphrase");
}

/// Lengths around those of the pieces.
fn lengths() -> impl Strategy<Value = usize> {
    prop_oneof![Just(0_usize), Just(1 << 16), Just(2 << 16), Just((1 << 16) + 1), 0..200_000_usize]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn places_are_gone_to_as_in_any_file(
        length in lengths(),
        steps in prop::collection::vec((0..3_u8, -150_000..350_000_i64, 0..70_000_usize), 0..20),
    ) {
        let content: Vec<u8> = (0..length).map(|it| (it % 251) as u8).collect();
        let (identities, to) = pair();
        let keys = Keys { identities: Some(&identities), passphrase: None };
        let mut opened = open(Cursor::new(sealed(&content, &to)), &keys, &limits()).expect("opened");
        let mut plain = Cursor::new(&content[..]);
        for (from, by, bytes) in steps {
            let to = match from {
                0 => SeekFrom::Start(by.unsigned_abs()),
                1 => SeekFrom::Current(by),
                _ => SeekFrom::End(-by),
            };
            prop_assert_eq!(opened.seek(to).ok(), plain.seek(to).ok());
            let (mut got, mut want) = (Vec::new(), Vec::new());
            opened.by_ref().take(bytes as u64).read_to_end(&mut got).expect("bytes");
            plain.by_ref().take(bytes as u64).read_to_end(&mut want).expect("bytes");
            prop_assert!(got == want, "{} {}", got.len(), want.len());
        }
        for to in [SeekFrom::Start(u64::MAX), SeekFrom::Current(i64::MIN), SeekFrom::End(i64::MAX)] {
            let _ = opened.seek(to);
            prop_assert!(opened.read(&mut [0; 9]).is_ok());
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let (identities, recipients) = pair();
        let keys = Keys { identities: Some(&identities), passphrase: Some("x") };
        let _ = open(Cursor::new([BEGINS, b"v1\n", &bytes].concat()), &keys, &limits());
        let mut changed = sealed(&[7; 1000], &recipients);
        let at = at.index(changed.len());
        let same = changed[at] == to;
        changed[at] = to;
        let mut content = Vec::new();
        let opened = open(Cursor::new(changed), &keys, &limits()).map(|mut it| it.read_to_end(&mut content));
        prop_assert!(same || !matches!(opened, Ok(Ok(_))), "a changed byte was taken");
    }
}
