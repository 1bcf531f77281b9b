//! The clauses of a plan in their order, each with what the program will do.

use fengsui_plan::{Clause, Evidence, Plan};
use fengsui_vocabulary::{ClauseId, Label, Lang};

use super::tables::level;
use super::wording::Wording;
use crate::lang::Words;
use crate::parts::{Html, Mood, StateBadge};
use crate::say::Saying;
use crate::views::BookClause;

/// Every clause, in the order of the text.
pub(super) fn clauses(wording: &Wording<'_>, saying: &Saying<'_>) -> Vec<BookClause> {
    let mut clauses: Vec<&Clause> = wording.plan.clauses.values().collect();
    clauses.sort_by_key(|clause| clause.place);
    clauses.into_iter().map(|clause| page_of(clause, wording, saying)).collect()
}

fn page_of(clause: &Clause, wording: &Wording<'_>, saying: &Saying<'_>) -> BookClause {
    let lang = wording.words.lang();
    let mut does = rules(&clause.id, wording, saying);
    if let Some(reason) = &clause.no_rule {
        does.push(Html::text(wording.words.ta("book-no-rule", &[("why", reason.in_lang(lang))])));
    }
    BookClause {
        id: format!("c-{}", clause.id),
        number: clause.id.to_string(),
        text: clause.text.in_lang(lang).to_owned(),
        chinese: (lang != Lang::Zh).then(|| clause.text.zh.clone()),
        // Attached by the deployment; the packs that ship hold none.
        official: None,
        evidence: Html::marks(
            [Html::of(&evidence(clause.evidence, wording.words))]
                .into_iter()
                .chain(clause.carries.iter().map(Html::text)),
        ),
        does,
    }
}

fn evidence(evidence: Evidence, words: Words) -> StateBadge {
    match evidence {
        Evidence::Official => StateBadge::new(Mood::Done, words.t("evidence-official")),
        Evidence::Secondary => StateBadge::new(Mood::Quiet, words.t("evidence-secondary")),
        Evidence::Unverified => StateBadge::new(Mood::Attention, words.t("evidence-unverified")),
    }
}

/// Everything that follows from a clause.
fn rules(clause: &ClauseId, wording: &Wording<'_>, saying: &Saying<'_>) -> Vec<Html> {
    let (plan, words) = (wording.plan, wording.words);
    let mut does = duties(clause, wording, saying);
    does.extend(plan.criteria().filter(|it| it.clause == *clause).map(|criterion| {
        let level = level(saying, plan, &criterion.level);
        let label = Html::text(criterion.label.in_lang(words.lang()));
        Html::marks([named("book-criterion", words), Html::of(&level), label])
    }));
    does.extend(
        plan.levels
            .iter()
            .filter(|known| known.clause == *clause)
            .map(|known| Html::of(&level(saying, plan, &known.id))),
    );
    does.extend(plan.authorities.iter().filter(|it| it.clause == *clause).map(|authority| {
        let who = wording.authority(authority);
        let text = words.ta(
            "book-may",
            &[
                ("act", &wording.act(authority.act)),
                ("level", &wording.levels(authority)),
                ("who", &who),
            ],
        );
        Html::marks([named("authority", words), Html::text(text)])
    }));
    does.extend(papers(clause, plan, words));
    does.extend(gaps(clause, plan, words));
    does
}

fn duties(clause: &ClauseId, wording: &Wording<'_>, saying: &Saying<'_>) -> Vec<Html> {
    let words = wording.words;
    let of_clause = wording.plan.duties.iter().filter(|duty| duty.clause == *clause);
    let said = of_clause.map(|duty| {
        let text = words.ta(
            "book-duty",
            &[
                ("from", &wording.roles(&duty.senders, "book-and")),
                ("to", &wording.roles(&duty.to, "book-and")),
                ("what", duty.label.in_lang(words.lang())),
                ("channel", &saying.channel(duty.channel)),
                ("due", &wording.due(duty)),
            ],
        );
        Html::marks([named("duty", words), Html::text(text)])
    });
    said.collect()
}

/// Measures, forms, parts that go elsewhere, roles, classes.
fn papers(clause: &ClauseId, plan: &Plan, words: Words) -> Vec<Html> {
    let lang = words.lang();
    let line = |key: &str, text: String| Html::marks([named(key, words), Html::text(text)]);
    let measures = plan.measures.iter().filter(|it| it.clause == *clause).map(|measure| {
        let (label, text) = (measure.label.in_lang(lang), measure.text.in_lang(lang));
        line("book-measure", format!("{label}: {text}"))
    });
    let hand_overs = plan.hand_overs.iter().filter(|it| it.clause == *clause);
    let hand_overs =
        hand_overs.map(|part| line("book-hand-over", part.to.in_lang(lang).to_owned()));
    let forms = plan.forms.values().filter(|it| it.clause == *clause).map(|form| {
        let fields: Vec<&str> = form.fields.iter().map(|field| field.label.in_lang(lang)).collect();
        let fields = fields.join(&words.t("book-and"));
        line("book-form", format!("{}: {fields}", form.title.in_lang(lang)))
    });
    let roles = plan.roles.values().filter(|it| it.clause == *clause);
    let roles = roles.map(|role| line("role", role.label.in_lang(lang).to_owned()));
    let taxonomies = plan.taxonomies.iter().filter(|it| it.clause.as_ref() == Some(clause));
    let taxonomies = taxonomies.map(|taxonomy| {
        let count = words.tn("book-classes", taxonomy.classes.len());
        line("book-taxonomy", format!("{} · {count}", taxonomy.title.in_lang(lang)))
    });
    roles.chain(measures).chain(forms).chain(hand_overs).chain(taxonomies).collect()
}

/// What the text leaves open, and how it is read here.
fn gaps(clause: &ClauseId, plan: &Plan, words: Words) -> Vec<Html> {
    let line = |key: &str, text: &Label| {
        Html::marks([named(key, words), Html::text(text.in_lang(words.lang()))])
    };
    let policies = plan.policies.values().filter(|it| it.clause == *clause);
    let policies = policies.map(|policy| line("book-policy", &policy.text));
    let readings = plan.readings.iter().filter(|it| it.clause == *clause);
    policies.chain(readings.map(|reading| line("book-reading", &reading.text))).collect()
}

fn named(key: &str, words: Words) -> Html {
    Html::of(&StateBadge::new(Mood::Quiet, words.t(key)))
}
