//! People called out through the desk: up the ladder of the house, over gaps of the roster, refused when
//! they are not on call, and told once for each call.

#![expect(clippy::unwrap_used, reason = "a test stops at what it does not expect")]

use std::sync::Arc;

use fengsui_desk::content::{ReportContent, Reporter};
use fengsui_desk::{
    Acceptance, Accepting, Arrival, CallOutFilter, CallOutView, CallOutWhom, Desk, DeskFault,
    DeskSettings, DraftLike, NewCallOut, NewSubstitution, StoryClock, StoryIds, Viewer,
};
use fengsui_response::call_out::Standing;
use fengsui_response::house::CallOutWhen;
use fengsui_response::roster::{Month, Pattern, SettingsCommand};
use fengsui_response::{
    Actor, Affected, Anchors, CallOutAnswer, DayKind, IntakeChannel, OwnDays, PassedWhy, Post,
    Refusal, ReportKind, Shift, Slot, StepBecause,
};
use fengsui_scenarios::{appoint, register};
use fengsui_vocabulary::{CallOutId, Facts, Label, Lang, PersonId, ReportId};
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};

const PASSWORD: &str = "beacon-tower";

/// A Saturday, 22:00 in Shanghai.
const NIGHT: &str = "2026-03-14T14:00:00Z";

struct Centre {
    desk: Desk,
    clock: Arc<StoryClock>,
    _folder: tempfile::TempDir,
}

/// A centre whose roster has two posts, day and night, and wei as its head; nobody is named yet.
async fn centre() -> Centre {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(StoryClock::at(NIGHT.parse().unwrap()));
    let settings = DeskSettings {
        url: format!("sqlite://{}", folder.path().join("fengsui.db").display()),
        clock: Arc::<StoryClock>::clone(&clock),
        ids: Arc::new(StoryIds::default()),
    };
    let desk = Desk::open(&settings).await.unwrap();
    desk.adopt_plan(&desk.console(), &"shanghai-2019".parse().unwrap()).await.unwrap();
    register(&desk).await.unwrap();
    appoint(&desk, PASSWORD).await.unwrap();
    let centre = Centre { desk, clock, _folder: folder };
    let head = centre.person("wei").await;
    let post = |id: &str| Post { id: id.parse().unwrap(), label: Label::new(id, id) };
    let shifts = || vec![shift("day", "08:00", "20:00"), shift("night", "20:00", "08:00")];
    let pattern = Pattern { worked: shifts(), rest: shifts() };
    for command in [
        SettingsCommand::NameHead { person: head },
        SettingsCommand::SetPosts { posts: vec![post("duty-officer"), post("duty-leader")] },
        SettingsCommand::SetShifts { from: date(2026, 1, 1), pattern },
        SettingsCommand::SetDays { calendars: vec!["cn-2026".parse().unwrap()], days: vec![] },
    ] {
        let desk = &centre.desk;
        desk.settle_roster(&desk.console(), desk.command_id(), command).await.unwrap();
    }
    centre
}

fn shift(id: &str, begins: &str, ends: &str) -> Shift {
    let (begins, ends) = (begins.parse().unwrap(), ends.parse().unwrap());
    Shift { id: id.parse().unwrap(), label: Label::new(id, id), begins, ends }
}

const TONIGHT: &str = "date,shift,post,first,deputies\n\
    2026-03-14,night,duty-officer,mara,chen luo\n\
    2026-03-14,night,duty-leader,leader,\n";

impl Centre {
    async fn person(&self, login: &str) -> PersonId {
        self.desk.account(login).await.unwrap().unwrap().person
    }

    async fn viewer(&self, login: &str) -> Viewer {
        self.desk.viewer(self.person(login).await).unwrap()
    }

    async fn import(&self, table: &str) -> Result<(), DeskFault> {
        let import = self.desk.read_roster(table).await.unwrap();
        assert!(import.is_sound(), "{:?}", import.problems().collect::<Vec<_>>());
        let by = self.viewer("lin").await.actor;
        self.desk.import_roster(&by, self.desk.command_id(), import).await.map(drop)
    }

