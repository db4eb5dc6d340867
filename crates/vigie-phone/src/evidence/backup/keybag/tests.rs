//! Bags of keys: a published vector, and bags that make no sense.

use aes_kw::KekAes256;
use proptest::prelude::*;

use super::*;

fn field(tag: &str, value: &[u8]) -> Vec<u8> {
    [tag.as_bytes(), &u32::try_from(value.len()).unwrap().to_be_bytes(), value].concat()
}

fn number(tag: &str, value: u32) -> Vec<u8> {
    field(tag, &value.to_be_bytes())
}

fn bytes(hex: &str) -> Vec<u8> {
    let digit = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(digit).collect()
}

fn class(class: u32, wrap: u32, key: &[u8]) -> Vec<u8> {
    [field("UUID", &[1; 16]), number("CLAS", class), number("WRAP", wrap), field("WPKY", key)].concat()
}

/// Stretches `password` in 3 and 2 rounds, and wraps `[7; 32]` by it.
fn wrapped(password: &str) -> Vec<u8> {
    let first = pbkdf2::pbkdf2_hmac_array::<sha2::Sha256, 32>(password.as_bytes(), &[2; 20], 3);
    let key = pbkdf2::pbkdf2_hmac_array::<sha1::Sha1, 32>(&first, &[1; 20], 2);
    KekAes256::from(key).wrap_vec(&[7; 32]).unwrap()
}

fn head() -> Vec<u8> {
    let salts = [field("SALT", &[1; 20]), number("ITER", 2), field("DPSL", &[2; 20]), number("DPIC", 3)];
    [number("VERS", 3), number("TYPE", 1), field("UUID", &[0; 16]), number("WRAP", 0), salts.concat()]
        .concat()
}

#[track_caller]
fn check(bag: &[u8], password: &str, want: &Result<(), KeyError>) {
    let keys = Keybag::read(bag).and_then(|it| it.unlock(password, &Limits::default(), &mut |_| {}));
    assert_eq!(&keys.map(drop), want);
}

/// The example of hashcat (MIT) for mode 14800.
#[test]
fn the_vector_of_hashcat() {
    let key = bytes("17a3b858e79bc273be43a9f113b71efe7ec8e7e401396b350180b4592ef45db67ffef7b2d64329a5");
    let first_salt = bytes("99fafc983e732998adb9fadc162a2e382143f115");
    let salt = b"2721336781705041205314422175267631184867";
    let salt = bytes(std::str::from_utf8(salt).unwrap());
    let head = [field("UUID", &[0; 16]), field("SALT", &salt), number("ITER", 10_000)].concat();
    let bag = [head, field("DPSL", &first_salt), number("DPIC", 1000), class(4, 2, &key)].concat();
    check(&bag, "hashcat", &Ok(()));
    check(&bag, "hashcat ", &Err(KeyError::WrongPassword));
}

#[test]
fn keys_by_class() {
    let bag =
        [head(), class(3, 2, &wrapped("a")), class(4, 3, &[0; 40]), class(5, 1, &wrapped("a"))].concat();
    let mut told = Vec::new();
    let keys = Keybag::read(&bag).unwrap().unlock("a", &Limits::default(), &mut |it| told.push(it)).unwrap();
    assert_eq!(keys.get(3), Ok(&[7; 32]));
    assert_eq!(keys.get(4), Err("the key of protection class 4 is damaged".to_owned()));
    assert_eq!(keys.get(5), Err("the key of protection class 5 is kept by the phone alone".to_owned()));
    assert_eq!(keys.get(6), Err("the bag of keys has no key of protection class 6".to_owned()));
    assert_eq!(told.last(), Some(&Progress::Key { done: 7, of: 7 }));
}

#[test]
fn bags_that_make_no_sense() {
    let key = wrapped("a");
    let with = |head: &[u8]| [head, &class(3, 2, &key)].concat();
    let salt = [field("UUID", &[0; 16]), field("SALT", &[1; 20])].concat();
    check(&[], "a", &Err(KeyError::Damaged("it has no `SALT`")));
    check(&with(&field("UUID", &[0; 16])), "a", &Err(KeyError::Damaged("it has no `SALT`")));
    check(&with(&salt), "a", &Err(KeyError::Damaged("it has no `ITER`")));
    check(
        &with(&[salt.clone(), number("ITER", 0)].concat()),
        "a",
        &Err(KeyError::Damaged("it has no `ITER`")),
    );
    let half = [salt.clone(), number("ITER", 1), number("DPIC", 1)].concat();
    check(&with(&half), "a", &Err(KeyError::Damaged("of `DPSL` and `DPIC` it has only one")));
    check(&head(), "a", &Err(KeyError::Damaged("it has no key that a password opens")));
    let bag = with(&head());
    check(&bag[..bag.len() - 1], "a", &Err(KeyError::Damaged("it ends within a field")));
    check(&bag, "a", &Ok(()));
}

#[test]
fn rounds_without_end_are_refused_at_once() {
    let rounds = |first: u32, second: u32| {
        let salts = [field("SALT", &[1; 20]), field("DPSL", &[2; 20])].concat();
        let head = [field("UUID", &[0; 16]), salts, number("ITER", second), number("DPIC", first)].concat();
        [head, class(3, 2, &[0; 40])].concat()
    };
    let refused = |asked| Err(KeyError::Rounds { asked, limit: 50_000_000 });
    check(&rounds(u32::MAX, 1), "a", &refused(4_294_967_297));
    check(&rounds(1, u32::MAX), "a", &refused(8_589_934_591));
    check(&rounds(50_000_000, 1), "a", &refused(50_000_002));
}

proptest! {
    #[test]
    fn never_panics_on_changed_bytes(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8)) {
        let mut bag = [head(), class(3, 2, &wrapped("a"))].concat();
        for (at, byte) in changes {
            let at = at.index(bag.len());
            bag[at] = byte;
        }
        let few = Limits { key_rounds: 1000, ..Limits::default() };
        if let Ok(bag) = Keybag::read(&bag) {
            drop(bag.unlock("a", &few, &mut |_| {}));
        }
    }

    #[test]
    fn never_panics_on_any_bytes(bytes: Vec<u8>) {
        drop(Keybag::read(&bytes));
    }
}
