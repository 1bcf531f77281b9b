//! Accountability files: who opens, who is heard, who decides.

use std::sync::Arc;

use fengsui_vocabulary::{AccountabilityId, IncidentId, OrganisationId, PersonId};
use jiff::{SignedDuration, Timestamp};

use crate::accountability::{
    Accountability, AccountabilityCommand, AccountabilityStatus, DecideFile, DismissSuggestion,
    Hearing, OpenFile, decide, evolve,
};
use crate::house::House;
use crate::testing::people::{OFFICE, UNIT, chen, gao, lin, mara, sun, tang};
use crate::testing::{at, blob, line, shanghai, tick};
use crate::{
    AccountabilityDecided, AccountabilityEvent, AccountabilityKind, AccountabilityOpened,
    AccountabilityReopened, AccountabilityWithdrawn, Actor, Asked, Attachment, Capacity, Evidence,
    EvidenceAttached, Ground, HearingAsked, HearingLapsed, HearingVoice, Matter, OrganisationHeard,
    Origin, Outcome, Packs, Party, Refusal, Said, SaidBy, Scene, Stored, SuggestionDismissed,
};

/// A file to which this has happened.
#[derive(Clone)]
struct File {
    state: Accountability,
    packs: Packs,
}

/// What became of an attempt.
struct Answer {
    file: File,
    kinds: Result<Vec<&'static str>, Refusal>,
}

/// The file that Lin opened.
fn given_opened() -> File {
    nothing()
        .when("10:00", lin(), open(AccountabilityKind::Late))
        .happens(&["accountability-opened"])
}

fn nothing() -> File {
    File { state: Accountability::default(), packs: Packs::from_iter([shanghai()]) }
}

impl File {
    fn when(self, clock: &str, by: Actor, command: AccountabilityCommand) -> Answer {
        self.when_at(at(clock), by, command)
    }

    fn when_at(mut self, now: Timestamp, by: Actor, command: AccountabilityCommand) -> Answer {
        let person = by.person;
        let asked = Asked::now(by, command);
        let decided = decide(&self.state, &asked, &Scene::new(now, &self.packs));
        let kinds = decided.map(|decided| {
            decided
                .into_iter()
                .map(|decided| {
                    let kind = decided.event.kind();
                    evolve(&mut self.state, &decided.recorded(now, person));
                    kind
                })
                .collect()
        });
        Answer { file: self, kinds }
    }
}

impl Answer {
    #[track_caller]
    fn happens(self, kinds: &[&str]) -> File {
        assert_eq!(self.kinds.unwrap(), kinds);
        self.file
    }

    #[track_caller]
    fn refused_as(self, name: &str) -> File {
        assert_eq!(self.kinds.unwrap_err().name(), name);
        self.file
    }
}

#[test]
fn a_file_is_opened_the_unit_is_heard_and_somebody_else_decides() {
    let file = given_opened()
        .when("10:05", lin(), attach())
        .happens(&["evidence-attached"])
        .when("10:10", lin(), ask("18:00"))
        .happens(&["hearing-asked"])
        .when("11:00", tang(), hear())
        .happens(&["organisation-heard"])
        .when("11:30", lin(), ruling(Outcome::Sanction))
        .refused_as("needs-second-person")
        .when("11:30", chen(), ruling(Outcome::Sanction))
        .happens(&["accountability-decided"]);
    assert_eq!(file.state.status, AccountabilityStatus::Decided(Outcome::Sanction));
    assert_eq!(file.state.statements[0].voice, HearingVoice::Itself);
    assert_eq!(file.state.evidence.len(), 1);
}

#[test]
fn nobody_decides_before_the_unit_was_heard_or_let_its_time_pass() {
    given_opened()
        .when("10:10", chen(), ruling(Outcome::None))
        .refused_as("not-heard")
        .when("10:11", lin(), ask("18:00"))
        .happens(&["hearing-asked"])
        .when("18:00", chen(), ruling(Outcome::None))
        .refused_as("not-heard")
        .when("18:01", chen(), ruling(Outcome::None))
        .happens(&["hearing-lapsed", "accountability-decided"]);
}

#[test]
fn the_house_says_how_long_a_unit_has_at_least() {
    let mut file = given_opened();
    let mut house = House::default();
    house.accountability.hearing = SignedDuration::from_hours(8);
    file.packs.set_house(Arc::new(house));
    file.when("10:10", lin(), ask("18:00"))
        .refused_as("before-it-began")
        .when("10:10", lin(), ask("18:10"))
        .happens(&["hearing-asked"]);
    given_opened().when("10:10", lin(), ask("10:10")).refused_as("before-it-began");
}

#[test]
fn a_unit_speaks_for_itself_once_it_was_asked_and_others_write_down_what_they_heard() {
    given_opened()
        .when("10:05", tang(), hear())
        .refused_as("not-yours")
        .when("10:06", lin(), ask("18:00"))
        .happens(&["hearing-asked"])
        .when("10:07", sun(), hear())
        .refused_as("needs-capacity")
        .when("10:08", mara(), hear())
        .happens(&["organisation-heard"])
        .when("10:09", tang(), hear())
        .happens(&["organisation-heard"]);
}