    /// Time goes on; the clock looks as often as it has to.
    async fn wait(&self, minutes: i64) {
        let until = self.desk.now() + SignedDuration::from_mins(minutes);
        while self.desk.now() < until {
            self.clock.set(self.desk.now() + SignedDuration::from_secs(30));
            self.desk.fire_call_outs().await.unwrap();
        }
    }

    async fn call(&self, when: CallOutWhen, about: &str) -> Option<CallOutId> {
        let because = "口头报告已超时".parse().unwrap();
        self.desk.call_out_at_once(when, about, &because).await.unwrap()
    }

    async fn view(&self, id: CallOutId) -> CallOutView {
        self.desk.call_out_view(&self.viewer("lin").await, id).await.unwrap()
    }

    async fn says(
        &self,
        login: &str,
        id: CallOutId,
        answer: CallOutAnswer,
    ) -> Result<(), DeskFault> {
        let by = self.viewer(login).await.actor;
        let said = (by.person, answer, None);
        self.desk.answer_call_out(&by, self.desk.command_id(), id, said).await.map(drop)
    }

    /// Who was called and when, in minutes since the beginning, with how the step ended.
    async fn told(&self, id: CallOutId) -> Vec<String> {
        let view = self.view(id).await;
        let begun = view.call_out.begun.as_ref().unwrap();
        let minutes = |at: Timestamp| at.duration_since(begun.at).as_mins();
        let mut told = Vec::new();
        for tried in &view.call_out.tried {
            let directory = self.desk.directory();
            let who = tried.call.as_ref().map_or_else(
                || "nobody".to_owned(),
                |call| {
                    let name = directory.person_name(call.person, Lang::Zh);
                    format!("{} {name}", minutes(call.at))
                },
            );
            let passed = tried.passed.map(|(why, at)| format!(" {why:?} {}", minutes(at)));
            told.push(format!("{who}{}", passed.unwrap_or_default()));
        }
        told
    }

    async fn report(&self) -> ReportId {
        let discovered_at: Timestamp = "2026-03-14T13:40:00Z".parse().unwrap();
        let anchors = Anchors { discovered_at: Some(discovered_at), ..Anchors::default() };
        let organisation = self.desk.directory().named("浦江数据服务有限公司");
        let arrival = Arrival {
            kind: ReportKind::Incident,
            channel: IntakeChannel::Web,
            taken_in_by: None,
            follows: None,
            affected: vec![Affected { organisation, district: None, anchors }],
            facts: Facts::new(),
            content: ReportContent {
                title: "客户资料平台被入侵".parse().unwrap(),
                description: "发生了什么".parse().unwrap(),
                reporter: Reporter::default(),
                file_names: Vec::new(),
                organisation: None,
                lang: Lang::Zh,
            },
            files: Vec::new(),
            call: None,
            sealed_because: None,
        };
        let command = self.desk.command_id();
        self.desk.take_in(&Actor::public(), command, arrival, None).await.unwrap().report
    }

    async fn incident(&self) -> String {
        let accepting =
            Accepting { by: self.viewer("lin").await.actor, role: None, happened_at: None };
        let title = Acceptance::Open("浦江数据入侵".parse().unwrap());
        let report = self.report().await;
        let command = self.desk.command_id();
        let incident = self.desk.accept(report, command, accepting, title).await.unwrap();
        format!("incident:{incident}")
    }

    async fn head_of_journal(&self) -> u64 {
        self.desk.verify(|_, _| {}).await.unwrap().unwrap().position
    }
}

