//! Who `WhatsApp` knows (`ContactsV2.sqlite`), and which number stands behind a hidden one (`LID.sqlite`).

use super::draft::Draft;
use super::reading::{self, mac, number, words};
use crate::{Artefact, Input, Kind, Record, State};

pub(crate) const CONTACTS: Artefact = Artefact {
    name: "whatsapp_contacts",
    places: &[
        (Kind::IosBackup, &["AppDomainGroup-group.net.whatsapp.*.shared/ContactsV2.sqlite"]),
        (Kind::IosDump, &["private/var/mobile/Containers/Shared/AppGroup/*/ContactsV2.sqlite"]),
    ],
    reader: contacts,
};

pub(crate) const LIDS: Artefact = Artefact {
    name: "whatsapp_lid",
    places: &[
        (Kind::IosBackup, &["AppDomainGroup-group.net.whatsapp.*.shared/LID.sqlite"]),
        (Kind::IosDump, &["private/var/mobile/Containers/Shared/AppGroup/*/LID.sqlite"]),
    ],
    reader: lids,
};

fn contacts(input: &Input<'_>, out: &mut dyn FnMut(Record)) -> State {
    reading::read(CONTACTS.name, input, out, |reading| {
        reading.each("ZWAADDRESSBOOKCONTACT", &["ZFULLNAME", "ZWHATSAPPID"], |row| {
            let mut draft = Draft::of("contact", number(row));
            let columns = [
                ("name", "ZFULLNAME"),
                ("given name", "ZGIVENNAME"),
                ("last name", "ZLASTNAME"),
                ("business", "ZBUSINESSNAME"),
                ("user name", "ZUSERNAME"),
                ("number", "ZPHONENUMBER"),
                ("id", "ZWHATSAPPID"),
                ("hidden id", "ZLID"),
            ];
            for (what, column) in columns {
                draft.tell(what, &words(row, column));
            }
            for column in ["ZPHONENUMBER", "ZWHATSAPPID", "ZLID"] {
                draft.person(&words(row, column));
            }
            draft.quote("about", &words(row, "ZABOUTTEXT"));
            draft.quote("notes", &words(row, "ZNOTES"));
            if let Some(seconds) = row.real("ZDISAPPEARINGMODEDURATION") {
                draft.say(&match seconds {
                    it if it > 0.0 => format!("messages disappear after {} hours", (it / 3600.0).round()),
                    _ => "messages do not disappear".to_owned(),
                });
            }
            draft.at("disappearing messages set", mac(row, "ZDISAPPEARINGMODETIMESTAMP"));
            draft.at("about changed", mac(row, "ZABOUTTIMESTAMP"));
            draft.at("about expires", mac(row, "ZABOUTEXPIRATIONTIMESTAMP"));
            draft.at("updated", mac(row, "ZLASTUPDATED"));
            Some(draft)
        });
    })
}

fn lids(input: &Input<'_>, out: &mut dyn FnMut(Record)) -> State {
    reading::read(LIDS.name, input, out, |reading| {
        reading.each("ZWAPHONENUMBERLIDPAIR", &["ZLID", "ZPHONENUMBER"], |row| {
            let mut draft = Draft::of("pair", number(row));
            let (lid, phone) = (words(row, "ZLID"), words(row, "ZPHONENUMBER"));
            draft.say(&format!("{lid} is {phone}"));
            draft.person(&lid);
            draft.person(&phone);
            draft.at("learned", mac(row, "ZTIMESTAMP"));
            Some(draft)
        });
    })
}
