//! Real Windows events of the shared data, each with the log source that it is of. The classes are made here, and not by a
//! reader, so that nothing is shared with what is tested and every engine is given the same.

use std::collections::HashMap;
use std::path::Path;

use serde_json::Value;
use vigie_model::log::{LogClass, LogSource};

use super::archives::unpack;
use super::event::event;

/// Every `step`th of the events that attack simulations left (OTRF), as lines of JSON.
pub(crate) fn simulations(winlog: &Path, step: usize) -> Vec<Vec<u8>> {
    let files = unpack(&winlog.join("otrf.tar.zst"), ".json");
    let lines = files.iter().flat_map(|(_, bytes)| bytes.split(|it| *it == b'\n'));
    lines.filter(|it| it.starts_with(b"{")).step_by(step).map(<[u8]>::to_vec).collect()
}

/// Records with the classes that they are of.
pub(crate) struct Logs {
    pub(crate) classes: Vec<LogClass>,
    /// Each with the number of its class.
    pub(crate) records: Vec<(usize, Value)>,
}

impl Logs {
    /// The records of lines of JSON.
    pub(crate) fn of_lines(lines: &[Vec<u8>]) -> Self {
        Self::of(lines.iter().filter_map(|it| serde_json::from_slice(it).ok()))
    }

    /// Gives each record its class.
    pub(crate) fn of(records: impl Iterator<Item = Value>) -> Self {
        let mut logs = Self { classes: Vec::new(), records: Vec::new() };
        let mut numbers: HashMap<Vec<LogSource>, usize> = HashMap::new();
        for record in records {
            let number = *numbers.entry(sources(&record)).or_insert_with_key(|sources| {
                logs.classes.push(LogClass { mapping: "test 1".into(), sources: sources.clone() });
                logs.classes.len() - 1
            });
            logs.records.push((number, record));
        }
        logs
    }

    /// The events, ready for matching.
    pub(crate) fn events(&self) -> Vec<vigie_model::event::Event<'_>> {
        let ready = |(class, record): &(usize, Value)| vigie_model::event::Event {
            log: self.classes.get(*class),
            ..event(record)
        };
        self.records.iter().map(ready).collect()
    }
}

/// The sources of a record by its channel and number, each with all three words.
fn sources(record: &Value) -> Vec<LogSource> {
    let channel = record.get("Channel").and_then(Value::as_str).unwrap_or_default().to_lowercase();
    let number = record.get("EventID").and_then(|it| it.as_u64().or_else(|| it.as_str()?.parse().ok()));
    let (category, service) = match channel.as_str() {
        "microsoft-windows-sysmon/operational" => (sysmon(number, record), "sysmon"),
        "security" => (None, "security"),
        "system" => (None, "system"),
        "application" => (None, "application"),
        "windows powershell" => {
            (Some("ps_classic_start").filter(|_| number == Some(400)), "powershell-classic")
        }
        "microsoft-windows-powershell/operational" => match number {
            Some(4103) => (Some("ps_module"), "powershell"),
            Some(4104) => (Some("ps_script"), "powershell"),
            _ => (None, "powershell"),
        },
        "microsoft-windows-taskscheduler/operational" => (None, "taskscheduler"),
        "microsoft-windows-windows defender/operational" => (None, "windefend"),
        "microsoft-windows-wmi-activity/operational" => (None, "wmi"),
        "msexchange management" => (None, "msexchange-management"),
        _ => (None, "other"),
    };
    let of = |category: Option<&str>| LogSource {
        product: Some("windows".into()),
        category: category.map(Into::into),
        service: Some(service.into()),
    };
    match category {
        // Rules of the one category are about records of all three others.
        Some("registry_add" | "registry_delete" | "registry_set" | "registry_rename") => {
            vec![of(category), of(Some("registry_event"))]
        }
        _ => vec![of(category)],
    }
}

fn sysmon(number: Option<u64>, record: &Value) -> Option<&'static str> {
    Some(match number? {
        1 => "process_creation",
        2 => "file_change",
        3 => "network_connection",
        5 => "process_termination",
        6 => "driver_load",
        7 => "image_load",
        8 => "create_remote_thread",
        9 => "raw_access_thread",
        10 => "process_access",
        11 => "file_event",
        12 if record.get("EventType").and_then(Value::as_str) == Some("CreateKey") => "registry_add",
        12 => "registry_delete",
        13 => "registry_set",
        14 => "registry_rename",
        15 => "create_stream_hash",
        17 | 18 => "pipe_created",
        19..=21 => "wmi_event",
        22 => "dns_query",
        23 | 26 => "file_delete",
        25 => "process_tampering",
        255 => "sysmon_error",
        _ => return None,
    })
}