#[test]
fn nobody_holds_their_own_organisation_to_account() {
    let mut own = open_file(AccountabilityKind::Dereliction);
    own.matter.organisation = OFFICE;
    let own = AccountabilityCommand::Open(Box::new(own));
    nothing()
        .when("10:00", lin(), own.clone())
        .refused_as("own-organisation")
        .when("10:00", tang(), open(AccountabilityKind::Late))
        .refused_as("needs-capacity")
        .when("10:00", mara(), own)
        .happens(&["accountability-opened"])
        .when("10:01", mara(), ask("18:00"))
        .happens(&["hearing-asked"])
        .when("10:02", chen(), hear())
        .happens(&["organisation-heard"])
        .when("10:03", chen(), ruling(Outcome::None))
        .refused_as("own-organisation")
        .when("10:04", gao(), ruling(Outcome::None))
        .happens(&["accountability-decided"]);
}

#[test]
fn a_commendation_needs_no_hearing_and_ends_in_no_sanction() {
    nothing()
        .when("10:00", lin(), open(AccountabilityKind::Commendation))
        .happens(&["accountability-opened"])
        .when("10:01", gao(), ruling(Outcome::Sanction))
        .refused_as("unknown")
        .when("10:02", gao(), ruling(Outcome::Commended))
        .happens(&["accountability-decided"]);
    given_opened().when("10:01", gao(), ruling(Outcome::Commended)).refused_as("unknown");
}

#[test]
fn a_sanction_names_its_document() {
    let bare = AccountabilityCommand::Decide(Box::new(DecideFile {
        outcome: Outcome::Referred,
        reason: blob(5),
        document: None,
        file: None,
    }));
    given_opened().when("10:10", chen(), bare).refused_as("nothing");
}

#[test]
fn a_closed_file_opens_again_on_new_evidence_and_the_unit_is_heard_again() {
    let withdraw = || AccountabilityCommand::Withdraw { reason: blob(6) };
    let reopen = |evidence| AccountabilityCommand::Reopen { reason: blob(7), evidence };
    let file = given_opened()
        .when("10:10", mara(), reopen(vec![evidence()]))
        .refused_as("file-open")
        .when("10:11", lin(), ask("18:00"))
        .happens(&["hearing-asked"])
        .when("10:12", tang(), hear())
        .happens(&["organisation-heard"])
        .when("10:13", lin(), withdraw())
        .happens(&["accountability-withdrawn"])
        .when("10:14", lin(), attach())
        .refused_as("file-closed")
        .when("10:14", lin(), withdraw())
        .refused_as("file-closed")
        .when("10:15", mara(), reopen(Vec::new()))
        .refused_as("nothing")
        .when("10:16", mara(), reopen(vec![evidence()]))
        .happens(&["accountability-reopened"]);
    assert_eq!(file.state.hearing, Hearing::NotAsked);
    file.when("10:17", mara(), ask("18:00"))
        .happens(&["hearing-asked"])
        .when("18:01", mara(), ruling(Outcome::None))
        .refused_as("needs-second-person")
        .when("18:01", gao(), ruling(Outcome::None))
        .happens(&["hearing-lapsed", "accountability-decided"]);
}

#[test]
fn a_dismissed_suggestion_is_a_record_and_no_file() {
    let dismiss = AccountabilityCommand::Dismiss(Box::new(DismissSuggestion {
        file: AccountabilityId::from_bits(1),
        matter: matter(AccountabilityKind::Late),
        ground: vec![ground()],
        reason: blob(1),
    }));
    let file = nothing().when("10:00", lin(), dismiss).happens(&["suggestion-dismissed"]);
    assert_eq!(file.state.status, AccountabilityStatus::Dismissed);
    assert!(!file.state.is_shown_to_organisation());
    file.when("10:01", lin(), open(AccountabilityKind::Late)).refused_as("exists-already");
}

#[test]
fn a_unit_sees_its_file_from_when_it_is_asked() {
    let file = given_opened();
    assert!(!file.state.is_shown_to_organisation());
    let file = file.when("10:10", lin(), ask("18:00")).happens(&["hearing-asked"]);
    assert!(file.state.is_shown_to_organisation());
}

#[test]
fn nothing_happens_to_a_file_before_it_was_opened_or_in_the_future() {
    let early = Asked::now(lin(), attach()).at(at("09:59"));
    let file = given_opened();
    let scene = Scene::new(at("10:30"), &file.packs);
    assert_eq!(decide(&file.state, &early, &scene).unwrap_err().name(), "before-it-began");
    let ahead = Asked::now(lin(), attach()).at(at("10:31"));
    assert_eq!(decide(&file.state, &ahead, &scene).unwrap_err().name(), "in-the-future");
}

#[test]
fn an_auditor_reads_and_does_nothing() {
    let auditor = Actor {
        person: PersonId::from_bits(90),
        capacities: [Capacity::Auditor].into(),
        ..Actor::public()
    };
    given_opened().when("10:01", auditor, attach()).refused_as("needs-capacity");
}

