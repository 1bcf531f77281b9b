//! What changes about clauses, policies, readings, forms, measures and taxonomies.

use fengsui_vocabulary::{ClauseId, Label, RoleId};

use super::ChangeKind::{Added, Changed, Removed};
use super::{ChangeKind, Ledger, Pair, Subject, SubjectKind, paired, words};
use crate::model::{Clause, Form, Measure, Policy, Reading, Taxonomy};

/// A change that is told the same way for all of these.
struct Told<'c> {
    about: Subject,
    clause: Option<&'c ClauseId>,
    who: &'c [RoleId],
    name: Label,
}

impl<'p> Ledger<'p> {
    /// Notes what changes about everything that is read rather than carried out.
    pub(super) fn papers(&mut self) {
        self.clauses();
        self.policies();
        self.readings();
        self.forms();
        self.measures();
        self.taxonomies();
    }

    fn clauses(&mut self) {
        let (a, b) = (self.a, self.b);
        for pair in paired(a.clauses.values(), b.clauses.values(), |it: &'p Clause| &it.id) {
            match pair {
                Pair::Gone(clause) => self.whole(Removed, clause_told(clause), &clause.text),
                Pair::New(clause) => self.whole(Added, clause_told(clause), &clause.text),
                Pair::Kept(old, new) => self.clause(old, new),
            }
        }
    }

    fn clause(&mut self, old: &Clause, new: &Clause) {
        if old.evidence != new.evidence {
            let (from, to) = (words::evidence(old.evidence), words::evidence(new.evidence));
            self.told(
                Changed,
                clause_told(new),
                &words::instead(("依据状态", "evidence"), &from, &to),
            );
        }
        if old.text != new.text {
            let text = words::instead(("表述", "text"), &old.text, &new.text);
            self.told(Changed, clause_told(new), &text);
        }
    }

    fn policies(&mut self) {
        let (a, b) = (self.a, self.b);
        for pair in paired(a.policies.values(), b.policies.values(), |it: &'p Policy| &it.id) {
            let told = |policy: &'p Policy| Told {
                about: SubjectKind::Policy.of(&policy.id),
                clause: Some(&policy.clause),
                who: &[],
                name: Label::new(
                    format!("本地做法 {}", policy.id),
                    format!("local policy {}", policy.id),
                ),
            };
            match pair {
                Pair::Gone(policy) => self.whole(Removed, told(policy), &policy.text),
                Pair::New(policy) => self.whole(Added, told(policy), &policy.text),
                Pair::Kept(old, new) if old.text == new.text => {}
                Pair::Kept(old, new) => {
                    self.told(
                        Changed,
                        told(new),
                        &words::instead(("内容", "text"), &old.text, &new.text),
                    );
                }
            }
        }
    }

    /// Readings have no order and few have a name: one that says something else is another one.
    fn readings(&mut self) {
        let (a, b) = (self.a, self.b);
        let key = |it: &'p Reading| (&it.clause, &it.text.zh, &it.text.en);
        for pair in paired(&a.readings, &b.readings, key) {
            let (kind, reading) = match pair {
                Pair::Gone(reading) => (Removed, reading),
                Pair::New(reading) => (Added, reading),
                Pair::Kept(..) => continue,
            };
            let told = Told {
                about: SubjectKind::Reading
                    .of(reading.id.as_deref().unwrap_or(reading.clause.as_str())),
                clause: Some(&reading.clause),
                who: &[],
                name: Label::new(
                    format!("第{}条的读法", reading.clause),
                    format!("reading of clause {}", reading.clause),
                ),
            };
            self.whole(kind, told, &reading.text);
        }
    }

    fn forms(&mut self) {
        let (a, b) = (self.a, self.b);
        let told = |form: &'p Form| Told {
            about: SubjectKind::Form.of(&form.id),
            clause: Some(&form.clause),
            who: &[],
            name: form.title.clone(),
        };
        for pair in paired(a.forms.values(), b.forms.values(), |it: &'p Form| &it.id) {
            let (form, texts) = match pair {
                Pair::Gone(form) => {
                    self.whole(Removed, told(form), &words::plain(&form.id));
                    continue;
                }
                Pair::New(form) => {
                    self.whole(Added, told(form), &words::plain(&form.id));
                    continue;
                }
                Pair::Kept(old, new) => (new, form_texts(old, new)),
            };
            for text in &texts {
                self.told(Changed, told(form), text);
            }
        }
    }

    fn measures(&mut self) {
        let (a, b) = (self.a, self.b);
        for pair in paired(&a.measures, &b.measures, |it: &'p Measure| &it.id) {
            match pair {
                Pair::Gone(gone) => self.whole(Removed, measure_told(gone), &gone.text),
                Pair::New(new) => self.whole(Added, measure_told(new), &new.text),
                Pair::Kept(old, new) => self.measure(old, new),
            }
        }
    }

    fn measure(&mut self, old: &Measure, new: &Measure) {
        if old.by != new.by {
            let (from, to) = (words::roles(self.a, &old.by), words::roles(self.b, &new.by));
            self.told(
                Changed,
                measure_told(new),
                &words::instead(("由谁", "taken by"), &from, &to),
            );
        }
        if old.text != new.text {
            let text = words::instead(("内容", "text"), &old.text, &new.text);
            self.told(Changed, measure_told(new), &text);
        }
    }

    fn taxonomies(&mut self) {
        let (a, b) = (self.a, self.b);
        for pair in paired(&a.taxonomies, &b.taxonomies, |it: &'p Taxonomy| &it.id) {
            let told = |taxonomy: &'p Taxonomy| Told {
                about: SubjectKind::Taxonomy.of(&taxonomy.id),
                clause: taxonomy.clause.as_ref(),
                who: &[],
                name: taxonomy.title.clone(),
            };
            match pair {
                Pair::Gone(it) => self.whole(Removed, told(it), &words::plain(&it.id)),
                Pair::New(it) => self.whole(Added, told(it), &words::plain(&it.id)),
                Pair::Kept(old, new) if old.classes == new.classes => {}
                Pair::Kept(old, new) => {
                    let (from, to) = (classes(old), classes(new));
                    let text = words::instead(("分类", "classes"), &from, &to);
                    self.told(Changed, told(new), &text);
                }
            }
        }
    }

    fn whole(&mut self, kind: ChangeKind, told: Told<'_>, text: &Label) {
        let word = if kind == Removed { ("取消", "gone") } else { ("新增", "new") };
        let text =
            Label::new(format!("{}:{}", word.0, text.zh), format!("{}: {}", word.1, text.en));
        self.told(kind, told, &text);
    }

    fn told(&mut self, kind: ChangeKind, told: Told<'_>, text: &Label) {
        let text = words::about(&told.name, text);
        self.note(kind, told.about, (told.clause, told.who), text);
    }
}

