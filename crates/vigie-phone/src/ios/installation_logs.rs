//! Which apps and containers were installed, changed and removed: the logs of `installd`, of containers and of the store.

use super::texts;
use crate::{Artefact, Input, Kind, Record, State};

pub(crate) const ARTEFACT: Artefact = Artefact {
    name: "installation_logs",
    places: &[
        (
            Kind::IosDump,
            &[
                "private/var/installd/Library/Logs/MobileInstallation/*.log*",
                "private/var/root/Library/Logs/MobileContainerManager/*.log*",
                "private/var/mobile/Library/Logs/appinstallation/*.log*",
            ],
        ),
        (
            Kind::Sysdiagnose,
            &[
                "logs/MobileInstallation/*.log*",
                "logs/MobileContainerManager/*.log*",
                "logs/MobileActivation/*.log*",
                "logs/appinstallation/*.log*",
                "logs/itunesstored/*.log*",
            ],
        ),
    ],
    reader: read,
};

fn read(input: &Input<'_>, tell: &mut dyn FnMut(Record)) -> State {
    texts::read(ARTEFACT.name, input, tell)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Zone;
    use crate::ios::testing::{lines, read_in, render};

    #[test]
    fn lines_that_name_something() {
        let log = "Wed Aug 11 05:51:02 2021 [176] <notice> (0x16bae7000) -[MIContainer make:]: Made container live for \
            com.example.a at /private/var/mobile/Containers/Data/X\nWed Aug 11 05:51:03 2021 [176] nothing\n";
        let zone = Zone::of_sysdiagnose("sysdiagnose_2021.08.12_10-00-00+0200_x").unwrap();
        let (records, state) = read_in(&ARTEFACT, &zone, "x", log.as_bytes());
        let told = render(&records, &state);
        assert!(told.starts_with("line 1 | written 2021-08-11T03:51:02Z Zoned | Wed Aug 11"), "{told}");
        assert!(told.contains("file:name=X app:id=com.example.a\npresent 1"), "{told}");
        assert!(lines(&ARTEFACT, b"\0").starts_with("unreadable: "));
    }
}
