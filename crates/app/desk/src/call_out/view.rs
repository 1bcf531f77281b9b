//! Call-outs as screens show them: to whoever steers incidents here, and to whoever is called.

use fengsui_response::call_out::{CallOut, Closed, Standing};
use fengsui_response::{BlobRef, CallOutAnswer};
use fengsui_store::{Direction, Filter, Row, Select, Sight};
use fengsui_vocabulary::{CallOutId, PersonId, Prose};
use jiff::Timestamp;

use crate::boards::CALL_OUT;
use crate::content::Writing;
use crate::stream::call_out_stream;
use crate::view::{id_of, place};
use crate::viewer::Reach;
use crate::{Desk, DeskFault, Page, Viewer};

/// Lines on one page.
const PAGE_LINES: u32 = 50;

/// Which call-outs are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallOutFilter {
    /// Those that somebody still has something to do about.
    Running,
    /// All of them, from where a page before said.
    All(Option<String>),
    /// Those about one stream.
    About(String),
}

/// A call-out in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallOutLine {
    /// Which.
    pub call_out: CallOutId,
    /// The stream that it is about.
    pub about: String,
    /// What that is called.
    pub about_name: String,
    /// `duty-missed`, `report-waiting` or `by-hand`.
    pub occasion: String,
    /// `calling`, `exhausted`, `taken`, `ended` or `cancelled`.
    pub state: String,
    /// When it began.
    pub begun_at: Timestamp,
    /// Who is called now.
    pub called: Option<PersonId>,
    /// Until when an answer is waited for.
    pub until: Option<Timestamp>,
    /// Who comes.
    pub taken_by: Option<PersonId>,
}

/// One call-out.
#[derive(Clone, Debug)]
pub struct CallOutView {
    /// Which.
    pub id: CallOutId,
    /// Everything that was written about it, folded.
    pub call_out: CallOut,
    /// What it is about, by number and title.
    pub about_name: String,
    /// Whether the viewer may open what it is about.
    pub may_open: bool,
    /// Why; none when it was erased.
    pub because: Option<Prose>,
    /// Why it was cancelled, if it was.
    pub cancelled_because: Option<Prose>,
    /// What the viewer may do.
    pub may: CallOutMay,
    /// When this was read.
    pub now: Timestamp,
}

/// What somebody may do about a call-out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallOutMay {
    /// Say "I am coming".
    pub come: bool,
    /// Say "I cannot".
    pub decline: bool,
    /// Add people, write down answers, end and cancel it.
    pub steer: bool,
}

impl Desk {
    /// Call-outs, the newest first. Whoever does not steer incidents here sees those on which they are
    /// called.
    pub async fn call_outs(
        &self,
        viewer: &Viewer,
        filter: &CallOutFilter,
    ) -> Result<Page<CallOutLine>, DeskFault> {
        // Sight is by person, which no key of a stream says; the filter is in SQL all the same.
        let mut select = Select::of(&CALL_OUT, Sight::Everything)
            .order("begun_at", Direction::Descending)
            .limit(PAGE_LINES + 1);
        if viewer.reach != Reach::Whole {
            select = select.filter(Filter::Contains("people", viewer.person().to_string()));
        }
        select = match filter {
            CallOutFilter::Running => select.filter(Filter::Eq("is_open", true.into())),
            CallOutFilter::All(after) => select.after(place(after.as_deref())),
            CallOutFilter::About(about) => {
                select.filter(Filter::Eq("about", about.as_str().into()))
            }
        };
        let mut page = self.page(&select, line).await?;
        for line in &mut page.lines {
            line.about_name = self.named(&line.about).await?;
        }
        Ok(page)
    }

    /// One call-out, for whoever steers incidents here or is called.
    pub async fn call_out_view(
        &self,
        viewer: &Viewer,
        id: CallOutId,
    ) -> Result<CallOutView, DeskFault> {
        let call_out = self.load_existing::<CallOut>(call_out_stream(id)).await?.state;
        let begun = call_out.begun.as_ref().ok_or(DeskFault::Absent)?;
        let is_called = call_out.is_on_call(viewer.person());
        if viewer.reach != Reach::Whole && !is_called {
            return Err(DeskFault::Absent);
        }
        let about = begun.about.to_string();
        let cancelled = match &call_out.closed {
            Some(Closed::Cancelled { reason, .. }) => self.text(reason).await?,
            Some(Closed::Ended { .. }) | None => None,
        };
        let is_open = call_out.standing().is_open();
        Ok(CallOutView {
            id,
            about_name: self.named(&about).await?,
            may_open: self.check_sight(&viewer.actor, &about).await.is_ok(),
            because: self.text(&begun.because).await?,
            cancelled_because: cancelled,
            may: CallOutMay {
                come: is_called && is_open && call_out.taken.is_none(),
                decline: may_decline(&call_out, viewer.person()),
                steer: is_open && steers(viewer),
            },
            now: self.now(),
            call_out,
        })
    }

    /// Open call-outs that wait for this viewer's answer.
    pub async fn calls_for(&self, viewer: &Viewer) -> Result<Vec<CallOutLine>, DeskFault> {
        let select = Select::of(&CALL_OUT, Sight::Everything)
            .filter(Filter::Eq("called", viewer.person().to_string().into()))
            .order("begun_at", Direction::Descending)
            .limit(PAGE_LINES);
        let mut page = self.page(&select, line).await?;
        for line in &mut page.lines {
            line.about_name = self.named(&line.about).await?;
        }
        Ok(page.lines)
    }

    async fn text(&self, reference: &BlobRef) -> Result<Option<Prose>, DeskFault> {
        Ok(self.json::<Writing>(reference).await?.map(|it| it.text))
    }
}

fn steers(viewer: &Viewer) -> bool {
    use fengsui_response::Capacity::{Leader, Officer};
    viewer.reach == Reach::Whole && viewer.is_any(&[Officer, Leader])
}

/// Whoever was called and has not said so yet, or comes and cannot after all.
fn may_decline(call_out: &CallOut, person: PersonId) -> bool {
    if call_out.taken.as_ref().is_some_and(|taken| taken.person == person) {
        return call_out.standing() == Standing::Taken;
    }
    let is_called = call_out.called(person).is_some() || call_out.added.contains_key(&person);
    let has_declined =
        call_out.answer_of(person).is_some_and(|it| it.answer == CallOutAnswer::Cannot);
    let is_current = call_out.current().is_some_and(|(_, call)| call.person == person);
    call_out.standing().is_open()
        && call_out.taken.is_none()
        && is_called
        && (is_current || !has_declined)
}

fn line(row: &Row) -> Result<CallOutLine, DeskFault> {
    let person = |column| -> Result<Option<PersonId>, DeskFault> {
        Ok(row.opt_text(column)?.and_then(|person| person.parse().ok()))
    };
    Ok(CallOutLine {
        call_out: id_of(row, "call_out:")?,
        about: row.text("about")?.to_owned(),
        about_name: String::new(),
        occasion: row.text("occasion")?.to_owned(),
        state: row.text("state")?.to_owned(),
        begun_at: row.time("begun_at")?,
        called: person("called")?,
        until: row.opt_time("until")?,
        taken_by: person("taken_by")?,
    })
}
