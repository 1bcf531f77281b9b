//! What the categories of Suricata's rules are in the RSIT.
//!
//! A category is the text of a classtype in `classification.config`; centres may write their own.
//! One that says only that a rule matched, or that something was tried, is an `ids-alert`: an attempt
//! is no intrusion, and nothing is concluded that the category does not say.

use fengsui_records::Classification;

/// The type of a category; whatever is not in the table is an `ids-alert`.
pub(super) fn classification_of(category: &str) -> Classification {
    TABLE
        .iter()
        .find(|(text, _)| *text == category)
        .map_or(Classification::IdsAlert, |(_, classification)| *classification)
}

/// Category (and its classtype) and type. The book shows this table; see `docs/formats.md`.
pub(super) const TABLE: &[(&str, Classification)] = &[
    // trojan-activity, command-and-control, domain-c2: a machine behaves as an infected one does.
    ("A Network Trojan was detected", Classification::InfectedSystem),
    ("Malware Command and Control Activity Detected", Classification::InfectedSystem),
    ("Domain Observed Used for C2 Detected", Classification::InfectedSystem),
    // network-scan, attempted-recon
    ("Detection of a Network Scan", Classification::Scanner),
    ("Attempted Information Leak", Classification::Scanner),
    // attempted-dos, successful-dos, denial-of-service
    ("Attempted Denial of Service", Classification::Dos),
    ("Denial of Service", Classification::Dos),
    ("Detection of a Denial of Service Attack", Classification::Dos),
    // successful-user, successful-admin
    ("Successful User Privilege Gain", Classification::UnprivilegedAccountCompromise),
    ("Successful Administrator Privilege Gain", Classification::PrivilegedAccountCompromise),
    // default-login-attempt
    ("Attempt to login by a default username and password", Classification::BruteForce),
    // exploit-kit, social-engineering, coin-mining
    ("Exploit Kit Activity Detected", Classification::MalwareDistribution),
    ("Possible Social Engineering Attempted", Classification::SocialEngineering),
    ("Crypto Currency Mining Activity Detected", Classification::UnauthorisedUseOfResources),
];