#[tokio::test]
async fn a_missed_duty_goes_from_the_first_to_the_deputies_the_leader_and_the_head() {
    let centre = centre().await;
    centre.import(TONIGHT).await.unwrap();
    let about = centre.incident().await;
    let id = centre.call(CallOutWhen::DutyMissed, &about).await.unwrap();
    assert_eq!(centre.call(CallOutWhen::DutyMissed, &about).await, None, "one is calling already");
    assert!(centre.call(CallOutWhen::DutyMissed, "incident:other").await.is_some());

    centre.wait(26).await;
    assert_eq!(
        centre.told(id).await,
        [
            "0 马岚 NoAnswer 5",
            "5 陈默 NoAnswer 10",
            "10 罗平 NoAnswer 15",
            "15 江城 NoAnswer 25",
            "25 魏诚"
        ]
    );
    centre.wait(60).await;
    let told = centre.told(id).await;
    assert_eq!(told[4..], ["25 魏诚 NoAnswer 40", "40 魏诚 NoAnswer 55", "55 魏诚 NoAnswer 70"]);
    let view = centre.view(id).await;
    assert_eq!(view.call_out.standing(), Standing::Exhausted, "three rounds, and it is flagged");
    assert_eq!(view.about_name.split(' ').nth(1), Some("浦江数据入侵"));
    // Every call was a message, written with the call.
    let calls: Vec<_> = view.call_out.tried.iter().filter_map(|it| it.call.as_ref()).collect();
    assert!(calls.iter().all(|call| !call.messages.is_empty()));
    // Running ones are on the desk of everybody who steers, exhausted ones too.
    let running =
        centre.desk.call_outs(&centre.viewer("mara").await, &CallOutFilter::Running).await.unwrap();
    assert_eq!(running.lines.len(), 2);

    // Hours later the next miss calls again: an exhausted one silences nobody.
    assert!(centre.call(CallOutWhen::DutyMissed, &about).await.is_some());
    let differences = centre.desk.rebuild(|_, _| {}).await.unwrap().differences;
    assert!(differences.is_empty(), "{differences:?}");
}

#[tokio::test]
async fn the_first_who_says_so_comes_and_nobody_else_is_called() {
    let centre = centre().await;
    centre.import(TONIGHT).await.unwrap();
    let about = centre.incident().await;
    let id = centre.call(CallOutWhen::DutyMissed, &about).await.unwrap();
    centre.wait(6).await;
    // mara answers a minute late, before chen does: both times stay.
    centre.says("mara", id, CallOutAnswer::Coming).await.unwrap();
    centre.says("mara", id, CallOutAnswer::Coming).await.unwrap();
    let refused = centre.says("chen", id, CallOutAnswer::Coming).await.unwrap_err();
    assert!(matches!(refused, DeskFault::Refused(Refusal::TakenAlready { .. })), "{refused:?}");
    let before = centre.head_of_journal().await;
    centre.wait(30).await;
    assert_eq!(centre.head_of_journal().await, before, "the clock has nothing more to do");
    assert_eq!(centre.told(id).await, ["0 马岚 NoAnswer 5", "5 陈默"]);
    // Being under way, mara cannot after all: chen's time is over meanwhile, luo is called.
    centre.says("mara", id, CallOutAnswer::Cannot).await.unwrap();
    assert_eq!(centre.told(id).await[1..], ["5 陈默 NoAnswer 36", "36 罗平"]);
    centre.says("luo", id, CallOutAnswer::Coming).await.unwrap();
    let luo = centre.viewer("luo").await.actor;
    centre.desk.end_call_out(&luo, centre.desk.command_id(), id).await.unwrap();
    assert_eq!(centre.view(id).await.call_out.standing(), Standing::Ended);
}

