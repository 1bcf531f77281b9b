//! A plan's rules in the words of the reader: by when, since when, on which condition, by whom.

use fengsui_plan::{
    Act, Allowance, Anchor, Authority, Binding, Colour, Condition, DutyRule, How, Lasting, Plan,
};
use fengsui_vocabulary::{AnchorName, DutyId, FactId, FormId, RoleId};
use jiff::SignedDuration;

use super::tested::written;
use crate::lang::{Words, span};

/// Says the rules of one plan.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wording<'a> {
    pub(super) plan: &'a Plan,
    pub(super) words: Words,
}

impl Wording<'_> {
    /// What a role is called.
    pub(super) fn role(&self, role: &RoleId) -> String {
        let known = self.plan.roles.get(role).map(|role| role.label.in_lang(self.words.lang()));
        known.map_or_else(|| role.to_string(), str::to_owned)
    }

    /// Several roles in a row.
    pub(super) fn roles(&self, roles: &[RoleId], between: &str) -> String {
        let names: Vec<String> = roles.iter().map(|role| self.role(role)).collect();
        names.join(&self.words.t(between))
    }

    /// By when, and counted from where.
    pub(super) fn due(&self, duty: &DutyRule) -> String {
        let anchor = self.anchor(&duty.anchor);
        let key = if duty.assumed { "book-from-assumed" } else { "book-from" };
        let allowance = self.allowance(&duty.due);
        self.words.ta(key, &[("due", &allowance), ("anchor", &anchor)])
    }

    /// From whom to whom.
    pub(super) fn route(&self, duty: &DutyRule) -> String {
        let from = self.roles(&duty.senders, "book-and");
        if duty.to.is_empty() {
            return from;
        }
        let to = self.roles(&duty.to, "book-and");
        self.words.ta("duty-from-to", &[("from", &from), ("to", &to)])
    }

    /// The id of a duty with its branch.
    pub(super) fn duty_name(&self, duty: &DutyRule) -> String {
        match &duty.branch {
            Some(branch) => {
                self.words.ta("plan-branch", &[("duty", duty.id.as_str()), ("branch", branch)])
            }
            None => duty.id.to_string(),
        }
    }

    /// What a duty is called.
    pub(super) fn duty_label(&self, duty: &DutyId) -> String {
        let rule = self.plan.duties.iter().find(|rule| rule.id == *duty);
        rule.map_or_else(
            || duty.to_string(),
            |rule| rule.label.in_lang(self.words.lang()).to_owned(),
        )
    }

    /// What fields of a form are called.
    pub(super) fn fields(&self, form: Option<&FormId>, fields: &[String]) -> String {
        let form = form.and_then(|form| self.plan.forms.get(form));
        let name = |id: &String| {
            let field = form.and_then(|form| form.fields.iter().find(|field| field.id == *id));
            field.map_or_else(
                || id.clone(),
                |field| field.label.in_lang(self.words.lang()).to_owned(),
            )
        };
        fields.iter().map(name).collect::<Vec<_>>().join(&self.words.t("book-and"))
    }

    /// On which condition; empty where there is none.
    pub(super) fn condition(&self, condition: &Condition) -> String {
        match condition {
            Condition::Always => String::new(),
            Condition::LevelAtLeast(level) => {
                self.words.ta("book-level-at-least", &[("level", level.as_str())])
            }
            Condition::Flag(fact) => self.words.ta("book-flag", &[("q", &self.fact(fact))]),
            Condition::FactIs(fact, option) => {
                let option = self.option(fact, option);
                self.words.ta("plan-test-is", &[("q", &self.fact(fact)), ("v", &option)])
            }
            Condition::Any(conditions) => self.list(conditions, "plan-any-of"),
            Condition::FactAtLeast(fact, least) => {
                let known = self.plan.facts.get(fact);
                let least = known.map_or_else(|| least.to_string(), |it| it.written(*least));
                let least = written(self.plan, fact.as_str(), &least, self.words);
                self.words.ta("plan-test-at-least", &[("q", &self.fact(fact)), ("v", &least)])
            }
            Condition::Stated(anchor) => {
                self.words.ta("plan-stated", &[("moment", &self.moment(anchor))])
            }
            Condition::All(conditions) => self.list(conditions, "plan-all-of"),
        }
    }

    /// Who may do something.
    pub(super) fn authority(&self, authority: &Authority) -> String {
        self.how(&authority.how)
    }

    /// How something is decided, and by whom.
    pub(super) fn how(&self, how: &How) -> String {
        let words = self.words;
        match how {
            How::AnyOf(roles) if roles.is_empty() => words.t("authority-undefined").into_owned(),
            How::AnyOf(roles) => self.roles(roles, "book-or"),
            How::Higher(role) => words.ta("plan-asked-of", &[("who", &self.role(role))]),
            How::Undefined => words.t("plan-blocked").into_owned(),
            How::Joint(roles) => words.ta("book-joint", &[("who", &self.roles(roles, "book-and"))]),
            How::Approval { propose, approve } => words.ta(
                "book-approval",
                &[
                    ("propose", &self.roles(propose, "book-and")),
                    ("approve", &self.roles(approve, "book-or")),
                ],
            ),
        }
    }

    /// The levels of an authority.
    pub(super) fn levels(&self, authority: &Authority) -> String {
        if authority.levels.is_empty() {
            return self.words.t("book-every-level").into_owned();
        }
        let levels: Vec<&str> =
            authority.levels.iter().map(fengsui_vocabulary::LevelId::as_str).collect();
        levels.join(" ")
    }

    /// What is done.
    pub(super) fn act(&self, act: Act) -> String {
        self.words.t(&format!("book-act-{}", act.name().replace('_', "-"))).into_owned()
    }

    /// How a role becomes somebody.
    pub(super) fn binding(&self, binding: Binding) -> String {
        let key = match binding {
            Binding::Deployment => "book-bound-deployment",
            Binding::Optional => "book-bound-optional",
            Binding::Affected => "book-bound-affected",
            Binding::District => "book-bound-district",
            Binding::Set => "book-bound-set",
            Binding::Sector => "book-bound-sector",
            Binding::Outside => "book-bound-outside",
            Binding::Converted => "book-bound-converted",
        };
        self.words.t(key).into_owned()
    }

    fn allowance(&self, due: &Allowance) -> String {
        let words = self.words;
        let count = |key: &str, count: u16| words.tn(key, count);
        match due {
            Allowance::Immediate => words.t("duty-kind-immediate").into_owned(),
            Allowance::Simultaneous => words.t("duty-kind-simultaneous").into_owned(),
            Allowance::Within(length) => self.within(*length),
            Allowance::Days(days) => count("book-within-days", *days),
            Allowance::CalendarMonths(months) => count("book-within-months", (*months).into()),
            Allowance::WorkingDays { days, .. } => count("book-within-working-days", *days),
            Allowance::Every { period, lasting } => words.ta(
                "book-every",
                &[("t", &exactly(*period, words)), ("while", &self.lasting(*lasting))],
            ),
            Allowance::Continuing(lasting) => {
                words.ta("book-continuing", &[("while", &self.lasting(*lasting))])
            }
            Allowance::OnRequest => words.t("duty-kind-on-request").into_owned(),
            Allowance::Undefined => words.t("duty-kind-undefined").into_owned(),
        }
    }

    fn within(&self, length: SignedDuration) -> String {
        self.words.ta("book-within", &[("t", &exactly(length, self.words))])
    }

    fn lasting(&self, lasting: Lasting) -> String {
        let key = match lasting {
            Lasting::WarningPeriod => "book-while-warning",
            Lasting::Response => "book-while-response",
        };
        self.words.t(key).into_owned()
    }

    fn anchor(&self, anchor: &Anchor) -> String {
        let words = self.words;
        match anchor {
            Anchor::Organisation(moment) | Anchor::Incident(moment) => self.moment(moment),
            Anchor::Received => words.t("book-moment-received").into_owned(),
            Anchor::Condition => words.t("book-moment-condition").into_owned(),
            Anchor::WarningIssued { at_least, adjustments } => {
                let issued = words.t("book-moment-warning-issued").into_owned();
                let mut said = issued;
                if *adjustments {
                    said.push_str(&words.t("plan-or-adjusted"));
                }
                if let Some(colour) = at_least {
                    let colour = words.t(colour_key(*colour));
                    said.push_str(&words.ta("plan-colour-at-least", &[("colour", &colour)]));
                }
                said
            }
            Anchor::WarningLifted => words.t("book-moment-warning-lifted").into_owned(),
            Anchor::Each(moments) => {
                let moments: Vec<String> = moments.iter().map(|it| self.moment(it)).collect();
                words.ta("plan-each", &[("moments", &moments.join(&words.t("book-or")))])
            }
            Anchor::Delivered(duty) => {
                words.ta("book-moment-delivered", &[("duty", &self.duty_label(duty))])
            }
            Anchor::FollowUp(duty) => {
                words.ta("plan-follow-up", &[("duty", &self.duty_label(duty))])
            }
        }
    }

    /// A named time.
    pub(super) fn moment(&self, name: &AnchorName) -> String {
        let name = name.as_str().replace('_', "-");
        self.words.t(&format!("book-moment-{name}")).into_owned()
    }

    fn fact(&self, fact: &FactId) -> String {
        let known = self.plan.facts.get(fact);
        let question = known.map(|fact| fact.question.in_lang(self.words.lang()).to_owned());
        question.unwrap_or_else(|| fact.to_string())
    }

    fn option(&self, fact: &FactId, option: &str) -> String {
        let known = self.plan.facts.get(fact).and_then(|fact| fact.choice(option));
        known.map_or_else(|| option.to_owned(), |it| it.label.in_lang(self.words.lang()).to_owned())
    }

    /// Several conditions; said as one where there is but one.
    fn list(&self, conditions: &[Condition], key: &str) -> String {
        let said: Vec<String> = conditions.iter().map(|one| self.condition(one)).collect();
        if let [only] = said.as_slice() {
            return only.clone();
        }
        let parts = said.join(&self.words.t("plan-test-between"));
        self.words.ta(key, &[("parts", &parts)])
    }
}

/// A length of time in one unit, as a text of law says it: 30 minutes, not half an hour and 0 seconds.
pub(super) fn exactly(length: SignedDuration, words: Words) -> String {
    let seconds = length.as_secs();
    let unit = |key: &str, count: i64| words.ta(key, &[("t", &count.to_string())]);
    match seconds {
        _ if seconds == 0 => span(length, words),
        _ if seconds % 3600 == 0 => unit("time-h", seconds / 3600),
        _ if seconds % 60 == 0 => unit("time-m", seconds / 60),
        _ => span(length, words),
    }
}

/// The key of a colour of warnings.
pub(super) const fn colour_key(colour: Colour) -> &'static str {
    match colour {
        Colour::Red => "plan-red",
        Colour::Orange => "plan-orange",
        Colour::Yellow => "plan-yellow",
        Colour::Blue => "plan-blue",
    }
}
