//! What every command of the API carries besides itself: its key, the role, the time it happened.

use fengsui_desk::{Desk, Done, Viewer};
use fengsui_response::Actor;
use fengsui_vocabulary::{CommandId, RoleId};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::body::Key;
use super::problem::Problem;

/// Who asks, in which role, and when it happened.
#[derive(Clone, Debug)]
pub(crate) struct Asking {
    pub(crate) command_id: CommandId,
    pub(crate) by: Actor,
    pub(crate) role: Option<RoleId>,
    pub(crate) happened_at: Option<Timestamp>,
}

impl Asking {
    /// What a body says about itself.
    pub(crate) fn of(
        said: (Option<&str>, Option<&RoleId>, Option<Timestamp>),
        key: &Key,
        viewer: &Viewer,
        desk: &Desk,
    ) -> Result<Self, Problem> {
        let (named, role, happened_at) = said;
        let command_id = key.command_id(named, viewer.person(), || desk.command_id())?;
        Ok(Self { command_id, by: viewer.actor.clone(), role: role.cloned(), happened_at })
    }
}

/// What was written.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Done)]
pub(crate) struct Carried {
    /// The kinds of the journal's entries, in order; empty for a repeat.
    kinds: Vec<String>,
    /// Whether the same command had been carried out before.
    repeated: bool,
}

impl Carried {
    pub(crate) fn of(done: Done) -> Self {
        Self { kinds: done.kinds, repeated: done.repeated }
    }
}

/// Makes the body of a command: its own fields, and those that every command has. Unknown keys are
/// refused, so the shared fields cannot be a struct of their own (serde cannot flatten those).
macro_rules! asking {
    (
        $(#[$doc:meta])*
        pub(crate) struct $name:ident { $($(#[$what:meta])* $field:ident: $type:ty,)* }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, serde::Deserialize, utoipa::ToSchema)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name {
            /// Names this command, so that a repeat happens once; the header `Idempotency-Key` does
            /// the same.
            #[serde(default)]
            command_id: Option<String>,
            /// In which role; absent lets the plan choose.
            #[serde(default)]
            #[schema(value_type = Option<String>)]
            role: Option<fengsui_vocabulary::RoleId>,
            /// When it happened; absent means now. Never in the future.
            #[serde(default)]
            #[schema(value_type = Option<String>, format = DateTime)]
            happened_at: Option<jiff::Timestamp>,
            $($(#[$what])* $field: $type,)*
        }

        impl $name {
            /// Who asks, in which role, and when it happened.
            pub(crate) fn asking(
                &self,
                key: &crate::api::body::Key,
                viewer: &fengsui_desk::Viewer,
                desk: &fengsui_desk::Desk,
            ) -> Result<crate::api::asking::Asking, crate::api::problem::Problem> {
                let said = (self.command_id.as_deref(), self.role.as_ref(), self.happened_at);
                crate::api::asking::Asking::of(said, key, viewer, desk)
            }
        }
    };
}

pub(crate) use asking;
