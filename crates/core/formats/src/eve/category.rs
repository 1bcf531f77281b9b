//! What the categories of Suricata's rules are in the RSIT.
//!
//! A category is the text of a classtype in `classification.config`; centres may write their own.
//! One that says only that a rule matched, or that something was tried, is an `ids-alert`: an attempt
//! is no intrusion, and nothing is concluded that the category does not say.

use fengsui_records::Classification;

/// A category of the table, with its type; whatever is not in it is an `ids-alert`.
pub(super) fn known(category: &str) -> Option<&'static (&'static str, Classification)> {
    TABLE.iter().find(|(text, _)| *text == category)
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
    // attempted-user, attempted-admin, web-application-attack, misc-attack, bad-unknown,
    // policy-violation, protocol-command-decode, misc-activity: here only because they come by the million.
    ("Attempted User Privilege Gain", Classification::IdsAlert),
    ("Attempted Administrator Privilege Gain", Classification::IdsAlert),
    ("Web Application Attack", Classification::IdsAlert),
    ("Misc Attack", Classification::IdsAlert),
    ("Potentially Bad Traffic", Classification::IdsAlert),
    ("Potential Corporate Privacy Violation", Classification::IdsAlert),
    ("Generic Protocol Command Decode", Classification::IdsAlert),
    ("Misc activity", Classification::IdsAlert),
    // exploit-kit, social-engineering, coin-mining
    ("Exploit Kit Activity Detected", Classification::MalwareDistribution),
    ("Possible Social Engineering Attempted", Classification::SocialEngineering),
    ("Crypto Currency Mining Activity Detected", Classification::UnauthorisedUseOfResources),
];
