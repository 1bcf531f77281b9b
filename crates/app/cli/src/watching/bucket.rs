//! How the bucket of a lake is reached: as S3 tools are told, by their environment or a file of keys.
//!
//! The environment counts first. Keys are handed on and never printed.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use fengsui_lake::{Access, Place};

use crate::commands::Failure;

/// Where S3 tools look for keys in the folder of whoever starts them.
const USUAL: &str = ".aws/credentials";
const USUAL_PROFILE: &str = "default";
/// A longer file holds no keys.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// The variables of S3 tools, in small letters.
type Settings = BTreeMap<String, String>;

/// The place that a text names: a folder, or a URL that leads to a folder or a bucket.
pub(crate) fn place_at(
    text: &str,
    keys: Option<&Path>,
    scratch: PathBuf,
) -> Result<Place, Failure> {
    if !text.contains("://") {
        return Ok(Place::Folder(PathBuf::from(text)));
    }
    let url =
        text.parse().map_err(|fault| Failure::of(&format!("watch.lake = \"{text}\""), &fault))?;
    let variables = std::env::vars_os().filter_map(|(name, value)| {
        let (name, value) = (name.into_string().ok()?, value.into_string().ok()?);
        (name.starts_with("AWS_") && !value.is_empty()).then(|| (name.to_ascii_lowercase(), value))
    });
    let settings = merged(variables.collect(), keys, std::env::home_dir().as_deref())?;
    Ok(Place::Url(url, Access { settings, scratch }))
}

/// What the environment says, over what the file of keys says.
fn merged(
    mut variables: Settings,
    keys: Option<&Path>,
    home: Option<&Path>,
) -> Result<Settings, Failure> {
    let of = |name: &str| variables.get(name).cloned();
    let named = keys.map(Path::to_owned).or(of("aws_shared_credentials_file").map(PathBuf::from));
    let usual = || home.map(|home| home.join(USUAL)).filter(|file| file.exists());
    let profile = of("aws_profile").unwrap_or_else(|| USUAL_PROFILE.to_owned());
    // Keys belong together: one of the environment does not go with another of the file.
    let has_keys = variables.contains_key("aws_access_key_id");
    if let Some(file) = named.or_else(usual) {
        let text = read(&file)?;
        let said = profile_of(&text, &profile);
        if said.is_empty() && keys.is_some() {
            return Err(Failure::Said(format!(
                "{} says nothing of [{profile}]; name another profile in AWS_PROFILE",
                file.display()
            )));
        }
        let new = said.into_iter().filter(|(name, _)| !(has_keys && is_key(name)));
        for (name, value) in new {
            variables.entry(name).or_insert(value);
        }
    }
    Ok(variables)
}

fn read(file: &Path) -> Result<String, Failure> {
    let read = || {
        if file.metadata()?.len() > FILE_BYTES_MAX {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is too long for keys"));
        }
        std::fs::read_to_string(file)
    };
    let what = || format!("the keys of the lake's bucket cannot be read from {}", file.display());
    read().map_err(|fault| Failure::of(&what(), &fault))
}

/// What one profile says, under the names of the variables.
fn profile_of(text: &str, profile: &str) -> Settings {
    let mut is_ours = false;
    let mut said = Settings::new();
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            let name = name.trim();
            is_ours = name.strip_prefix("profile ").map_or(name, str::trim) == profile;
            continue;
        }
        let Some((name, value)) = line.split_once('=').filter(|_| is_ours) else { continue };
        let name = match name.trim() {
            "region" => "aws_region",
            "endpoint_url" => "aws_endpoint_url",
            name @ ("aws_access_key_id" | "aws_secret_access_key" | "aws_session_token") => name,
            _ => continue, // other tools' settings, and remarks
        };
        said.insert(name.to_owned(), value.trim().to_owned());
    }
    said
}

fn is_key(name: &str) -> bool {
    ["aws_access_key_id", "aws_secret_access_key", "aws_session_token"].contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# keys\n[default]\naws_access_key_id = LIN\naws_secret_access_key=s=cret\n\
                        region = north\noutput = json\n\n[profile night]\naws_access_key_id = MARA\n";

    fn settings(pairs: &[(&str, &str)]) -> Settings {
        pairs.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    fn written() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keys");
        std::fs::write(&file, FILE).unwrap();
        (folder, file)
    }

    #[test]
    fn a_file_of_keys_says_what_the_environment_does_not() {
        let (_folder, file) = written();
        let merged = |given: &[(&str, &str)]| merged(settings(given), Some(&file), None).unwrap();
        let of_lin = settings(&[
            ("aws_access_key_id", "LIN"),
            ("aws_region", "north"),
            ("aws_secret_access_key", "s=cret"),
        ]);
        assert_eq!(merged(&[]), of_lin);
        assert_eq!(merged(&[("aws_profile", "night")])["aws_access_key_id"], "MARA");
        let mixed = merged(&[("aws_access_key_id", "ENV"), ("aws_region", "south")]);
        assert_eq!(mixed, settings(&[("aws_access_key_id", "ENV"), ("aws_region", "south")]));
    }

    #[test]
    fn a_file_that_was_named_must_be_there_and_say_something() {
        let (folder, file) = written();
        let absent = folder.path().join("absent");
        assert!(merged(Settings::new(), Some(&absent), None).is_err());
        let other = settings(&[("aws_profile", "nobody")]);
        let fault = merged(other, Some(&file), None).unwrap_err().to_string();
        assert!(fault.contains("AWS_PROFILE") && !fault.contains("cret"), "{fault}");
        assert!(merged(Settings::new(), None, Some(folder.path())).unwrap().is_empty());
    }

    #[test]
    fn what_has_no_scheme_is_a_folder() {
        let place = |text: &str| place_at(text, None, PathBuf::from("scratch")).unwrap();
        assert_eq!(place("/srv/lake"), Place::Folder("/srv/lake".into()));
        let bucket = place("s3://lake/of/records");
        assert!(matches!(bucket, Place::Url(..)));
        assert_eq!(bucket.to_string(), "s3://lake/of/records");
        assert!(place_at("s3://[", None, PathBuf::new()).is_err());
    }
}
