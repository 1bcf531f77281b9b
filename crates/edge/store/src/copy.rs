//! A whole copy of the embedded database, as of one moment, while it is in use.
//!
//! A server's database is copied by the tools that come with it; nothing here pretends otherwise.

use std::fs::File;
use std::path::Path;

use sqlx::AssertSqlSafe;

use crate::engine::{Engine, Role, connect};
use crate::fault::StoreFault;
use crate::settings::Settings;
use crate::store::Store;

impl Store {
    /// Writes a copy into a file that does not exist yet. When this returns the copy is on disk.
    ///
    /// Writing goes on meanwhile: the copy is of the moment at which it began. Blobs that were erased
    /// are not in it, nor is anything in free pages.
    pub async fn copy_to(&self, file: &Path) -> Result<(), StoreFault> {
        if self.engine() == Engine::Postgres {
            return Err(StoreFault::Malformed(
                "a server's database is copied by its own tools, such as pg_basebackup".to_owned(),
            ));
        }
        let fault = |error| StoreFault::of("copy it", error);
        let settings = Settings { readers_max: 1, ..Settings::at(self.url()?) };
        let pool = connect(self.engine(), Role::Reader, &settings).await?;
        let mut connection = pool.acquire().await.map_err(fault)?;
        // The copy is another file; this connection still writes nothing to the database itself.
        let copy = format!("PRAGMA query_only = OFF; VACUUM INTO {}", quoted(file)?);
        sqlx::raw_sql(AssertSqlSafe(copy)).execute(&mut *connection).await.map_err(fault)?;
        drop(connection);
        pool.close().await;
        synced(file)
    }
}

/// A path as a text of SQL.
fn quoted(file: &Path) -> Result<String, StoreFault> {
    let path = file.to_str().filter(|path| !path.contains('\0')).ok_or_else(|| {
        StoreFault::Malformed(format!("the path {} is not a text", file.display()))
    })?;
    Ok(format!("'{}'", path.replace('\'', "''")))
}

/// The database does not wait for the disk when it copies, so it is done here.
fn synced(file: &Path) -> Result<(), StoreFault> {
    let told = |error: std::io::Error| StoreFault::Unreadable(format!("the copy: {error}"));
    File::open(file).and_then(|copy| copy.sync_all()).map_err(told)?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new("."))).and_then(|it| it.sync_all()).map_err(told)
}
