//! The columns of a record: names, kinds and what they mean.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::value::Kind;

/// Writes the enum, its names and its kinds from one table, so that they cannot differ.
macro_rules! columns {
    ($($(#[$doc:meta])* $column:ident $name:literal $kind:ident;)*) => {
        /// A column of the one schema; `as_str` is its name in the lake, in SQL and in JSON.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Column { $($(#[$doc])* $column,)* }

        impl Column {
            /// All of them, in the order of the schema.
            pub const ALL: &[Self] = &[$(Self::$column,)*];

            /// The name: `source.ip`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$column => $name,)* }
            }

            /// What its values are.
            pub const fn kind(self) -> Kind {
                match self { $(Self::$column => Kind::$kind,)* }
            }
        }
    };
}

columns! {
    /// When it happened, as the source says.
    TimeSource "time.source" Time;
    /// When it was taken in here.
    TimeObservation "time.observation" Time;
    /// RSIT class: follows from the type.
    Taxonomy "classification.taxonomy" Text;
    /// RSIT type.
    Type "classification.type" Text;
    /// What the feed calls it: an open service, a malware family, a report.
    Identifier "classification.identifier" Text;
    /// Who made the feed.
    Provider "feed.provider" Text;
    /// The feed's own code of the kind of report.
    FeedCode "feed.code" Text;
    /// How sure the source is, in per cent.
    Accuracy "feed.accuracy" Integer;
    /// The affected or offending address.
    SourceIp "source.ip" Ip;
    /// Its port.
    SourcePort "source.port" Port;
    /// Its network, as prefix.
    SourceNetwork "source.network" Network;
    /// Its autonomous system.
    SourceAsn "source.asn" Asn;
    /// The name of that system.
    SourceAsName "source.as_name" Text;
    /// Its domain name.
    SourceFqdn "source.fqdn" Fqdn;
    /// The name its address resolves to.
    SourceReverseDns "source.reverse_dns" Fqdn;
    /// Its URL.
    SourceUrl "source.url" Text;
    /// An account there.
    SourceAccount "source.account" Text;
    /// Country of the source, two letters.
    SourceCountry "source.geolocation.cc" Country;
    /// Region of the source.
    SourceRegion "source.geolocation.region" Text;
    /// City of the source.
    SourceCity "source.geolocation.city" Text;
    /// The source before translation of addresses.
    SourceLocalIp "source.local_ip" Ip;
    /// The other side's address.
    DestinationIp "destination.ip" Ip;
    /// Its port.
    DestinationPort "destination.port" Port;
    /// Its network, as prefix.
    DestinationNetwork "destination.network" Network;
    /// Its autonomous system.
    DestinationAsn "destination.asn" Asn;
    /// Its domain name.
    DestinationFqdn "destination.fqdn" Fqdn;
    /// Its URL.
    DestinationUrl "destination.url" Text;
    /// An account there.
    DestinationAccount "destination.account" Text;
    /// Country of the destination, two letters.
    DestinationCountry "destination.geolocation.cc" Country;
    /// TCP, UDP, ICMP, small letters.
    Transport "protocol.transport" Text;
    /// HTTP, DNS, small letters.
    Application "protocol.application" Text;
    /// What happened, in the source's words.
    Description "event_description.text" Text;
    /// Where more is said about it.
    DescriptionUrl "event_description.url" Text;
    /// The number of the rule that found it.
    SignatureId "signature.id" Integer;
    /// The name of that rule.
    SignatureName "signature.name" Text;
    /// Malware, as the source names it, small letters.
    MalwareName "malware.name" Text;
    /// Its version.
    MalwareVersion "malware.version" Text;
    /// MD5, hexadecimal.
    MalwareMd5 "malware.hash.md5" Text;
    /// SHA-1, hexadecimal.
    MalwareSha1 "malware.hash.sha1" Text;
    /// SHA-256, hexadecimal.
    MalwareSha256 "malware.hash.sha256" Text;
    /// A target or product: a vendor's and product's name.
    Product "product" Text;
    /// A vulnerability: `CVE-2026-1234`.
    Vulnerability "vulnerability" Text;
    /// The source's own severity, in its own words; never a level of a plan.
    Severity "severity" Text;
    /// Online, offline, blocked: what the source says.
    Status "status" Text;
    /// The marking the source gave: `GREEN`.
    Tlp "tlp" Text;
    /// The source's own key of this record.
    SourceKey "source_key" Text;
    /// Life of an entry of a block-list: `new`, `changed`, `delisted`, `expired`.
    ListState "list.state" Text;
    /// Whose it is, from the registry: the best match.
    Organisation "organisation" Text;
    /// Why that organisation, the side and the entry: `source: prefix 203.0.113.0/24`, `destination: domain example.cn`.
    OrganisationBecause "organisation.because" Text;
    /// Other organisations that match, best first, as a JSON list.
    OrganisationOthers "organisation.others" Json;
    /// The district of the organisation.
    District "district" Text;
    /// The sector of the organisation.
    Sector "sector" Text;
    /// The warning list that knows the address or name as good, and which.
    KnownGood "known_good" Text;
    /// How often, where the source counted.
    Count "count" Integer;
    /// Whatever the source said and no column holds, as a JSON object.
    Extra "extra" Json;
}

impl Column {
    /// The column of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        BY_NAME.get(name).copied()
    }

    /// Its place in [`Column::ALL`].
    #[expect(clippy::as_conversions, reason = "a field-less enum's own number")]
    pub const fn place(self) -> usize {
        self as usize
    }
}

static BY_NAME: LazyLock<BTreeMap<&'static str, Column>> =
    LazyLock::new(|| Column::ALL.iter().map(|column| (column.as_str(), *column)).collect());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_is_found_by_its_name_and_stands_where_it_says() {
        for (at, column) in Column::ALL.iter().enumerate() {
            assert_eq!(Column::from_name(column.as_str()), Some(*column));
            assert_eq!(column.place(), at);
        }
        assert_eq!(BY_NAME.len(), Column::ALL.len(), "two columns bear one name");
    }
}
