//! RSIT: what kind of thing a record says.

/// Writes the types, their names and their classes from one table.
macro_rules! classifications {
    ($($(#[$doc:meta])* $kind:ident $name:literal in $taxonomy:literal;)*) => {
        /// A type of the Reference Security Incident Taxonomy, version 1003.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Classification { $($(#[$doc])* $kind,)* }

        impl Classification {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$kind,)*];

            /// The type: `infected-system`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$kind => $name,)* }
            }

            /// The class it belongs to: `malicious-code`.
            pub const fn taxonomy(self) -> &'static str {
                match self { $(Self::$kind => $taxonomy,)* }
            }

            /// The type of a name; types are never guessed.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$kind),)* _ => None }
            }
        }
    };
}

classifications! {
    /// Unsolicited mail.
    Spam "spam" in "abusive-content";
    /// Harassment and the like.
    HarmfulSpeech "harmful-speech" in "abusive-content";
    /// Violence and worse.
    Violence "violence" in "abusive-content";
    /// A machine under somebody else's control.
    InfectedSystem "infected-system" in "malicious-code";
    /// A server that commands infected machines.
    C2Server "c2-server" in "malicious-code";
    /// A place that hands out malware.
    MalwareDistribution "malware-distribution" in "malicious-code";
    /// A place that holds malware's settings.
    MalwareConfiguration "malware-configuration" in "malicious-code";
    /// Looking for open doors.
    Scanner "scanner" in "information-gathering";
    /// Listening to traffic.
    Sniffing "sniffing" in "information-gathering";
    /// Asking people.
    SocialEngineering "social-engineering" in "information-gathering";
    /// A rule of an intrusion detection system.
    IdsAlert "ids-alert" in "intrusion-attempts";
    /// Trying passwords.
    BruteForce "brute-force" in "intrusion-attempts";
    /// Using an unknown hole.
    Exploit "exploit" in "intrusion-attempts";
    /// An administrator's account taken.
    PrivilegedAccountCompromise "privileged-account-compromise" in "intrusions";
    /// A user's account taken.
    UnprivilegedAccountCompromise "unprivileged-account-compromise" in "intrusions";
    /// A program taken.
    ApplicationCompromise "application-compromise" in "intrusions";
    /// A system taken.
    SystemCompromise "system-compromise" in "intrusions";
    /// Breaking in by foot.
    Burglary "burglary" in "intrusions";
    /// Refusal of service from one place.
    Dos "dos" in "availability";
    /// Refusal of service from many places.
    Ddos "ddos" in "availability";
    /// Set up wrongly.
    Misconfiguration "misconfiguration" in "availability";
    /// Damaged on purpose.
    Sabotage "sabotage" in "availability";
    /// Not there, without anybody's intent.
    Outage "outage" in "availability";
    /// Information seen by those who may not.
    UnauthorisedInformationAccess "unauthorised-information-access" in "information-content-security";
    /// Information changed by those who may not.
    UnauthorisedInformationModification "unauthorised-information-modification" in "information-content-security";
    /// Information lost.
    DataLoss "data-loss" in "information-content-security";
    /// Information let out.
    DataLeak "data-leak" in "information-content-security";
    /// Means used without leave.
    UnauthorisedUseOfResources "unauthorised-use-of-resources" in "fraud";
    /// Works copied without leave.
    Copyright "copyright" in "fraud";
    /// Somebody passing as another.
    Masquerade "masquerade" in "fraud";
    /// Fishing for credentials.
    Phishing "phishing" in "fraud";
    /// Cryptography that does not hold.
    WeakCrypto "weak-crypto" in "vulnerable";
    /// A service that can be used to amplify traffic.
    DdosAmplifier "ddos-amplifier" in "vulnerable";
    /// A service that perhaps nobody meant to open.
    PotentiallyUnwantedAccessible "potentially-unwanted-accessible" in "vulnerable";
    /// A service that tells too much.
    InformationDisclosure "information-disclosure" in "vulnerable";
    /// A system with a known hole.
    VulnerableSystem "vulnerable-system" in "vulnerable";
    /// None of these.
    Other "other" in "other";
    /// Not known yet.
    Undetermined "undetermined" in "other";
    /// For trying.
    Test "test" in "test";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_found_by_its_name() {
        for kind in Classification::ALL {
            assert_eq!(Classification::from_name(kind.as_str()), Some(*kind));
        }
        assert_eq!(Classification::ALL.len(), 39);
        assert_eq!(Classification::from_name("malware"), None);
    }
}
