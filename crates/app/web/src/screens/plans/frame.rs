//! What the pages of one plan share: its head, its tabs, and whoever reads it.

use std::sync::Arc;

use fengsui_desk::{Capacity, Desk};
use fengsui_plan::Plan;
use fengsui_response::PlanRef;
use fengsui_vocabulary::PlanId;

use super::edition;
use super::list::{checked, leads, standing};
use super::wording::Wording;
use crate::error::WebError;
use crate::page::{Page, Place};
use crate::parts::{Header, Html, Link, Primary, Tab, Tabs};
use crate::routes::{self, PLANS};
use crate::say::Saying;
use crate::session::SignedIn;
use crate::views::{General, Section};

/// The pages of a plan, in the order of its tabs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaf {
    Book,
    Duties,
    Levels,
    Authorities,
    Papers,
    Checks,
    TryOut,
}

/// One plan before one reader.
pub(super) struct Frame {
    pub(super) plan: Arc<Plan>,
    pub(super) reader: SignedIn,
}

impl Leaf {
    const ALL: [Self; 7] = [
        Self::Book,
        Self::Duties,
        Self::Levels,
        Self::Authorities,
        Self::Papers,
        Self::Checks,
        Self::TryOut,
    ];

    const fn path(self) -> &'static str {
        match self {
            Self::Book => "",
            Self::Duties => "/duties",
            Self::Levels => "/levels",
            Self::Authorities => "/authorities",
            Self::Papers => "/papers",
            Self::Checks => "/checks",
            Self::TryOut => "/try",
        }
    }

    const fn key(self) -> &'static str {
        match self {
            Self::Book => "plan-clauses",
            Self::Duties => "plan-tab-duties",
            Self::Levels => "plan-tab-levels",
            Self::Authorities => "plan-tab-authorities",
            Self::Papers => "plan-tab-papers",
            Self::Checks => "plan-tab-checks",
            Self::TryOut => "plan-tab-try",
        }
    }
}

/// Where a page of a plan is.
pub(super) fn path(plan: &PlanId, leaf: Leaf) -> String {
    format!("{}{}", routes::plan(plan), leaf.path())
}

/// The edition that is in force here, else the one that ships, else any that was drafted.
pub(super) fn at_hand(desk: &Desk, reader: &SignedIn, plan: &PlanId) -> Option<Arc<Plan>> {
    let in_force = reader.visitor.directory().centre().edition(plan).cloned();
    let in_force = in_force.and_then(|edition| desk.edition(&edition));
    in_force.or_else(|| desk.plan(plan)).or_else(|| {
        let editions = desk.editions_of_plans();
        let drafted = editions.into_iter().rfind(|line| line.edition.plan == *plan);
        drafted.and_then(|line| desk.edition(&line.edition))
    })
}

impl Frame {
    /// The plan that is asked for, before whoever asks.
    pub(super) fn of(desk: &Desk, reader: SignedIn, plan: &PlanId) -> Result<Self, WebError> {
        let plan = at_hand(desk, &reader, plan).ok_or(WebError::NoSuchPage)?;
        Ok(Self { plan, reader })
    }

    pub(super) fn wording(&self) -> Wording<'_> {
        Wording { plan: &self.plan, words: self.reader.words() }
    }

    pub(super) fn saying(&self) -> Saying<'_> {
        Saying::to(&self.reader.visitor, Some(&self.plan))
    }

    pub(super) fn page(&self) -> Page {
        let title = self.plan.about.title.in_lang(self.reader.words().lang());
        self.reader.page("plan", title, PLANS)
    }

    pub(super) fn tabs(&self, here: Leaf) -> Tabs {
        let words = self.reader.words();
        let tabs = Leaf::ALL.iter().map(|&leaf| Tab {
            link: Link::new(path(&self.plan.id, leaf), words.t(leaf.key())),
            place: if leaf == here { Place::Here } else { Place::Elsewhere },
            count: None,
        });
        Tabs { label: words.t("book-contents").into_owned(), tabs: tabs.collect() }
    }

    /// The head of every page of the plan.
    pub(super) fn header(&self) -> Header {
        let (words, plan, saying) = (self.reader.words(), &*self.plan, self.saying());
        let title = plan.about.title.in_lang(words.lang());
        let mut header = Header::new(title)
            .below(vec![Link::new(PLANS, words.t("plans"))], words)
            .mark(Html::of(&standing(plan, &saying)));
        header.marks.extend(leads(plan, &saying).map(|lead| Html::of(&lead)));
        header.marks.extend(checked(plan, &saying).map(|checked| Html::of(&checked)));
        let compare = format!("/plans/compare?b={}", plan.id);
        header.others.push(Link::new(compare, words.t("plan-compare")));
        header
    }

    /// The way into force, where the reader may take it and the plan has not gone it.
    pub(super) fn adopting(&self) -> Option<Primary> {
        let plan = &*self.plan;
        let saying = self.saying();
        let in_force = saying.directory.centre().edition(&plan.id);
        let is_in_force = in_force.is_some_and(|edition| edition.hash == plan.hash);
        let may = self.reader.viewer.is(Capacity::PlanOfficer) && !is_in_force;
        let path = edition::path(&PlanRef::of(plan));
        may.then(|| Primary::Go(Link::new(path, self.reader.words().t("plan-into-force"))))
    }

    /// A page that is headings over parts.
    pub(super) fn general(&self, here: Leaf, sections: Vec<Section>) -> General {
        General {
            page: self.page(),
            header: self.header(),
            strip: None,
            tabs: Some(self.tabs(here)),
            sections,
            acts: Vec::new(),
        }
    }
}
