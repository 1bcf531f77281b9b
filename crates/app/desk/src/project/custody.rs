//! Rows of the custody of a subject.

use fengsui_response::custody::{Custody, Hold, Package, Request, Standing};
use fengsui_store::{BoardRows, StreamRows, Value};

use crate::boards::{CUSTODY, ERASED};
use crate::stream::Loaded;

/// The subject of a custody's stream.
pub(crate) fn subject_of(stream: &str) -> &str {
    stream.strip_prefix("custody:").unwrap_or(stream)
}

/// Everything that follows from the custody of a subject. Who sees it is whoever sees the subject: that is asked
/// when it is read, so the rows show themselves to nobody.
pub(crate) fn custody_rows(loaded: &Loaded<Custody>) -> StreamRows {
    let subject = subject_of(&loaded.stream);
    let custody = &loaded.state;
    let row = |kind: &str, number: &u32, rest: [Value; 4]| {
        let mut row: Vec<Value> = vec![subject.into(), kind.into(), i64::from(*number).into()];
        row.extend(rest);
        row
    };
    let holds = custody.holds.iter().map(|(number, hold)| row("hold", number, of_hold(hold)));
    let requests =
        custody.requests.iter().map(|(number, it)| row("erasure", number, of_request(it)));
    let packages =
        custody.packages.iter().map(|(number, it)| row("package", number, of_package(it)));
    let rows = holds.chain(requests).chain(packages).collect();
    let erased = custody.erased.iter().map(|(blob, erased)| {
        vec![
            blob.to_string().into(),
            subject.into(),
            erased.at.into(),
            erased.ground.as_str().into(),
        ]
    });
    StreamRows {
        stream: loaded.stream.clone(),
        boards: vec![
            BoardRows { board: CUSTODY.name, rows },
            BoardRows { board: ERASED.name, rows: erased.collect() },
        ],
        sight: Vec::new(),
    }
}

fn of_hold(hold: &Hold) -> [Value; 4] {
    let state = if hold.lifted.is_some() { "lifted" } else { "in-force" };
    [
        state.into(),
        hold.ground.as_str().into(),
        hold.placed_by.to_string().into(),
        hold.placed_at.into(),
    ]
}

fn of_request(request: &Request) -> [Value; 4] {
    let state = match request.standing {
        Standing::Waiting => "waiting",
        Standing::Withdrawn(_) => "withdrawn",
        Standing::Refused(_) => "refused",
        Standing::Approved(_) => "approved",
    };
    [
        state.into(),
        request.ground.as_str().into(),
        request.requested_by.to_string().into(),
        request.requested_at.into(),
    ]
}

fn of_package(package: &Package) -> [Value; 4] {
    let state = if package.handed_over.is_empty() { "made" } else { "handed-over" };
    [
        state.into(),
        package.file.made_for.as_str().into(),
        package.made_by.to_string().into(),
        package.file.made_at.into(),
    ]
}