/// One example of every kind.
pub(super) fn examples() -> Vec<Stored> {
    let events: [AccountabilityEvent; 9] = [
        AccountabilityOpened {
            file: AccountabilityId::from_bits(1),
            matter: matter(AccountabilityKind::Late),
            origin: Origin::Suggested,
            opened_for: Some(OFFICE),
            ground: vec![ground(), others(), told()],
            evidence: vec![evidence()],
            reason: blob(1),
        }
        .into(),
        SuggestionDismissed {
            file: AccountabilityId::from_bits(2),
            matter: Matter { district: None, incident: None, ..matter(AccountabilityKind::NoPlan) },
            dismissed_for: None,
            ground: vec![ground()],
            reason: blob(2),
        }
        .into(),
        EvidenceAttached {
            evidence: vec![
                evidence(),
                Evidence::Report {
                    report: fengsui_vocabulary::ReportId::from_bits(1),
                    entries: vec![3],
                },
                Evidence::Tick {
                    incident: IncidentId::from_bits(1),
                    tick: oral(),
                    entries: vec![4, 5],
                },
                Evidence::File { file: attachment() },
            ],
            ground: vec![],
            note: Some(blob(3)),
        }
        .into(),
        HearingAsked { answer_by: at("18:00"), text: blob(4) }.into(),
        OrganisationHeard {
            statement: blob(5),
            files: vec![attachment()],
            voice: HearingVoice::Itself,
        }
        .into(),
        HearingLapsed { answer_by: at("18:00") }.into(),
        AccountabilityDecided {
            outcome: Outcome::Sanction,
            reason: blob(6),
            document: Some(line("沪网办〔2026〕12号")),
            file: Some(attachment()),
        }
        .into(),
        AccountabilityWithdrawn { reason: blob(7) }.into(),
        AccountabilityReopened { reason: blob(8), evidence: vec![evidence()] }.into(),
    ];
    events.iter().map(AccountabilityEvent::to_stored).collect()
}

fn open(kind: AccountabilityKind) -> AccountabilityCommand {
    AccountabilityCommand::Open(Box::new(open_file(kind)))
}

fn open_file(kind: AccountabilityKind) -> OpenFile {
    OpenFile {
        file: AccountabilityId::from_bits(1),
        matter: matter(kind),
        origin: Origin::ByHand,
        ground: vec![ground()],
        evidence: Vec::new(),
        reason: blob(1),
    }
}

fn attach() -> AccountabilityCommand {
    let (evidence, ground) = (vec![evidence()], Vec::new());
    AccountabilityCommand::Attach { evidence, ground, note: Some(blob(2)) }
}

fn ask(answer_by: &str) -> AccountabilityCommand {
    AccountabilityCommand::AskToBeHeard { answer_by: at(answer_by), text: blob(3) }
}

fn hear() -> AccountabilityCommand {
    AccountabilityCommand::Hear { statement: blob(4), files: vec![attachment()] }
}

fn ruling(outcome: Outcome) -> AccountabilityCommand {
    AccountabilityCommand::Decide(Box::new(DecideFile {
        outcome,
        reason: blob(5),
        document: Some(line("沪网办〔2026〕12号")),
        file: None,
    }))
}

fn matter(kind: AccountabilityKind) -> Matter {
    Matter {
        kind,
        organisation: UNIT,
        district: Some("310115".parse().unwrap()),
        incident: Some(IncidentId::from_bits(1)),
    }
}

fn ground() -> Ground {
    Ground::Duty {
        tick: oral(),
        clause: "4.1.1".parse().unwrap(),
        due: at("10:10"),
        done: Some(at("10:20")),
        claimed: Some(at("10:12")),
        policy: Some(line("本地办法一")),
    }
}

fn others() -> Ground {
    Ground::ReportedByOthers { report: fengsui_vocabulary::ReportId::from_bits(2), at: at("10:00") }
}

fn told() -> Ground {
    let word = |word: &str| {
        fengsui_vocabulary::FactValue::Exact(fengsui_vocabulary::Scalar::Word(
            word.parse().unwrap(),
        ))
    };
    let report = |number| SaidBy::Report(fengsui_vocabulary::ReportId::from_bits(number));
    Ground::Told {
        fact: "system_loss".parse().unwrap(),
        said: vec![
            Said { by: report(1), value: word("severe"), at: at("10:00"), document: None },
            Said {
                by: SaidBy::Organisation(OrganisationId::from_bits(100)),
                value: word("some"),
                at: at("10:30"),
                document: Some(line("首报")),
            },
        ],
    }
}

fn evidence() -> Evidence {
    Evidence::Incident { incident: IncidentId::from_bits(1), entries: vec![1, 2] }
}

fn attachment() -> Attachment {
    Attachment { file: blob(9), bytes: 1000, media_type: line("application/pdf") }
}

fn oral() -> crate::Tick {
    tick("sh-4.1.1-oral", Some(Party::Organisation(UNIT)), "incident_unit", "linkage_centre")
}
