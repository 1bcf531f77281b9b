//! Types of attributes and what tags mean.

use fengsui_records::{Classification, Column};

/// What one part of a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// An address or a network: as source.
    Address,
    /// Something a column takes.
    Column(Column),
    /// A hash of so many digits.
    Hash(Column, usize),
    /// Something only `extra` takes, under this name.
    Extra(&'static str),
}

/// What the parts of a value of this type are, in their order, separated by `|`; `None` where no column takes any.
pub(super) fn parts(kind: &str) -> Option<&'static [Part]> {
    KINDS.iter().find(|(known, _)| *known == kind).map(|(_, parts)| *parts)
}

/// The RSIT type a tag means: `rsit:fraud="phishing"`, or the same words of the older eCSIRT taxonomy.
pub(super) fn classification(tag: &str) -> Option<Classification> {
    let (space, value) = machine_tag(tag)?;
    let is_ours = space.starts_with("rsit:") || space.starts_with("ecsirt:");
    Classification::from_name(&value.to_ascii_lowercase()).filter(|_| is_ours)
}

/// The malware a galaxy's tag names: `misp-galaxy:malpedia="Emotet"`.
pub(super) fn malware(tag: &str) -> Option<&str> {
    let (space, value) = machine_tag(tag)?;
    let galaxy = space.strip_prefix("misp-galaxy:")?;
    MALWARE_GALAXIES.contains(&galaxy).then_some(value)
}

/// Namespace with predicate, and value, of `namespace:predicate="value"`.
fn machine_tag(tag: &str) -> Option<(&str, &str)> {
    let (space, value) = tag.split_once('=')?;
    Some((space.trim(), value.trim().trim_matches('"')))
}

const MALWARE_GALAXIES: &[&str] = &[
    "backdoor",
    "banker",
    "botnet",
    "exploit-kit",
    "malpedia",
    "mitre-malware",
    "ransomware",
    "rat",
    "stealer",
    "tool",
];

const MD5: Part = Part::Hash(Column::MalwareMd5, 32);
const SHA1: Part = Part::Hash(Column::MalwareSha1, 40);
const SHA256: Part = Part::Hash(Column::MalwareSha256, 64);
const FILE: Part = Part::Extra("filename");
const NAME: Part = Part::Column(Column::SourceFqdn);
const PORT: Part = Part::Column(Column::SourcePort);
const ACCOUNT: Part = Part::Column(Column::SourceAccount);

/// Types of the MISP core format. The address at either end of a connection is what the event warns of,
/// so that it is the source; which end it was is said by the type, which is kept.
const KINDS: &[(&str, &[Part])] = &[
    ("AS", &[Part::Column(Column::SourceAsn)]),
    ("cpe", &[Part::Column(Column::Product)]),
    ("domain", &[NAME]),
    ("domain|ip", &[NAME, Part::Address]),
    ("email", &[ACCOUNT]),
    ("email-dst", &[Part::Column(Column::DestinationAccount)]),
    ("email-src", &[ACCOUNT]),
    ("filename|md5", &[FILE, MD5]),
    ("filename|sha1", &[FILE, SHA1]),
    ("filename|sha256", &[FILE, SHA256]),
    ("hostname", &[NAME]),
    ("hostname|port", &[NAME, PORT]),
    ("ip-dst", &[Part::Address]),
    ("ip-dst|port", &[Part::Address, PORT]),
    ("ip-src", &[Part::Address]),
    ("ip-src|port", &[Part::Address, PORT]),
    ("link", &[Part::Column(Column::DescriptionUrl)]),
    ("malware-sample", &[FILE, MD5]),
    ("md5", &[MD5]),
    ("port", &[PORT]),
    ("sha1", &[SHA1]),
    ("sha256", &[SHA256]),
    ("url", &[Part::Column(Column::SourceUrl)]),
    ("vulnerability", &[Part::Column(Column::Vulnerability)]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_has_as_many_parts_as_its_name() {
        for (kind, parts) in KINDS.iter().filter(|(kind, _)| *kind != "malware-sample") {
            assert_eq!(kind.split('|').count(), parts.len(), "{kind}");
        }
    }

    #[test]
    fn tags_name_types_and_malware() {
        assert_eq!(
            classification("rsit:malicious-code=\"c2-server\""),
            Some(Classification::C2Server)
        );
        assert_eq!(classification("ecsirt:fraud=\"phishing\""), Some(Classification::Phishing));
        assert_eq!(classification("veris:action=\"phishing\""), None);
        assert_eq!(classification("rsit:fraud"), None);
        assert_eq!(malware("misp-galaxy:malpedia=\"Emotet\""), Some("Emotet"));
        assert_eq!(malware("misp-galaxy:sector=\"Bank\""), None);
    }
}
