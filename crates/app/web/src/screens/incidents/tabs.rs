//! The tabs of an incident.

/// A tab of an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tab {
    Overview,
    Facts,
    Organisations,
    Plans,
    Duties,
    Response,
    Documents,
    Notes,
    Review,
}

impl Tab {
    /// Every tab, in order.
    pub(super) const ALL: [Self; 9] = [
        Self::Overview,
        Self::Facts,
        Self::Organisations,
        Self::Plans,
        Self::Duties,
        Self::Response,
        Self::Documents,
        Self::Notes,
        Self::Review,
    ];

    /// Its name in addresses.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Facts => "facts",
            Self::Organisations => "organisations",
            Self::Plans => "plans",
            Self::Duties => "duties",
            Self::Response => "response",
            Self::Documents => "documents",
            Self::Notes => "notes",
            Self::Review => "review",
        }
    }

    /// The key of its word.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Overview => "incident-tab-overview",
            Self::Facts => "incident-tab-facts",
            Self::Organisations => "incident-tab-organisations",
            Self::Plans => "incident-tab-plans",
            Self::Duties => "duties",
            Self::Response => "incident-tab-response",
            Self::Documents => "incident-tab-documents",
            Self::Notes => "inc-tab-notes",
            Self::Review => "incident-tab-review",
        }
    }

    /// A tab by its name; an unknown one is the overview.
    pub(super) fn of(name: &str) -> Self {
        Self::ALL.into_iter().find(|tab| tab.name() == name).unwrap_or(Self::Overview)
    }
}
