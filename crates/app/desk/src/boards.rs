//! The boards: flat tables that follow from the journal and may be thrown away.
//!
//! A row belongs to one stream and is a pure function of that stream's state, the packs frozen on it
//! and its texts. No column depends on the time of reading: *overdue* is asked when a page is shown.

use fengsui_store::{Board, Column};

/// Every board, in the order in which they are rebuilt.
pub(crate) static BOARDS: &[&Board] = &[
    &REPORT,
    &INCIDENT,
    &DUTY_DUE,
    &WAITING,
    &NOT_REPORTED,
    &ORGANISATION,
    &PERSON,
    &SEARCH,
    &CLOCK,
    &CALL_OUT,
    &MESSAGE,
];

/// One row per report.
pub(crate) static REPORT: Board = Board {
    name: "board_report",
    columns: &[
        Column::text("number"),
        Column::text("state"),
        Column::text("kind"),
        Column::text("channel"),
        Column::text("title"),
        Column::text("taken_in_by"),
        Column::int("taken_in_at"),
        Column::text("affected"),
        Column::text_opt("incident"),
        Column::text_opt("accepted_by"),
        Column::int("open_questions"),
    ],
    indexes: &[&["state", "taken_in_at"], &["number"], &["taken_in_at"]],
};

/// One row per incident.
pub(crate) static INCIDENT: Board = Board {
    name: "board_incident",
    columns: &[
        Column::text("number"),
        Column::text("title"),
        Column::text("state"),
        Column::int("opened_at"),
        Column::text("plan"),
        Column::text_opt("certain"),
        Column::text_opt("possible"),
        Column::text_opt("judged"),
        Column::text("response"),
        Column::text_opt("response_level"),
        Column::int_opt("next_due_at"),
        Column::int("open_duties"),
        Column::int("is_open"),
    ],
    indexes: &[&["is_open", "opened_at"], &["number"], &["opened_at"]],
};

/// One row per tick: the due index. Closed ticks stay for the organisation's record.
pub(crate) static DUTY_DUE: Board = Board {
    name: "board_duty_due",
    columns: &[
        Column::int_opt("due_at"),
        Column::int("sort_at"),
        Column::text("plan"),
        Column::text("duty"),
        Column::text_opt("organisation"),
        Column::text("sender"),
        Column::text_opt("recipient"),
        Column::int_opt("slot"),
        Column::int("is_open"),
        Column::text("view"),
    ],
    indexes: &[&["is_open", "sort_at"], &["organisation", "is_open", "sort_at"]],
};

/// One row per thing that waits for somebody's decision.
pub(crate) static WAITING: Board = Board {
    name: "board_waiting",
    columns: &[
        Column::text("role"),
        Column::text("holder"),
        Column::text("what"),
        Column::int("since"),
        Column::text_opt("level"),
        Column::text("subject"),
    ],
    indexes: &[&["holder", "since"]],
};

/// One row per decision not to report under a plan.
pub(crate) static NOT_REPORTED: Board = Board {
    name: "board_not_reported",
    columns: &[
        Column::text("number"),
        Column::text("title"),
        Column::text("plan"),
        Column::text("role"),
        Column::text("person"),
        Column::text("reason"),
        Column::int("at"),
    ],
    indexes: &[&["at"], &["plan", "at"]],
};

/// One row per organisation.
pub(crate) static ORGANISATION: Board = Board {
    name: "board_organisation",
    columns: &[
        Column::text("name_zh"),
        Column::text("name_en"),
        Column::text_opt("parent"),
        Column::text_opt("district"),
        Column::text_opt("sector"),
        Column::text("kind"),
        Column::text("state"),
        Column::text("folded"),
    ],
    indexes: &[&["parent"], &["district"], &["name_zh"]],
};

/// One row per person; who they are is in their account.
pub(crate) static PERSON: Board = Board {
    name: "board_person",
    columns: &[Column::text_opt("organisation"), Column::text("state")],
    indexes: &[&["organisation"]],
};

/// One row per stream in which something happens by itself: when the clock must look at it next.
///
/// A reminder, a miss, the next step of a call-out. What was recorded moves the row on, so nothing
/// fires twice; what fell due while nobody looked is still there, so nothing is skipped.
pub(crate) static CLOCK: Board =
    Board { name: "board_clock", columns: &[Column::int("fires_at")], indexes: &[&["fires_at"]] };

/// One row per call-out.
pub(crate) static CALL_OUT: Board = Board {
    name: "board_call_out",
    columns: &[
        Column::text("about"),
        Column::text("occasion"),
        Column::text("state"),
        Column::int("is_open"),
        Column::int("begun_at"),
        Column::text_opt("called"),
        Column::int_opt("until"),
        Column::int("round"),
        Column::int("step"),
        Column::text_opt("taken_by"),
        Column::text("people"),
    ],
    indexes: &[&["is_open", "begun_at"], &["about", "begun_at"], &["begun_at"]],
};

/// One row per message that goes out.
pub(crate) static MESSAGE: Board = Board {
    name: "board_message",
    columns: &[
        Column::text("state"),
        Column::text("way"),
        Column::text("occasion"),
        Column::text("about"),
        Column::text("addressee"),
        Column::int("intended_at"),
        Column::int_opt("next_attempt_at"),
        Column::int("attempts"),
    ],
    indexes: &[
        &["state", "next_attempt_at"],
        &["about", "intended_at"],
        &["addressee", "intended_at"],
        &["intended_at"],
    ],
};

/// What a simple search looks through: one folded text per stream.
pub(crate) static SEARCH: Board = Board {
    name: "board_search",
    columns: &[
        Column::text("kind"),
        Column::text("number"),
        Column::text("title"),
        Column::int("at"),
        Column::text("folded"),
    ],
    indexes: &[&["at"]],
};
