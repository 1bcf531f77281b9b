//! Shapes of duties that other plans need: chains, calendars, months, states, requests.

use fengsui_plan::{
    Allowance, Anchor, Channel, Condition, Duty, DutyKind, DutyRule, DutyState, Happening, History,
    Lasting, Plan, What, duties_of,
};
use fengsui_vocabulary::Label;
use jiff::Timestamp;

use super::telling::{clock, delivered, discovered, happened, received, role, shanghai};

const ID: &str = "sh-x";

/// The Shanghai plan with one duty more, of the Office towards the Commission.
fn with(anchor: Anchor, due: Allowance) -> Plan {
    let mut plan = (*shanghai()).clone();
    plan.duties.push(DutyRule {
        id: ID.parse().unwrap(),
        clause: "4.1.2".parse().unwrap(),
        label: Label::new("试", "try").into(),
        senders: vec![role("cac_office")],
        to: vec![role("commission")],
        channel: Channel::Any,
        anchor,
        assumed: false,
        when: Condition::Always,
        due,
        overrides: Vec::new(),
        form: None,
        blocks_closing: true,
        branch: None,
        released_by_decision: false,
        partial: Vec::new(),
        same_channel_as: None,
    });
    plan
}

fn only(plan: &Plan, happenings: &[Happening], at: Timestamp) -> Option<Duty> {
    let history = History { happenings: happenings.to_vec() };
    let mut duties = duties_of(plan, &history, at).into_iter().filter(|duty| duty.duty == *ID);
    let duty = duties.next();
    assert!(duties.next().is_none(), "one object");
    duty
}

fn on(date_time: &str, what: What) -> Happening {
    let at: Timestamp = format!("{date_time}+08:00").parse().unwrap();
    Happening { at, ..happened("10:00", what) }.recorded()
}

trait Recorded {
    fn recorded(self) -> Self;
}

impl Recorded for Happening {
    fn recorded(mut self) -> Self {
        self.recorded_at = self.at;
        self
    }
}

#[test]
fn ten_working_days_from_28_september_2026_end_on_16_october() {
    let due = Allowance::WorkingDays { days: 10, calendar: "cn-2026".to_owned() };
    let plan = with(Anchor::Incident("response_ended".parse().unwrap()), due);
    let ended = on("2026-09-28T09:00:00", What::ResponseEnded);
    let duty = only(&plan, std::slice::from_ref(&ended), ended.at).unwrap();
    assert_eq!(duty.due, Some("2026-10-16T23:59:59+08:00".parse().unwrap()));
    assert_eq!((duty.kind, duty.anchor.as_str()), (DutyKind::Within, "response_ended"));
}

#[test]
fn thirty_days_after_handling_ended_keep_the_hour() {
    let plan = with(Anchor::Incident("handling_ended".parse().unwrap()), Allowance::Days(30));
    let ended = on("2026-03-14T18:00:00", What::HandlingEnded);
    let duty = only(&plan, std::slice::from_ref(&ended), ended.at).unwrap();
    assert_eq!(duty.due, Some("2026-04-13T18:00:00+08:00".parse().unwrap()));
}

#[test]
fn a_month_after_another_delivery_ends_with_a_short_month() {
    let plan =
        with(Anchor::Delivered("sh-2.3-leaders".parse().unwrap()), Allowance::CalendarMonths(1));
    let mut submitted = delivered("10:00", "sh-2.3-leaders", "city_leaders");
    submitted.at = "2027-01-31T15:00:00+08:00".parse().unwrap();
    let submitted = submitted.recorded();
    assert_eq!(only(&plan, &[], clock("10:00")), None);
    let duty = only(&plan, std::slice::from_ref(&submitted), submitted.at).unwrap();
    assert_eq!(duty.due, Some("2027-02-28T15:00:00+08:00".parse().unwrap()));
}

#[test]
fn a_chain_starts_at_the_first_delivery_and_stays_there() {
    let plan = with(
        Anchor::Delivered("sh-2.3-leaders".parse().unwrap()),
        Allowance::Within(jiff::SignedDuration::from_hours(1)),
    );
    let told = [
        delivered("10:30", "sh-2.3-leaders", "city_leaders"),
        delivered("11:30", "sh-2.3-leaders", "city_leaders"),
    ];
    assert_eq!(only(&plan, &told, clock("12:00")).unwrap().due, Some(clock("11:30")));
}

#[test]
fn awareness_follows_from_discovery_or_information_unless_it_is_stated() {
    let hour = Allowance::Within(jiff::SignedDuration::from_hours(1));
    let plan = with(Anchor::Organisation("aware".parse().unwrap()), hour);
    let informed = happened("09:50", What::Informed);
    let implied = only(&plan, &[informed.clone(), discovered("10:00")], clock("10:00")).unwrap();
    assert_eq!((implied.due, implied.anchor.as_str()), (Some(clock("10:50")), "informed"));
    let stated = happened("10:05", What::Aware);
    let both = [stated.clone(), discovered("10:10")];
    let duty = only(&plan, &both, clock("10:10")).unwrap();
    assert_eq!((duty.due, duty.anchor.as_str()), (Some(clock("11:05")), "aware"));
    let later = only(&plan, &[informed, stated], clock("10:05")).unwrap();
    assert_eq!(later.due, Some(clock("10:50")), "a clock that runs does not move");
    assert_eq!(later.also_read_as, [clock("11:05")]);
}

#[test]
fn awareness_in_the_sense_of_another_plan_is_not_ours() {
    let hour = Allowance::Within(jiff::SignedDuration::from_hours(1));
    let plan = with(Anchor::Organisation("aware".parse().unwrap()), hour);
    let mut elsewhere = happened("09:00", What::Aware);
    elsewhere.plan = Some("gdpr-33".parse().unwrap());
    assert_eq!(only(&plan, &[elsewhere], clock("10:00")), None);
}

#[test]
fn a_continuing_duty_lasts_as_long_as_its_state() {
    let lasting = Allowance::Continuing(Lasting::Response);
    let plan = with(Anchor::Incident("response_started".parse().unwrap()), lasting);
    let told = [happened("10:00", What::ResponseStarted), happened("15:00", What::ResponseEnded)];
    let during = only(&plan, &told, clock("12:00")).unwrap();
    assert_eq!((during.kind, during.state), (DutyKind::Continuing, DutyState::Pending));
    let after = only(&plan, &told, clock("15:00")).unwrap();
    assert_eq!((after.state, after.done_at), (DutyState::Elapsed, Some(clock("15:00"))));
}

#[test]
fn what_is_owed_on_request_has_no_time() {
    let plan = with(Anchor::Received, Allowance::OnRequest);
    let told = [received("10:00", "cac_office"), delivered("12:00", ID, "commission")];
    let asked = only(&plan, &told, clock("11:00")).unwrap();
    assert_eq!(
        (asked.kind, asked.due, asked.state),
        (DutyKind::OnRequest, None, DutyState::Pending)
    );
    assert_eq!(only(&plan, &told, clock("12:00")).unwrap().state, DutyState::Done);
}

#[test]
fn a_recurring_duty_of_the_response_ends_with_it() {
    let every = Allowance::Every {
        period: jiff::SignedDuration::from_hours(2),
        lasting: Lasting::Response,
    };
    let plan = with(Anchor::Incident("response_started".parse().unwrap()), every);
    let told = [happened("10:00", What::ResponseStarted), happened("14:00", What::ResponseEnded)];
    let duty = only(&plan, &told, clock("20:00")).unwrap();
    assert_eq!((duty.slot, duty.due), (Some(1), Some(clock("12:00"))));
}
