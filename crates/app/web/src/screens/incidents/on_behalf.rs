//! Somebody decided, and the actor writes it down: who, how it came, whether it was read back.

use fengsui_desk::content::Writing;
use fengsui_response::incident::OnBehalf;
use fengsui_response::{BlobRef, Means};
use fengsui_vocabulary::RoleId;

use super::sight::Sight;
use super::typed::Reading;
use super::verb::Text;
use crate::parts::{Field, FieldKind, Opt};

/// How a decision may have come, by the word in forms.
const MEANS: [(&str, Means); 4] = [
    ("telephone", Means::Telephone),
    ("note", Means::Note),
    ("fax", Means::Fax),
    ("spoken", Means::Spoken),
];

/// Somebody's decision as a form tells it; the record is kept beside the journal.
pub(super) struct Told {
    role: RoleId,
    means: Means,
    read_back: fengsui_response::ReadBack,
    /// What was said or written.
    pub(super) record: Option<Text>,
}

impl Told {
    /// The same with its record in place.
    pub(super) fn on_behalf(self, record: Option<BlobRef>) -> OnBehalf {
        OnBehalf { role: self.role, means: self.means, read_back: self.read_back, record }
    }
}

/// The fields that ask for it.
pub(super) fn fields(sight: &Sight<'_>, roles: &[RoleId]) -> Vec<Field> {
    let means = MEANS.iter().map(|(word, means)| Opt::new(*word, means_name(sight, *means)));
    vec![
        Field::new(
            "decided_by",
            sight.t("approval-on-behalf-of"),
            FieldKind::Select(sight.role_options(roles)),
        ),
        Field::new("means", sight.t("approval-on-behalf-how"), FieldKind::Radio(means.collect()))
            .value("telephone"),
        Field::prose("record", sight.t("inc-record")).hint(sight.t("inc-record-hint")).optional(),
        Field::new("read_back", sight.t("approval-read-back"), FieldKind::Tick).optional(),
    ]
}

/// Reads it.
pub(super) fn read(form: &mut Reading<'_, '_>) -> Option<Told> {
    let role = form.chosen("decided_by");
    let means = form.one_of("means", &MEANS);
    let record = form.maybe_prose("record").map(|text| Text::Writing(Writing { text }));
    let read_back = form.read_back();
    Some(Told { role: role?, means: means?, read_back, record })
}

/// A means in words.
pub(super) fn means_name(sight: &Sight<'_>, means: Means) -> String {
    match means {
        Means::Telephone => sight.t("channel-telephone"),
        Means::Note => sight.t("inc-means-note"),
        Means::Fax => sight.t("channel-fax"),
        Means::Spoken => sight.t("channel-in-person"),
    }
}
