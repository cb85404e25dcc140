//! Several index directories read as one: their segments side by side under one searcher, so that
//! scores rest on the statistics of all.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    Directory, DirectoryLock, FileHandle, Lock, MmapDirectory, WatchCallback, WatchHandle, WritePtr,
};

use super::directory::ReadOnlyDirectory;
use super::manifest::Manifest;

/// The file that tantivy reads the list of segments from.
const META: &str = "meta.json";

/// A read-only view of several index directories.
#[derive(Clone, Debug)]
pub struct UnionDirectory {
    members: Arc<[Member]>,
}

#[derive(Debug)]
struct Member {
    place: PathBuf,
    files: Box<dyn Directory>,
}

fn read_only() -> io::Error {
    io::Error::from(io::ErrorKind::ReadOnlyFilesystem)
}

fn unreadable(what: String, path: &Path) -> OpenReadError {
    let error = io::Error::new(io::ErrorKind::InvalidData, what);
    OpenReadError::IoError { io_error: Arc::new(error), filepath: path.into() }
}

impl UnionDirectory {
    /// The view of some directories; `writable` tells of each whether a lock can be taken there.
    pub fn new(members: Vec<(PathBuf, MmapDirectory, bool)>) -> UnionDirectory {
        let members = members.into_iter().map(|(place, files, writable)| Member {
            place,
            files: if writable { Box::new(files) } else { Box::new(ReadOnlyDirectory(files)) },
        });
        UnionDirectory { members: members.collect() }
    }

    fn holder(&self, path: &Path) -> Option<&Member> {
        self.members.iter().find(|member| member.files.exists(path).unwrap_or(false))
    }

    /// The list of all segments; manifests are joined.
    fn metas(&self) -> Result<Vec<u8>, OpenReadError> {
        let path = Path::new(META);
        let mut union: Option<Value> = None;
        let mut manifest: Option<Manifest> = None;
        for member in self.members.iter() {
            let shown = member.place.display();
            let bytes = member.files.atomic_read(path)?;
            let wrong = |error: String| unreadable(format!("{shown}: {error}"), path);
            let mut own: Value =
                serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))?;
            let read = Manifest::read(own["payload"].as_str(), &shown.to_string())
                .map_err(|error| wrong(error.to_string()))?;
            manifest = Some(match manifest {
                None => read,
                Some(joined) => joined.joined(&read),
            });
            let Some(union) = &mut union else {
                union = Some(own);
                continue;
            };
            let opstamp = union["opstamp"].as_u64().unwrap_or(0);
            union["opstamp"] = (opstamp + own["opstamp"].as_u64().unwrap_or(0)).into();
            let more = own["segments"].as_array_mut().map(std::mem::take).unwrap_or_default();
            let Some(segments) = union["segments"].as_array_mut() else {
                return Err(wrong("it has no list of segments".to_owned()));
            };
            let known =
                |new: &Value| segments.iter().any(|old| old["segment_id"] == new["segment_id"]);
            if more.iter().any(known) {
                let message = "it is a copy of another of the indexes; name one of them";
                return Err(wrong(message.to_owned()));
            }
            segments.extend(more);
        }
        let mut union = union.ok_or_else(|| unreadable("no directory".to_owned(), path))?;
        let payload = manifest.map(|manifest| serde_json::to_string(&manifest));
        if let Some(Ok(payload)) = payload {
            union["payload"] = payload.into();
        }
        Ok(union.to_string().into_bytes())
    }
}

impl Directory for UnionDirectory {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        match self.holder(path) {
            Some(member) => member.files.get_file_handle(path),
            None => Err(OpenReadError::FileDoesNotExist(path.into())),
        }
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        Err(DeleteError::IoError { io_error: Arc::new(read_only()), filepath: path.into() })
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        Ok(self.holder(path).is_some())
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        Err(OpenWriteError::wrap_io_error(read_only(), path.into()))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        match self.holder(path) {
            _ if path == Path::new(META) => self.metas(),
            // tantivy's own list of files matters to writers only.
            _ => Err(OpenReadError::FileDoesNotExist(path.into())),
        }
    }

    fn atomic_write(&self, _: &Path, _: &[u8]) -> io::Result<()> {
        Err(read_only())
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        // Held together: no writer removes files between the reading of the lists and the opening.
        let mut held = Vec::with_capacity(self.members.len());
        for member in self.members.iter() {
            let own = Lock { filepath: lock.filepath.clone(), is_blocking: lock.is_blocking };
            held.push(member.files.acquire_lock(&own)?);
        }
        Ok(DirectoryLock::from(Box::new(held)))
    }

    fn watch(&self, _: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(WatchHandle::empty())
    }

    fn sync_directory(&self) -> io::Result<()> {
        Ok(())
    }
}
