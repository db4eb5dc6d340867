//! The predefined extensions of observables, each under the section of its type.

use super::check::Check;
use super::report::Path;
use super::rule;
use super::shape::{
    Boolean, COUNT, Constraint, Float, Hashes, Hex, INTEGER, Shape, Structure, TEXTS, Text, Timestamp, may,
    must, to,
};
use super::text;
use super::vocabulary::{
    ADDRESS_FAMILY, INTEGRITY_LEVEL, SERVICE_START, SERVICE_STATUS, SERVICE_TYPE, SOCKET_TYPE,
    WINDOWS_PE_TYPE,
};
use crate::json::{Map, Value};

/// The table of a predefined extension, and the type that it is for.
pub(super) fn predefined(name: &str) -> Option<(&'static str, &'static Structure)> {
    Some(match name {
        "archive-ext" => ("file", &ARCHIVE),
        "ntfs-ext" => ("file", &NTFS),
        "pdf-ext" => ("file", &PDF),
        "raster-image-ext" => ("file", &RASTER_IMAGE),
        "windows-pebinary-ext" => ("file", &WINDOWS_PE),
        "http-request-ext" => ("network-traffic", &HTTP_REQUEST),
        "icmp-ext" => ("network-traffic", &ICMP),
        "socket-ext" => ("network-traffic", &SOCKET),
        "tcp-ext" => ("network-traffic", &TCP),
        "windows-process-ext" => ("process", &WINDOWS_PROCESS),
        "windows-service-ext" => ("process", &WINDOWS_SERVICE),
        "unix-account-ext" => ("user-account", &UNIX_ACCOUNT),
        _ => return None,
    })
}

const SOMETHING: &[Constraint] = &[Constraint::Something(rule::EXTENSION_EMPTY)];

/// Section 6.7.2
static ARCHIVE: Structure = Structure {
    properties: &[&[must("contains_refs", Shape::List(&to(&["file", "directory"]))), may("comment", Text)]],
    constraints: &[],
};

/// Section 6.7.3
static NTFS: Structure = Structure {
    properties: &[&[
        may("sid", Text),
        may("alternate_data_streams", Shape::List(&Shape::Object(&ALTERNATE_DATA_STREAM))),
    ]],
    constraints: SOMETHING,
};

/// Section 6.7.3.2
static ALTERNATE_DATA_STREAM: Structure = Structure {
    properties: &[&[must("name", Text), may("hashes", Hashes), may("size", COUNT)]],
    constraints: &[],
};

/// Section 6.7.4
static PDF: Structure = Structure {
    properties: &[&[
        may("version", Text),
        may("is_optimized", Boolean),
        may("document_info_dict", Shape::Dictionary(&Text)),
        may("pdfid0", Text),
        may("pdfid1", Text),
    ]],
    constraints: SOMETHING,
};

/// Section 6.7.5
static RASTER_IMAGE: Structure = Structure {
    properties: &[&[
        may("image_height", INTEGER),
        may("image_width", INTEGER),
        may("bits_per_pixel", INTEGER),
        may("exif_tags", Shape::Dictionary(&Shape::Any)),
    ]],
    constraints: SOMETHING,
};

/// Section 6.7.6
static WINDOWS_PE: Structure = Structure {
    properties: &[&[
        must("pe_type", Shape::Open(WINDOWS_PE_TYPE)),
        may("imphash", Text),
        may("machine_hex", Hex),
        may("number_of_sections", COUNT),
        may("time_date_stamp", Timestamp),
        may("pointer_to_symbol_table_hex", Hex),
        may("number_of_symbols", COUNT),
        may("size_of_optional_header", COUNT),
        may("characteristics_hex", Hex),
        may("file_header_hashes", Hashes),
        may("optional_header", Shape::Object(&PE_OPTIONAL_HEADER)),
        may("sections", Shape::List(&Shape::Object(&PE_SECTION))),
    ]],
    constraints: &[],
};

/// Section 6.7.6.2
static PE_OPTIONAL_HEADER: Structure = Structure {
    properties: &[&[
        may("magic_hex", Hex),
        may("major_linker_version", INTEGER),
        may("minor_linker_version", INTEGER),
        may("size_of_code", COUNT),
        may("size_of_initialized_data", COUNT),
        may("size_of_uninitialized_data", COUNT),
        may("address_of_entry_point", INTEGER),
        may("base_of_code", INTEGER),
        may("base_of_data", INTEGER),
        may("image_base", INTEGER),
        may("section_alignment", INTEGER),
        may("file_alignment", INTEGER),
        may("major_os_version", INTEGER),
        may("minor_os_version", INTEGER),
        may("major_image_version", INTEGER),
        may("minor_image_version", INTEGER),
        may("major_subsystem_version", INTEGER),
        may("minor_subsystem_version", INTEGER),
        may("win32_version_value_hex", Hex),
        may("size_of_image", COUNT),
        may("size_of_headers", COUNT),
        may("checksum_hex", Hex),
        may("subsystem_hex", Hex),
        may("dll_characteristics_hex", Hex),
        may("size_of_stack_reserve", COUNT),
        may("size_of_stack_commit", COUNT),
        may("size_of_heap_reserve", COUNT),
        may("size_of_heap_commit", COUNT),
        may("loader_flags_hex", Hex),
        may("number_of_rva_and_sizes", INTEGER),
        may("hashes", Hashes),
    ]],
    constraints: SOMETHING,
};

