//! What a helper is asked at a terminal: the owner's consent, part by part, and the password once it is known that one is
//! needed.

use std::io::{self, BufRead, IsTerminal as _, Write};
use std::time::Duration;

use anyhow::{Context as _, bail};
use console::Term;
use vigie_app::check_phone::{Consent, OpenError};

/// The longest answer, in bytes.
const MAX_ANSWER: u64 = 4 << 10;

/// Whether somebody is there to be asked.
pub(super) fn can() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// The consent of the owner, who sits beside the helper.
pub(super) fn consent(with_extract: bool) -> anyhow::Result<Consent> {
    let now = jiff::Timestamp::now().as_nanosecond();
    let default = Consent::given_by("", i64::try_from(now).context("the clock is wrong")?);
    ask(default, with_extract, &mut io::stdin().lock(), &mut io::stderr())
}

/// The password, which is not shown. `pause` is how long a drawing of progress may still be going on.
pub(super) fn password(why: &OpenError, pause: Duration) -> Option<String> {
    if !can() {
        return None;
    }
    std::thread::sleep(2 * pause);
    let terminal = Term::stderr();
    terminal.write_str(&format!("The evidence {why}\nPassword: ")).ok()?;
    terminal.read_secure_line().ok().filter(|it| !it.is_empty())
}

fn ask(
    default: Consent,
    with_extract: bool,
    from: &mut impl BufRead,
    to: &mut impl Write,
) -> anyhow::Result<Consent> {
    writeln!(
        to,
        "Nothing of a phone is read without its owner's consent. An empty answer means what is in brackets."
    )?;
    let mut question = |words: &str, default: &str| -> anyhow::Result<String> {
        let brackets = if default.is_empty() { String::new() } else { format!(" [{default}]") };
        write!(to, "{words}{brackets} ")?;
        to.flush()?;
        let mut answer = String::new();
        if io::Read::take(&mut *from, MAX_ANSWER).read_line(&mut answer)? == 0 {
            bail!("the questions were not answered to their end; nothing was read");
        }
        let answer = answer.trim();
        Ok(if answer.is_empty() { default.to_owned() } else { answer.to_owned() })
    };
    let owner = question("Whose phone is it?", "")?;
    let purpose = question("What is the check for?", &default.purpose)?;
    let scope = question("What may be looked at?", &default.scope)?;
    let retention = question("How long may what comes of it be kept?", &default.retention)?;
    let extract = with_extract
        && is_yes(&question("May an encrypted extract be kept for later indicators? yes or no:", "no")?);
    if !is_yes(&question("Does the owner know all this, and freely agree to it today? yes or no:", "no")?) {
        bail!("the owner did not agree; nothing was read");
    }
    Ok(Consent { owner, purpose, scope, retention, extract, ..default })
}

fn is_yes(answer: &str) -> bool {
    answer.eq_ignore_ascii_case("yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(answers: &str, with_extract: bool) -> Result<Consent, String> {
        let default = Consent::given_by("", 1_780_000_000_000_000_000);
        let mut shown = Vec::new();
        ask(default, with_extract, &mut answers.as_bytes(), &mut shown).map_err(|it| it.to_string())
    }

    #[test]
    fn answers_are_the_record_of_consent() {
        let default = Consent::given_by("", 1_780_000_000_000_000_000);
        let got = asked("Amal\n\n\n2027-01-01\nyes\n", false);
        let want =
            Consent { owner: "Amal".to_owned(), retention: "2027-01-01".to_owned(), ..default.clone() };
        assert_eq!(got.as_ref(), Ok(&want));
        let got = asked("Amal\n\n\n2027-01-01\nyes\nYES\n", true);
        assert_eq!(got, Ok(Consent { extract: true, ..want }));
    }

    #[test]
    fn nothing_is_read_without_a_yes() {
        for answers in ["Amal\n\n\n\nno\n", "Amal\n\n\n\n\n", "Amal\n\n\n\ny\n"] {
            assert_eq!(asked(answers, false), Err("the owner did not agree; nothing was read".to_owned()));
        }
        let cut = "the questions were not answered to their end; nothing was read";
        assert_eq!(asked("Amal\n", false), Err(cut.to_owned()));
    }
}
