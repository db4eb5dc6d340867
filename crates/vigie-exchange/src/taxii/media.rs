//! Media types of TAXII 2.1 (section 1.6.8) and how to recognise them.
//!
//! Parameters come with or without spaces and quotes, in either case. A type without `version` stands for the newest that
//! both sides speak, so it is taken.

/// What every response carries, errors included, and what every request accepts.
pub const TAXII: &str = "application/taxii+json;version=2.1";

/// The content of a collection, as its `media_types` and manifest records name it.
pub const STIX: &str = "application/stix+json;version=2.1";

/// STIX 2.0 content, as manifest records name it.
pub const STIX_20: &str = "application/stix+json;version=2.0";

/// A media type, as far as TAXII tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// TAXII 2.1, or TAXII of no stated version.
    Taxii,
    /// STIX 2.1, or STIX of no stated version.
    Stix,
    /// `application/json`
    Json,
    /// `*/*` or `application/*`
    Any,
    /// Any other, TAXII and STIX of another version among them.
    Other,
}

impl Media {
    /// Reads one media type with its parameters.
    pub fn of(text: &str) -> Self {
        let mut parts = text.split(';');
        let essence = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
        let is_21 = version(parts).is_none_or(|it| it == "2.1");
        match essence.as_str() {
            "application/taxii+json" if is_21 => Self::Taxii,
            "application/stix+json" if is_21 => Self::Stix,
            "application/json" => Self::Json,
            "*/*" | "application/*" => Self::Any,
            _ => Self::Other,
        }
    }
}

/// Whether a request with this `Accept` header may be answered with one of `offered` (section 1.6.8.1: a request that
/// names a type defined for the endpoint is never answered 406). No header accepts everything; `q=0` refuses a type.
pub fn accepts(header: Option<&str>, offered: &[Media]) -> bool {
    let Some(header) = header.filter(|it| !it.trim().is_empty()) else { return true };
    header.split(',').any(|item| {
        let media = Media::of(item);
        (media == Media::Any || offered.contains(&media)) && !is_refused(item)
    })
}

fn version<'a>(parameters: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    parameter(parameters, "version")
}

fn is_refused(item: &str) -> bool {
    parameter(item.split(';').skip(1), "q").and_then(|it| it.parse::<f32>().ok()).is_some_and(|it| it <= 0.0)
}

fn parameter<'a>(mut parameters: impl Iterator<Item = &'a str>, name: &str) -> Option<&'a str> {
    parameters.find_map(|it| {
        let (key, value) = it.split_once('=')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_read_in_every_spelling() {
        for text in [
            "application/taxii+json;version=2.1",
            "application/taxii+json; version=2.1",
            "Application/TAXII+json ; Version=\"2.1\"",
            "application/taxii+json",
            "application/taxii+json; charset=utf-8",
        ] {
            assert_eq!(Media::of(text), Media::Taxii, "{text}");
        }
        assert_eq!(Media::of("application/taxii+json;version=2.0"), Media::Other);
        assert_eq!(Media::of("application/vnd.oasis.taxii+json; version=2.0"), Media::Other);
        assert_eq!(Media::of("application/stix+json;version=2.1"), Media::Stix);
        assert_eq!(Media::of("application/json"), Media::Json);
        assert_eq!(Media::of("text/html; charset=utf-8"), Media::Other);
        assert_eq!(Media::of(""), Media::Other);
    }

    #[track_caller]
    fn check(header: Option<&str>, want: bool) {
        assert_eq!(accepts(header, &[Media::Taxii]), want, "{header:?}");
    }

    #[test]
    fn a_defined_type_is_never_refused() {
        check(None, true);
        check(Some(""), true);
        check(Some("application/taxii+json;version=2.1,application/stix+json;version=2.1"), true);
        check(Some("text/html, */*;q=0.8"), true);
        check(Some("application/*"), true);
    }

    #[test]
    fn other_types_are_refused() {
        check(Some("text/html"), false);
        check(Some("application/taxii+json;version=2.0"), false);
        check(Some("application/stix+json;version=2.1"), false);
        check(Some("application/taxii+json;version=2.1;q=0"), false);
        check(Some("*/*;q=0.0"), false);
    }
}
