//! `fengsui plan taxonomy`: shared classifications, and what a class is called in another one.

use std::process::ExitCode;

use fengsui_plan::{Class, Evidence, Fit, Library, Taxonomy, Walk};
use fengsui_vocabulary::{Label, TaxonomyCode};
use serde::Serialize;

use super::{Failure, json};
use crate::arguments::Format;
use crate::printing::say;

/// A taxonomy as other programs read it.
#[derive(Debug, Serialize)]
struct TaxonomyView<'a> {
    id: &'a str,
    title: &'a Label,
    version: Option<&'a str>,
    replaces: Option<&'a str>,
    source: Option<&'a str>,
    evidence: Evidence,
    classes: Vec<ClassView<'a>>,
}

/// A class as other programs read it.
#[derive(Debug, Serialize)]
struct ClassView<'a> {
    code: &'a TaxonomyCode,
    label: &'a Label,
    evidence: Evidence,
    hands_over: Option<&'a str>,
}

pub(super) fn taxonomy(
    id: Option<&str>,
    walk: Option<&str>,
    format: Format,
) -> Result<ExitCode, Failure> {
    let known: Vec<&Taxonomy> = Library::shipped().taxonomies().collect();
    match (id, walk) {
        (None, _) => all(&known, format)?,
        (Some(id), None) => one(find(id)?, format)?,
        (Some(id), Some(code)) => walks(find(id)?, code, format)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn find(id: &str) -> Result<&'static Taxonomy, Failure> {
    let library = Library::shipped();
    library.taxonomy(id).ok_or_else(|| {
        let known: Vec<&str> = library.taxonomies().map(|it| it.id.as_str()).collect();
        Failure::Said(format!("there is no taxonomy `{id}`; there are {}", known.join(", ")))
    })
}

fn all(known: &[&Taxonomy], format: Format) -> Result<(), Failure> {
    match format {
        Format::Json => say(&json(&known.iter().map(|it| view(it)).collect::<Vec<_>>())?),
        Format::Text => {
            for it in known {
                let count = it.classes.len();
                say(&format!(
                    "{:<16} {count:>3} classes  {} ({})",
                    it.id,
                    it.title,
                    word(it.evidence)
                ));
            }
        }
    }
    Ok(())
}

fn one(taxonomy: &Taxonomy, format: Format) -> Result<(), Failure> {
    match format {
        Format::Json => say(&json(&view(taxonomy))?),
        Format::Text => {
            say(&format!("{} ({})", taxonomy.title, word(taxonomy.evidence)));
            for class in &taxonomy.classes {
                let code = class.code.as_str();
                let depth = code.matches('/').count() * 2;
                say(&format!("{:depth$}  {code}  {}", "", class.label));
            }
        }
    }
    Ok(())
}

fn walks(taxonomy: &Taxonomy, code: &str, format: Format) -> Result<(), Failure> {
    let class = taxonomy.classes.iter().find(|class| class.code.as_str() == code);
    let class = class.ok_or_else(|| {
        let id = &taxonomy.id;
        Failure::Said(format!("`{id}` has no class `{code}`; see `fengsui plan taxonomy {id}`"))
    })?;
    let walks = Library::shipped().walks_of(&taxonomy.id, &class.code);
    match format {
        Format::Json => say(&json(&walks)?),
        Format::Text if walks.is_empty() => say("no counterpart is known"),
        Format::Text => walks.iter().for_each(|walk| say(&line(walk))),
    }
    Ok(())
}

fn line(walk: &Walk) -> String {
    let fit = match walk.fit {
        Fit::Same => "same",
        Fit::Near => "near",
        Fit::OnlyIf => "only if",
    };
    let ask = walk.ask.as_ref().map(|ask| format!("\n          {ask}")).unwrap_or_default();
    let (to, evidence) = (&walk.to, word(walk.evidence));
    format!("{fit:<8}  {} {}  {} ({evidence}){ask}", to.taxonomy, to.code, walk.label)
}

fn view(taxonomy: &Taxonomy) -> TaxonomyView<'_> {
    TaxonomyView {
        id: &taxonomy.id,
        title: &taxonomy.title,
        version: taxonomy.version.as_deref(),
        replaces: taxonomy.replaces.as_deref(),
        source: taxonomy.source.as_deref(),
        evidence: taxonomy.evidence,
        classes: taxonomy.classes.iter().map(ClassView::of).collect(),
    }
}

impl<'a> ClassView<'a> {
    fn of(class: &'a Class) -> Self {
        Self {
            code: &class.code,
            label: &class.label,
            evidence: class.evidence,
            hands_over: class.hands_over.as_deref(),
        }
    }
}

const fn word(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::Official => "official",
        Evidence::Secondary => "secondary",
        Evidence::Unverified => "unverified",
    }
}
