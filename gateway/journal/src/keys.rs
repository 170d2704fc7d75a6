//! One wrapped key file per case or item. Destroying the file erases everything sealed with the key.
//!
//! A key is durable before [`KeyFolder::create`] returns, and gone for good when
//! [`KeyFolder::destroy`] returns: overwritten, synced, removed, and the removal synced. A solid-state
//! disk may keep an old copy of the overwritten block; that copy is still wrapped by the site key.
//!
//! Left out on purpose: a cache of opened keys; a key is in memory only while its caller holds it.

use crate::disk::{Disk, DiskFile, RealDisk};
use crate::error::Error;
use crate::limits;
use crate::seal::{CaseKey, SiteKey, binding};
use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

/// A folder of wrapped keys.
pub struct KeyFolder {
    disk: Arc<dyn Disk>,
    site_key: SiteKey,
    /// Cases whose key is being made now, so that two callers never make two keys for one case. At
    /// most one entry per calling thread.
    in_creation: Mutex<BTreeSet<Uuid>>,
}

impl KeyFolder {
    /// Uses `folder`, making it when it is not there, and clears away what an interrupted creation left.
    ///
    /// # Errors
    /// As the file system reports.
    pub fn open(folder: &Path, site_key: SiteKey) -> Result<Self, Error> {
        let disk = RealDisk::open(folder).map_err(|error| Error::from_io("open the key folder", &error))?;
        Self::open_on(Arc::new(disk), site_key)
    }

    /// Uses a given disk.
    ///
    /// # Errors
    /// As the disk reports.
    pub fn open_on(disk: Arc<dyn Disk>, site_key: SiteKey) -> Result<Self, Error> {
        let failed = |error: io::Error| Error::from_io("clear the key folder", &error);
        let unfinished: Vec<String> =
            disk.list().map_err(failed)?.into_iter().filter(|name| name.ends_with(NEW_SUFFIX)).collect();
        for name in &unfinished {
            disk.remove(name).map_err(failed)?;
        }
        // Also makes durable what an ended process had renamed or removed but not synced.
        disk.sync_folder().map_err(failed)?;
        Ok(Self { disk, site_key, in_creation: Mutex::default() })
    }

    /// Makes a key for `id` and keeps it.
    ///
    /// # Errors
    /// [`Error::KeyExists`], or as the disk reports; then no key is kept.
    pub fn create(&self, id: Uuid) -> Result<CaseKey, Error> {
        if !self.creating().insert(id) {
            return Err(Error::KeyExists);
        }
        let created = self.create_alone(id);
        self.creating().remove(&id);
        created
    }

    /// The key of `id`.
    ///
    /// # Errors
    /// [`Error::NoKey`] when it was erased or never made, [`Error::Sealed`] when it does not open.
    pub fn unlock(&self, id: Uuid) -> Result<CaseKey, Error> {
        let failed = |error: io::Error| Error::from_io("read a key", &error);
        let file = self.disk.open_read(&file_name(id)).map_err(no_key(failed))?;
        let size_bytes = file.size_bytes().map_err(failed)?;
        if size_bytes > limits::KEY_FILE_BYTES_MAX {
            return Err(Error::Sealed);
        }
        let mut wrapped = vec![0; size_bytes as usize];
        file.read_at(0, &mut wrapped).map_err(failed)?;
        if wrapped.iter().all(|byte| *byte == 0) {
            // The destruction of this key was cut short after the overwriting.
            return Err(Error::NoKey);
        }
        self.site_key.unwrap(&wrapped, &binding(id, PURPOSE))
    }

    /// Destroys the key of `id`, and with it everything sealed by it. Destroying twice is no error.
    ///
    /// # Errors
    /// As the disk reports; then the key may still be there, and destroying must be tried again.
    pub fn destroy(&self, id: Uuid) -> Result<(), Error> {
        let failed = |error: io::Error| Error::from_io("destroy a key", &error);
        match self.disk.open(&file_name(id)) {
            Ok(file) => self.overwrite_and_remove(file.as_ref(), id).map_err(failed),
            // It may have been removed by a process that ended before the removal was synced.
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.disk.sync_folder().map_err(failed),
            Err(error) => Err(failed(error)),
        }
    }

    /// The identifiers whose keys are kept, in order.
    ///
    /// # Errors
    /// As the disk reports.
    pub fn ids(&self) -> Result<Vec<Uuid>, Error> {
        let names = self.disk.list().map_err(|error| Error::from_io("list the key folder", &error))?;
        let mut ids: Vec<Uuid> = names
            .iter()
            .filter_map(|name| name.strip_suffix(KEY_SUFFIX))
            .filter_map(|id| Uuid::try_parse(id).ok())
            .collect();
        ids.sort_unstable();
        Ok(ids)
    }

