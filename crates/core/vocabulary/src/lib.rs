//! The words everybody uses: ids, names, labels, bounded texts, fact values, times, markings.
//!
//! Parse, don't validate: a value of one of these types is right everywhere after.
//! No clock, no randomness, no rule of any plan is here.

mod bounded;
mod facts;
mod id;
mod label;
mod marking;
mod name;
mod realm;

pub use bounded::{Line, Prose, Text, TextOutOfRange};
pub use facts::{Choice, FactRange, FactValue, Facts, Number, Scalar};
pub use id::{
    AccountabilityId, BlobId, CallOutId, CommandId, IdMalformed, IncidentId, MessageId,
    OrganisationId, PersonId, ReportId, ShiftId,
};
pub use label::{Label, Lang, LangUnknown};
pub use marking::{MarkingUnknown, Tlp};
pub use name::{
    AnchorName, ClauseId, CriterionId, DistrictCode, DutyId, FactId, FormId, LevelId,
    NameMalformed, PlanId, PostName, RoleId, ShiftName, TaxonomyCode,
};
pub use realm::{Realm, RealmMalformed};