#[tokio::test]
async fn whoever_is_not_on_call_is_refused_for_the_record_and_may_be_added() {
    let centre = centre().await;
    centre.import(TONIGHT).await.unwrap();
    let about = centre.incident().await;
    let id = centre.call(CallOutWhen::DutyMissed, &about).await.unwrap();
    let before = centre.head_of_journal().await;
    let refused = centre.says("shen", id, CallOutAnswer::Coming).await.unwrap_err();
    assert!(matches!(refused, DeskFault::Refused(Refusal::NotOnCall)), "{refused:?}");
    assert_eq!(centre.head_of_journal().await, before + 1, "the refusal is in the journal");
    // tang sees nothing of it, not even that it is there.
    let tang = centre.viewer("tang").await;
    let unseen = centre.desk.call_out_view(&tang, id).await;
    assert!(matches!(unseen, Err(DeskFault::Absent)));
    assert!(centre.desk.call_outs(&tang, &CallOutFilter::Running).await.unwrap().lines.is_empty());

    let mara = centre.viewer("mara").await.actor;
    let add = |person| centre.desk.add_to_call_out(&mara, centre.desk.command_id(), (id, person));
    add(tang.person()).await.unwrap();
    assert!(add(PersonId::from_bits(9_999)).await.is_err());
    let seen = centre.desk.call_out_view(&tang, id).await.unwrap();
    assert!((seen.may.come, seen.may.decline, seen.may.steer) == (true, true, false));
    assert!(!seen.may_open, "being called shows the call, not the record");
    centre.says("tang", id, CallOutAnswer::Coming).await.unwrap();
    assert_eq!(centre.view(id).await.call_out.standing(), Standing::Taken);
}

#[tokio::test]
async fn a_gap_of_the_roster_falls_to_the_head_and_says_so() {
    let centre = centre().await;
    let duty = centre.desk.on_duty(centre.desk.now()).await.unwrap();
    assert!(duty.posts.iter().all(|manning| manning.gap.is_some()));
    let about = centre.incident().await;
    let id = centre.call(CallOutWhen::ReportWaiting, &about).await.unwrap();
    let view = centre.view(id).await;
    let begun = view.call_out.begun.as_ref().unwrap();
    let because: Vec<_> = begun.ladder.iter().map(|step| step.because).collect();
    assert_eq!(because, [StepBecause::Gap, StepBecause::IsHead]);
    let gaps = centre.desk.roster(&centre.viewer("lin").await, month()).await.unwrap().gaps;
    assert_eq!(gaps.len(), 31 * 2 * 2, "each shift and post of the month");
    // The ladder is frozen: filling the roster now changes who is called the next time only.
    centre.import(TONIGHT).await.unwrap();
    centre.wait(5).await;
    assert_eq!(centre.told(id).await, ["0 魏诚 NoAnswer 5", "5 魏诚"]);
    let next = centre.call(CallOutWhen::DutyMissed, &about).await.unwrap();
    assert_eq!(centre.told(next).await, ["0 马岚"]);
}

#[tokio::test]
async fn without_a_head_and_a_roster_a_call_out_is_flagged_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(StoryClock::at(NIGHT.parse().unwrap()));
    let settings = DeskSettings {
        url: format!("sqlite://{}", folder.path().join("fengsui.db").display()),
        clock: Arc::<StoryClock>::clone(&clock),
        ids: Arc::new(StoryIds::default()),
    };
    let desk = Desk::open(&settings).await.unwrap();
    desk.adopt_plan(&desk.console(), &"shanghai-2019".parse().unwrap()).await.unwrap();
    register(&desk).await.unwrap();
    appoint(&desk, PASSWORD).await.unwrap();
    let centre = Centre { desk, clock, _folder: folder };
    let id = centre.call(CallOutWhen::DutyMissed, "incident:none").await.unwrap();
    let view = centre.view(id).await;
    assert_eq!(view.call_out.standing(), Standing::Exhausted);
    let passed = view.call_out.tried.iter().all(|it| it.passed.unwrap().0 == PassedWhy::Vacant);
    assert!(passed && !view.call_out.tried.is_empty());
}

