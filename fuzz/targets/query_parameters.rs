//! The query part of a TAXII address.

use vigie::web::taxii::parameters::{Endpoint, PageSize, read};

const SIZE: PageSize = PageSize { default: 100, max: 1000 };

/// What is asked stays within a page, and what is refused is told briefly.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for endpoint in
        [Endpoint::Objects, Endpoint::Manifest, Endpoint::Object, Endpoint::Versions, Endpoint::Delete]
    {
        match read(endpoint, Some(text), SIZE) {
            Ok(asked) => assert!((1..=SIZE.max).contains(&asked.query.limit)),
            Err(error) => assert!(error.to_string().len() < 1000, "{error}"),
        }
    }
}
