//! Words and numbers of STIX that mean something here.

use fengsui_records::Classification;

/// The type the words on an object mean: those of the RSIT itself, or those of the table.
pub(super) fn classification<'a>(mut words: impl Iterator<Item = &'a str>) -> Classification {
    let meaning = |word: &'a str| {
        let word = word.trim().to_ascii_lowercase().replace(['_', ' '], "-");
        let named = Classification::from_name(&word);
        named.or_else(|| TABLE.iter().find(|(name, _)| *name == word).map(|(_, meant)| *meant))
    };
    words.find_map(meaning).unwrap_or(Classification::Undetermined)
}

/// The marking a marking definition is known to be by its id.
pub(super) fn marking(id: &str) -> Option<&'static str> {
    let id = id.strip_prefix("marking-definition--")?;
    MARKINGS.iter().find(|(known, _)| *known == id).map(|(_, marking)| *marking)
}

/// How strict a marking is; the strictest of several holds.
pub(super) fn strictness(marking: &str) -> usize {
    const ORDER: &[&str] = &["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"];
    ORDER.iter().position(|known| *known == marking).unwrap_or_default()
}

/// Words of the open vocabularies of STIX 2.0 and 2.1 (labels and types of indicators and of infrastructure,
/// phases of kill chains) as types of the RSIT. Words that only say "bad" are not here.
const TABLE: &[(&str, Classification)] = &[
    ("amplification", Classification::DdosAmplifier),
    ("botnet", Classification::InfectedSystem),
    ("c2", Classification::C2Server),
    ("command-and-control", Classification::C2Server),
    ("compromised", Classification::SystemCompromise),
    ("delivery", Classification::MalwareDistribution),
    ("hosting-malware", Classification::MalwareDistribution),
    ("reconnaissance", Classification::Scanner),
];

/// The fixed marking definitions of TLP 1 (STIX 2.1, 7.2.1.4) and of the TLP 2.0 extension of OASIS.
const MARKINGS: &[(&str, &str)] = &[
    ("613f2e26-407d-48c7-9eca-b8e91df99dc9", "CLEAR"),
    ("34098fce-860f-48ae-8e50-ebd3cc5e41da", "GREEN"),
    ("f88d31f6-486f-44da-b317-01333bde0b82", "AMBER"),
    ("5e57c739-391a-4eb3-b6be-7d15ca92d5ed", "RED"),
    ("94868c89-83c2-464b-929b-a1a8aa3c8487", "CLEAR"),
    ("bab4a63c-aed9-4cf5-a766-dfca5abac2bb", "GREEN"),
    ("55d920b0-5e8b-4f79-9ee9-91f868d9b421", "AMBER"),
    ("939a9414-2ddd-4d32-a0cd-375ea402b003", "AMBER+STRICT"),
    ("e828b379-4e03-4974-9ac4-e53a884c97c1", "RED"),
];