#[tokio::test]
async fn whoever_stands_in_is_called_and_a_week_is_drafted_without_them() {
    let centre = centre().await;
    centre.import(TONIGHT).await.unwrap();
    let slot = Slot {
        on: date(2026, 3, 14),
        shift: "night".parse().unwrap(),
        post: "duty-officer".parse().unwrap(),
    };
    let new = NewSubstitution {
        slot,
        absent: centre.person("mara").await,
        stands_in: centre.person("shen").await,
        reason: "发烧".parse().unwrap(),
    };
    let lin = centre.viewer("lin").await;
    centre.desk.substitute(&lin.actor, centre.desk.command_id(), new).await.unwrap();
    let about = centre.incident().await;
    let id = centre.call(CallOutWhen::DutyMissed, &about).await.unwrap();
    assert_eq!(centre.told(id).await, ["0 沈明"]);
    let view = centre.view(id).await;
    assert_eq!(view.call_out.begun.unwrap().ladder[0].because, StepBecause::StandsIn);
    let lines = centre.desk.substitutions_of(&lin, date(2026, 3, 14)).await.unwrap();
    assert_eq!(lines[0].reason.as_ref().unwrap().as_str(), "发烧");
    let like = DraftLike::WeekBefore(date(2026, 3, 16));
    let draft = centre.desk.draft_roster(&lin, like).await.unwrap();
    assert!(draft.contains("2026-03-21,night,duty-officer,mara,chen luo"), "{draft}");
}

#[tokio::test]
async fn an_officer_calls_out_a_post_or_a_ladder_by_hand_once_for_each_form() {
    let centre = centre().await;
    centre.import(TONIGHT).await.unwrap();
    let about = centre.incident().await;
    let mara = centre.viewer("mara").await.actor;
    let new = |whom| NewCallOut {
        about: about.clone(),
        whom,
        reason: "需要带班领导到场".parse().unwrap(),
    };
    let command = centre.desk.command_id();
    let leader = || new(CallOutWhom::Post("duty-leader".parse().unwrap()));
    let id = centre.desk.call_out(&mara, command, leader()).await.unwrap();
    let again = centre.desk.call_out(&mara, command, leader()).await.unwrap();
    assert_eq!(id, again, "a form that is sent twice calls once");
    assert_eq!(centre.told(id).await, ["0 江城"]);
    assert_eq!(centre.view(id).await.because.unwrap().as_str(), "需要带班领导到场");
    let whole = new(CallOutWhom::Ladder(CallOutWhen::DutyMissed));
    let whole = centre.desk.call_out(&mara, centre.desk.command_id(), whole).await.unwrap();
    assert_eq!(centre.told(whole).await, ["0 马岚"]);
    // A district sees neither the incident nor the right to call anybody.
    let xu = centre.viewer("xu").await.actor;
    assert!(centre.desk.call_out(&xu, centre.desk.command_id(), leader()).await.is_err());
    // Said by telephone, written down by the desk; cancelled with a reason.
    let said_at = centre.desk.now();
    centre.wait(1).await;
    let answer = (centre.person("leader").await, CallOutAnswer::Coming, Some(said_at));
    let desk = &centre.desk;
    desk.answer_call_out(&mara, desk.command_id(), id, answer).await.unwrap();
    assert_eq!(centre.view(id).await.call_out.taken.unwrap().at, said_at);
    let reason = "误报".parse().unwrap();
    desk.cancel_call_out(&mara, desk.command_id(), (whole, reason)).await.unwrap();
    let view = centre.view(whole).await;
    assert_eq!(view.call_out.standing(), Standing::Cancelled);
    assert_eq!(view.cancelled_because.unwrap().as_str(), "误报");
}

#[tokio::test]
async fn two_clocks_that_look_at_once_call_the_next_one_once() {
    let centre = centre().await;
    centre.import(TONIGHT).await.unwrap();
    let about = centre.incident().await;
    let id = centre.call(CallOutWhen::DutyMissed, &about).await.unwrap();
    centre.clock.set(centre.desk.now() + SignedDuration::from_mins(5));
    let fired = tokio::join!(
        centre.desk.fire_call_outs(),
        centre.desk.fire_call_outs(),
        centre.desk.fire_call_outs(),
    );
    assert!(fired.0.is_ok() && fired.1.is_ok() && fired.2.is_ok(), "{fired:?}");
    assert_eq!(centre.told(id).await, ["0 马岚 NoAnswer 5", "5 陈默"]);
}

