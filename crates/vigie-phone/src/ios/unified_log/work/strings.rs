//! Files of strings that were asked for, and those that are not there. As many are kept as fit into the memory of a process that
//! has not much.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use macos_unifiedlogs::dsc::SharedCacheStrings;
use macos_unifiedlogs::traits::{FileProvider, StringCache};
use macos_unifiedlogs::uuidtext::UUIDText;

/// How many bytes of strings of programs are kept, and of how many programs.
const BYTES: usize = 128 << 20;
const PROGRAMS: usize = 20_000;

/// How many caches of libraries are kept. One has some hundred megabytes.
const CACHES: usize = 2;

/// What is kept.
#[derive(Default)]
pub(super) struct Strings {
    programs: Mutex<Programs>,
    caches: Mutex<Vec<(String, Option<Arc<SharedCacheStrings>>)>>,
}

#[derive(Default)]
struct Programs {
    bytes: usize,
    files: HashMap<String, Option<Arc<UUIDText>>>,
}

impl StringCache for Strings {
    fn get_or_load_uuidtext(&self, uuid: &str, provider: &impl FileProvider) -> Option<Arc<UUIDText>> {
        let mut programs = self.programs.lock().ok()?;
        if let Some(known) = programs.files.get(uuid) {
            return known.clone();
        }
        let read = provider.read_uuidtext(uuid).ok().map(Arc::new);
        let size = read.as_ref().map_or(0, |it| it.footer_data.len() + 8 * it.entry_descriptors.len());
        if programs.bytes + size > BYTES || programs.files.len() >= PROGRAMS {
            *programs = Programs::default();
        }
        programs.bytes += size;
        programs.files.insert(uuid.to_owned(), read.clone());
        read
    }

    fn get_or_load_dsc(&self, uuid: &str, provider: &impl FileProvider) -> Option<Arc<SharedCacheStrings>> {
        let mut caches = self.caches.lock().ok()?;
        if let Some((_, known)) = caches.iter().find(|it| it.0 == uuid) {
            return known.clone();
        }
        let there = |it: &(String, Option<Arc<_>>)| it.1.is_some();
        // The oldest makes room before another is read. Those that are not there take none.
        if caches.iter().filter(|it| there(it)).count() >= CACHES
            && let Some(oldest) = caches.iter().position(there)
        {
            caches.remove(oldest);
        }
        if caches.len() > PROGRAMS {
            caches.clear();
        }
        let read = provider.read_dsc_uuid(uuid).ok().map(Arc::new);
        caches.push((uuid.to_owned(), read.clone()));
        read
    }
}