fn clause_told(clause: &Clause) -> Told<'_> {
    Told {
        about: SubjectKind::Clause.of(&clause.id),
        clause: Some(&clause.id),
        who: &[],
        name: Label::new(format!("第{}条", clause.id), format!("clause {}", clause.id)),
    }
}

fn measure_told(measure: &Measure) -> Told<'_> {
    Told {
        about: SubjectKind::Measure.of(&measure.id),
        clause: Some(&measure.clause),
        who: &measure.by,
        name: measure.label.clone(),
    }
}

fn classes(taxonomy: &Taxonomy) -> Label {
    let classes = taxonomy.classes.len();
    Label::new(format!("{classes} 类"), format!("{classes} classes"))
}

fn form_texts(old: &Form, new: &Form) -> Vec<Label> {
    let mut texts = Vec::new();
    let lists = |form: &Form| {
        let fields =
            form.fields.iter().map(|field| (field.id.clone(), field.label.clone(), field.required));
        fields.collect::<Vec<_>>()
    };
    let (before, after) = (lists(old), lists(new));
    let names = |some: &[(String, Label, bool)], others: &[(String, Label, bool)]| {
        let alone = some.iter().filter(|(id, ..)| others.iter().all(|(other, ..)| other != id));
        alone.map(|(_, label, _)| label.clone()).collect::<Vec<_>>()
    };
    for (fields, zh, en) in [
        (names(&before, &after), "字段减少", "fields gone"),
        (names(&after, &before), "字段增加", "fields added"),
    ] {
        if !fields.is_empty() {
            texts.push(words::about(&Label::new(zh, en), &words::list(&fields, "、", ", ")));
        }
    }
    for (id, label, required) in &after {
        let was = before.iter().find(|(other, ..)| other == id);
        if was.is_some_and(|(_, _, was)| was != required) {
            let (from, to) = (words::yes(!required), words::yes(*required));
            texts.push(words::about(label, &words::instead(("必填", "required"), &from, &to)));
        }
    }
    let shape = |form: &Form| (form.stage, form.layout, form.levels.clone());
    if shape(old) != shape(new) {
        texts.push(Label::new("阶段、版式或适用等级改变", "its stage, layout or levels changed"));
    }
    texts
}