    fn create_alone(&self, id: Uuid) -> Result<CaseKey, Error> {
        let failed = |error: io::Error| Error::from_io("keep a key", &error);
        match self.disk.open_read(&file_name(id)) {
            Ok(_) => return Err(Error::KeyExists),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(error)),
        }
        let key = CaseKey::generate()?;
        let wrapped = self.site_key.wrap(&key, &binding(id, PURPOSE))?;
        let new_name = format!("{id}{NEW_SUFFIX}");
        let kept = self
            .disk
            .create(&new_name, 0)
            .and_then(|file| file.write_at(0, &wrapped).and_then(|()| file.sync_content()))
            .and_then(|()| self.disk.rename(&new_name, &file_name(id)))
            .and_then(|()| self.disk.sync_folder());
        if let Err(error) = kept {
            // Neither name may stay; where the removal fails too, the key stays wrapped and unused.
            let _ = self.disk.remove(&new_name);
            let _ = self.disk.remove(&file_name(id));
            return Err(failed(error));
        }
        Ok(key)
    }

    fn creating(&self) -> MutexGuard<'_, BTreeSet<Uuid>> {
        self.in_creation.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn overwrite_and_remove(&self, file: &dyn DiskFile, id: Uuid) -> io::Result<()> {
        let size_bytes = file.size_bytes()?.min(limits::KEY_FILE_BYTES_MAX);
        file.write_at(0, &vec![0; size_bytes as usize])?;
        file.sync_content()?;
        self.disk.remove(&file_name(id))?;
        self.disk.sync_folder()
    }
}

impl fmt::Debug for KeyFolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyFolder(hidden)")
    }
}

fn no_key(otherwise: impl Fn(io::Error) -> Error) -> impl Fn(io::Error) -> Error {
    move |error| match error.kind() {
        io::ErrorKind::NotFound => Error::NoKey,
        _ => otherwise(error),
    }
}

fn file_name(id: Uuid) -> String {
    format!("{id}{KEY_SUFFIX}")
}

const KEY_SUFFIX: &str = ".key";
const NEW_SUFFIX: &str = ".new";
const PURPOSE: &str = "case-key";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::{Cut, Failure, Random, SimDisk};

    fn site_key() -> SiteKey {
        SiteKey::from_bytes(&[5; 32]).expect("a site key")
    }

    #[test]
    fn a_key_lives_from_create_to_destroy() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let keys = KeyFolder::open(folder.path(), site_key()).expect("the folder opens");
        let id = Uuid::from_u128(1);
        assert_eq!(keys.unlock(id).err(), Some(Error::NoKey));
        let sealed = keys.create(id).expect("created").seal(b"", b"face").expect("sealed");
        assert_eq!(keys.create(id).err(), Some(Error::KeyExists));
        let again = KeyFolder::open(folder.path(), site_key()).expect("the folder opens");
        assert_eq!(again.ids(), Ok(vec![id]));
        assert_eq!(again.unlock(id).expect("kept").open(b"", &sealed).as_deref(), Ok(b"face".as_slice()));
        again.destroy(id).expect("destroyed");
        again.destroy(id).expect("destroyed twice");
        assert_eq!(keys.unlock(id).err(), Some(Error::NoKey));
        assert_eq!(keys.ids(), Ok(vec![]));
    }

    #[test]
    fn a_key_file_belongs_to_its_case() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let keys = KeyFolder::open(folder.path(), site_key()).expect("the folder opens");
        keys.create(Uuid::from_u128(1)).expect("created");
        let name = |id| folder.path().join(file_name(Uuid::from_u128(id)));
        std::fs::rename(name(1), name(2)).expect("renamed");
        assert_eq!(keys.unlock(Uuid::from_u128(2)).err(), Some(Error::Sealed));
    }

    /// Cuts the power at every step: a created key is kept, a destroyed one is gone.
    #[test]
    fn promises_survive_a_cut_at_every_step() {
        for seed in 0..400 {
            let mut random = Random(seed);
            let disk = SimDisk::new(seed, 1 << 20);
            let keys = KeyFolder::open_on(Arc::new(disk.clone()), site_key()).expect("opens");
            let (kept, gone) = (Uuid::from_u128(1), Uuid::from_u128(2));
            keys.create(gone).expect("created");
            disk.cut_power_at(disk.calls() + 1 + random.below(10));
            let created = keys.create(kept).is_ok();
            let destroyed = keys.destroy(gone).is_ok();
            disk.restore_power(Cut::ALL[random.below(4) as usize]);
            let keys = KeyFolder::open_on(Arc::new(disk.clone()), site_key()).expect("opens again");
            if created {
                keys.unlock(kept).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
            }
            if destroyed {
                assert_eq!(keys.unlock(gone).err(), Some(Error::NoKey), "seed {seed}");
            }
            keys.destroy(gone).expect("destroying again is always possible");
            disk.restore_power(Cut::Drop);
            assert_eq!(keys.unlock(gone).err(), Some(Error::NoKey), "seed {seed}");
        }
    }

    #[test]
    fn a_failed_creation_leaves_no_key() {
        let id = Uuid::from_u128(1);
        let steps = [Failure::Full, Failure::Full, Failure::Broken, Failure::Broken, Failure::Broken];
        for (step, failure) in (1..).zip(steps) {
            let disk = SimDisk::new(1, 1 << 20);
            let keys = KeyFolder::open_on(Arc::new(disk.clone()), site_key()).expect("opens");
            disk.fail_at(disk.calls() + step, failure);
            keys.create(id).expect_err("it was told to fail");
            assert_eq!(keys.unlock(id).err(), Some(Error::NoKey), "step {step}");
            keys.create(id).expect("the next attempt works");
        }
    }
}
