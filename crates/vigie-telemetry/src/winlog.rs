//! Windows events as JSON, in the shapes that tools write.
//!
//! | shape | written by |
//! |---|---|
//! | `{"Event": {"System": {…}, "EventData": {…}}}`, attributes under `#attributes` or `@Name` | what turns EVTX into JSON |
//! | `{"EventID": 1, "Channel": "…", "Image": "…"}`, all at the top | `NXLog`, and data sets made with it |
//!
//! Winlogbeat's shape is ECS ([`ecs`](crate::ecs)). Whatever the shape, an event has the same names: of `System`, an
//! element's text under its name and its attributes under `Element_Attribute` (`Provider_Name`); of `EventData` and
//! `UserData`, each value under the name nearest to it. `Data` without a name is `Data`, once for each.

#![expect(clippy::ptr_arg, reason = "a borrowed name stays borrowed, which `&str` would forget")]

use crate::Limits;
use crate::flat::{Flat, flatten, scalar};
use crate::json::{BadJson, Cursor, Kind};
use crate::summary::Notes;
use std::borrow::Cow;
use vigie_model::event::{Field, Scalar};

/// Reads one record.
pub(crate) fn read<'a>(json: Cursor<'a>, limits: &Limits, notes: &mut Notes) -> Result<Flat<'a>, BadJson> {
    let mut reading = Reading { json, flat: Flat::new(), limit: limits.max_observables, whole: true };
    reading.record()?;
    reading.json.end()?;
    if !reading.whole {
        notes.count("winlog", "values beyond the limit");
    }
    let mut flat = reading.flat;
    let id = flat.fields.iter().find(|it| it.name == "EventID");
    if let Some(Scalar::Text(id) | Scalar::Number(id)) = id.map(|it| &it.value) {
        flat.kind = id.clone();
    }
    Ok(flat)
}

/// One record being read.
struct Reading<'a> {
    json: Cursor<'a>,
    flat: Flat<'a>,
    limit: usize,
    whole: bool,
}

impl<'a> Reading<'a> {
    /// The members at the top, or those of `Event`.
    fn record(&mut self) -> Result<(), BadJson> {
        let mut open = self.json.open_object()?;
        while let Some(name) = self.json.member(&mut open)? {
            match (&*name, self.json.kind()?) {
                ("Event", Kind::Object) => self.record()?,
                ("System", Kind::Object) => self.system()?,
                ("EventData" | "UserData", Kind::Object | Kind::List) => self.data(&name)?,
                ("EventData" | "UserData" | "RenderingInfo", Kind::Null) | ("#attributes", _) => {
                    self.json.skip()?;
                }
                (_, Kind::Object | Kind::List) => {
                    self.whole &= flatten(&mut self.json, &name, &mut self.flat.fields, self.limit)?;
                }
                _ => {
                    let value = scalar(&mut self.json)?;
                    self.push(name, value);
                }
            }
        }
        Ok(())
    }

    fn system(&mut self) -> Result<(), BadJson> {
        let mut open = self.json.open_object()?;
        while let Some(name) = self.json.member(&mut open)? {
            match self.json.kind()? {
                Kind::Object => self.element(&name)?,
                Kind::Null | Kind::List => drop(self.json.skip()?),
                _ => {
                    let value = scalar(&mut self.json)?;
                    self.push(name, value);
                }
            }
        }
        Ok(())
    }

    /// An element of `System`: its text and its attributes.
    fn element(&mut self, element: &str) -> Result<(), BadJson> {
        let element = element.strip_suffix("_attributes").unwrap_or(element);
        let mut open = self.json.open_object()?;
        while let Some(name) = self.json.member(&mut open)? {
            match (&*name, self.json.kind()?) {
                ("#attributes", Kind::Object) => self.element(element)?,
                (_, Kind::Object | Kind::List | Kind::Null) => drop(self.json.skip()?),
                ("#text", _) => {
                    let value = scalar(&mut self.json)?;
                    self.push(Cow::Owned(element.to_owned()), value);
                }
                _ => {
                    let name = name.strip_prefix('@').unwrap_or(&name);
                    let name = known(element, name)
                        .map_or_else(|| format!("{element}_{name}").into(), Cow::Borrowed);
                    let value = scalar(&mut self.json)?;
                    self.push(name, value);
                }
            }
        }
        Ok(())
    }

    /// A value of `EventData` or `UserData`, or an element of several, under the nearest name.
    fn data(&mut self, name: &Cow<'a, str>) -> Result<(), BadJson> {
        match self.json.kind()? {
            Kind::List => {
                let mut open = self.json.open_list()?;
                while self.json.element(&mut open)? {
                    self.data(name)?;
                }
                Ok(())
            }
            Kind::Object => self.named_data(name),
            _ => {
                let value = scalar(&mut self.json)?;
                self.push(name.clone(), value);
                Ok(())
            }
        }
    }

    /// `{"#attributes": {"Name": "Image"}, "#text": "…"}`, or an object of further values.
    fn named_data(&mut self, name: &Cow<'a, str>) -> Result<(), BadJson> {
        let (mut own, mut texts) = (None, Vec::new());
        let mut open = self.json.open_object()?;
        while let Some(inner) = self.json.member(&mut open)? {
            match (&*inner, self.json.kind()?) {
                ("#attributes", Kind::Object) => {
                    let mut open = self.json.open_object()?;
                    while let Some(attribute) = self.json.member(&mut open)? {
                        match (&*attribute, self.json.kind()?) {
                            ("Name", Kind::String) => own = Some(self.json.string()?),
                            _ => drop(self.json.skip()?),
                        }
                    }
                }
                ("@Name", Kind::String) => own = Some(self.json.string()?),
                ("#text", Kind::List) => {
                    let mut open = self.json.open_list()?;
                    while self.json.element(&mut open)? {
                        texts.push(scalar(&mut self.json)?);
                    }
                }
                ("#text", _) => texts.push(scalar(&mut self.json)?),
                _ => self.data(&inner)?,
            }
        }
        for value in texts {
            self.push(own.clone().unwrap_or_else(|| name.clone()), value);
        }
        Ok(())
    }

    fn push(&mut self, name: Cow<'a, str>, value: Scalar<'a>) {
        if self.flat.fields.len() < self.limit {
            self.flat.fields.push(Field { name, value });
        } else {
            self.whole = false;
        }
    }
}

/// The names of the attributes that every event has.
fn known(element: &str, attribute: &str) -> Option<&'static str> {
    Some(match (element, attribute) {
        ("Provider", "Name") => "Provider_Name",
        ("Provider", "Guid") => "Provider_Guid",
        ("Provider", "EventSourceName") => "Provider_EventSourceName",
        ("TimeCreated", "SystemTime") => "TimeCreated_SystemTime",
        ("Execution", "ProcessID") => "Execution_ProcessID",
        ("Execution", "ThreadID") => "Execution_ThreadID",
        ("Correlation", "ActivityID") => "Correlation_ActivityID",
        ("Security", "UserID") => "Security_UserID",
        ("EventID", "Qualifiers") => "EventID_Qualifiers",
        _ => return None,
    })
}
