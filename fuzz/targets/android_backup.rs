//! Android's own backup, `.ab`, and the messages in it.

use vigie_phone::android::backup;
use vigie_phone::{Files, Held, Kind};

use super::phone;

/// What is opened is within the limits.
pub fn run(data: &[u8]) {
    let limits = phone::limits();
    if let Ok(mut opened) = backup::open(data, Some("password"), &limits) {
        let count = opened.files.entries().len();
        let bytes: usize = (0..count).filter_map(|it| opened.files.read(it).ok()).map(|it| it.len()).sum();
        assert!(bytes as u64 <= limits.file_bytes, "{bytes}");
    }
    phone::android(&mut Held::new(Kind::AndroidBackup).with("backup.ab", data));
    let messages = "apps/com.android.providers.telephony/d_f/000000_sms_backup";
    phone::android(&mut Held::new(Kind::AndroidBackup).with(messages, data));
}