#[tokio::test]
async fn a_table_of_a_month_is_read_whole_and_told_with_line_and_column() {
    let centre = centre().await;
    let table = "date,shift,post,first,deputies\n\
        2026-03-32,night,duty-officer,mara,\n\
        2026-03-01,noon,watchman,nobody,\n\
        2026-03-02,night,duty-officer,,chen\n\
        2026-03-03,night,duty-officer,mara,chen chen\n\
        2026-03-04,night,duty-officer,mara,\n\
        2026-03-04,night,duty-officer,chen,\n\
        2026-03-04,night,duty-leader,mara,\n\
        2026-03-05,night\n";
    let import = centre.desk.read_roster(table).await.unwrap();
    let problems: Vec<String> = import.problems().collect();
    assert_eq!(
        problems[..7],
        [
            "line 2: mend: date: `2026-03-32` is no day; write it as 2026-03-14",
            "line 3: mend: shift: 2026-03-01 has no shift `noon`; it has day, night; post: there is no post `watchman`; there are duty-officer, duty-leader; first: `nobody` is the login of nobody who may stand a post",
            "line 4: mend: first: name who stands it",
            "line 5: mend: deputies: `chen` is named twice",
            "line 7: mend: line 6 names people for this already",
            "line 8: mend: first: `mara` stands duty-officer in this shift already, on line 6",
            problems[6].as_str(),
        ]
    );
    assert!(problems[6].starts_with("line 9: mend: "), "{}", problems[6]);
    let lin = centre.viewer("lin").await;
    let refused = centre.desk.import_roster(&lin.actor, centre.desk.command_id(), import).await;
    assert!(matches!(refused, Err(DeskFault::Malformed(_))));

    centre.import(TONIGHT).await.unwrap();
    let exported = centre.desk.export_roster(&lin, month()).await.unwrap();
    let mut lines: Vec<&str> = exported.lines().collect();
    lines.sort_unstable();
    let mut expected: Vec<&str> = TONIGHT.lines().map(str::trim).collect();
    expected.sort_unstable();
    assert_eq!(lines, expected, "what is written can be read again");
    let refused = centre.desk.export_roster(&centre.viewer("gao").await, month()).await;
    assert!(matches!(refused, Err(DeskFault::NotYours)));
}

#[tokio::test]
async fn a_month_says_which_days_are_off_and_what_it_does_not_know() {
    let centre = centre().await;
    let lin = centre.viewer("lin").await;
    let view = centre.desk.roster(&lin, "2026-10".parse().unwrap()).await.unwrap();
    assert_eq!((view.days.len(), view.days_of_rest, view.is_calendar_known), (31, 13, true));
    let own = OwnDays {
        first: date(2026, 10, 7),
        last: date(2026, 10, 9),
        are: DayKind::Rest,
        label: Label::new("演练周", "exercise"),
    };
    let calendars = vec!["cn-2026".parse().unwrap()];
    let command = SettingsCommand::SetDays { calendars, days: vec![own] };
    let console = centre.desk.console();
    centre.desk.settle_roster(&console, centre.desk.command_id(), command).await.unwrap();
    let view = centre.desk.roster(&lin, "2026-10".parse().unwrap()).await.unwrap();
    assert_eq!(view.days_of_rest, 15, "the 7th was off already and counts once");
    let next_year = centre.desk.roster(&lin, "2027-02".parse().unwrap()).await.unwrap();
    assert!(!next_year.is_calendar_known);
}

fn month() -> Month {
    "2026-03".parse().unwrap()
}
