//! Categories of IDEA as types of the RSIT.
//!
//! Both descend from the eCSIRT.net incident taxonomy mkII, and are joined through it: what IDEA calls
//! `Attempt.Exploit` is there "exploiting of known vulnerabilities", which the RSIT calls `ids-alert`.

use fengsui_records::Classification;

/// The type of a message with these categories: the first that is known; anything for trying is only that.
pub(super) fn classification(categories: &[&str]) -> Classification {
    let is_test = |category: &&str| category.split('.').any(|part| part == "Test");
    if categories.iter().any(is_test) {
        return Classification::Test;
    }
    categories.iter().find_map(|category| known(category)).unwrap_or(Classification::Undetermined)
}

/// A category of two levels, else what its first level says.
fn known(category: &str) -> Option<Classification> {
    let whole = |wanted: &str| TABLE.iter().find(|(name, _)| *name == wanted);
    let first = category.split('.').next().unwrap_or_default();
    whole(category).or_else(|| whole(first)).map(|(_, classification)| *classification)
}

const TABLE: &[(&str, Classification)] = &[
    ("Abusive.Spam", Classification::Spam),
    ("Abusive.Harassment", Classification::HarmfulSpeech),
    ("Abusive.Child", Classification::Violence),
    ("Abusive.Sexual", Classification::Violence),
    ("Abusive.Violence", Classification::Violence),
    ("Malware", Classification::InfectedSystem),
    ("Recon", Classification::Scanner),
    ("Recon.Scanning", Classification::Scanner),
    ("Recon.Searching", Classification::Scanner),
    ("Recon.Sniffing", Classification::Sniffing),
    ("Recon.SocialEngineering", Classification::SocialEngineering),
    ("Attempt.Exploit", Classification::IdsAlert),
    ("Attempt.Login", Classification::BruteForce),
    ("Attempt.NewSignature", Classification::Exploit),
    ("Intrusion", Classification::SystemCompromise),
    ("Intrusion.AdminCompromise", Classification::PrivilegedAccountCompromise),
    ("Intrusion.UserCompromise", Classification::UnprivilegedAccountCompromise),
    ("Intrusion.AppCompromise", Classification::ApplicationCompromise),
    ("Intrusion.Botnet", Classification::InfectedSystem),
    ("Availability.DoS", Classification::Dos),
    ("Availability.DDoS", Classification::Ddos),
    ("Availability.Sabotage", Classification::Sabotage),
    ("Availability.Outage", Classification::Outage),
    ("Information.UnauthorizedAccess", Classification::UnauthorisedInformationAccess),
    ("Information.UnauthorizedModification", Classification::UnauthorisedInformationModification),
    ("Fraud.UnauthorizedUsage", Classification::UnauthorisedUseOfResources),
    ("Fraud.Copyright", Classification::Copyright),
    ("Fraud.Masquerade", Classification::Masquerade),
    ("Fraud.Phishing", Classification::Phishing),
    ("Vulnerable", Classification::VulnerableSystem),
    ("Vulnerable.Open", Classification::PotentiallyUnwantedAccessible),
    ("Vulnerable.Config", Classification::VulnerableSystem),
    ("Other", Classification::Other),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_known_category_says_the_type_and_a_test_is_only_a_test() {
        assert_eq!(classification(&["Malware.Worm"]), Classification::InfectedSystem);
        assert_eq!(classification(&["Anomaly.Traffic", "Availability.DDoS"]), Classification::Ddos);
        assert_eq!(classification(&["Fraud.Phishing", "Test"]), Classification::Test);
        assert_eq!(classification(&["Recon.Scanning.Test"]), Classification::Test);
        assert_eq!(classification(&["Fraud"]), Classification::Undetermined);
        assert_eq!(classification(&[]), Classification::Undetermined);
    }
}