/// Section 6.7.6.3
static PE_SECTION: Structure = Structure {
    properties: &[&[
        must("name", Text),
        may("size", COUNT),
        may("entropy", Float(f64::MIN, f64::MAX)),
        may("hashes", Hashes),
    ]],
    constraints: &[],
};

/// Section 6.12.2
static HTTP_REQUEST: Structure = Structure {
    properties: &[&[
        must("request_method", Text),
        must("request_value", Text),
        may("request_version", Text),
        may("request_header", Shape::Dictionary(&Shape::Any)),
        may("message_body_length", INTEGER),
        may("message_body_data_ref", to(&["artifact"])),
    ]],
    constraints: &[Constraint::Also(request_header)],
};

/// Section 6.12.3
static ICMP: Structure =
    Structure { properties: &[&[must("icmp_type_hex", Hex), must("icmp_code_hex", Hex)]], constraints: &[] };

/// Section 6.12.4
static SOCKET: Structure = Structure {
    properties: &[&[
        must("address_family", Shape::Closed(ADDRESS_FAMILY)),
        may("is_blocking", Boolean),
        may("is_listening", Boolean),
        may("options", Shape::Dictionary(&INTEGER)),
        may("socket_type", Shape::Closed(SOCKET_TYPE)),
        may("socket_descriptor", COUNT),
        may("socket_handle", INTEGER),
    ]],
    constraints: &[Constraint::Also(socket_options)],
};

/// Section 6.12.5
static TCP: Structure = Structure {
    properties: &[&[may("src_flags_hex", Hex), may("dst_flags_hex", Hex)]],
    constraints: SOMETHING,
};

/// Section 6.13.2
static WINDOWS_PROCESS: Structure = Structure {
    properties: &[&[
        may("aslr_enabled", Boolean),
        may("dep_enabled", Boolean),
        may("priority", Shape::Format(&text::PRIORITY)),
        may("owner_sid", Text),
        may("window_title", Text),
        may("startup_info", Shape::Elsewhere),
        may("integrity_level", Shape::Closed(INTEGRITY_LEVEL)),
    ]],
    constraints: SOMETHING,
};

/// Section 6.13.3
static WINDOWS_SERVICE: Structure = Structure {
    properties: &[&[
        may("service_name", Text),
        may("descriptions", TEXTS),
        may("display_name", Text),
        may("group_name", Text),
        may("start_type", Shape::Closed(SERVICE_START)),
        may("service_dll_refs", Shape::List(&to(&["file"]))),
        may("service_type", Shape::Closed(SERVICE_TYPE)),
        may("service_status", Shape::Closed(SERVICE_STATUS)),
    ]],
    constraints: SOMETHING,
};

/// Section 6.16.2
static UNIX_ACCOUNT: Structure = Structure {
    properties: &[&[may("gid", INTEGER), may("groups", TEXTS), may("home_dir", Text), may("shell", Text)]],
    constraints: SOMETHING,
};

/// Each header has a list of values; content from before errata 01 has one string.
fn request_header(properties: &Map<'_>, path: &Path<'_>, check: &mut Check<'_>) {
    let Some(headers) = properties.get("request_header").and_then(Value::as_object) else { return };
    let text = |it: &Value<'_>| it.as_str().is_some();
    for (name, value) in headers.iter() {
        if !text(value) && !value.as_array().is_some_and(|it| it.iter().all(text)) {
            let here = path.key("request_header");
            check.add(
                rule::LIST,
                &here.key(name),
                format_args!("expected a list of strings, found {}", value.kind()),
            );
        }
    }
}

/// The names of socket options begin with the family that they are of.
fn socket_options(properties: &Map<'_>, path: &Path<'_>, check: &mut Check<'_>) {
    let Some(options) = properties.get("options").and_then(Value::as_object) else { return };
    let families = ["SO_", "ICMP_", "ICMP6_", "IP_", "IPV6_", "MCAST_", "TCP_", "IRLMP_"];
    for (name, _) in options.iter() {
        if !families.iter().any(|it| name.starts_with(it)) {
            let here = path.key("options");
            check.add(
                rule::DICTIONARY,
                &here.key(name),
                format_args!("a socket option begins with {}", families.join(", ")),
            );
        }
    }
}
