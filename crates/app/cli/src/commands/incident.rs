//! `fengsui incident evidence …`: a package of evidence of one incident, made or checked.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::process::ExitCode;

use fengsui_desk::{Desk, EvidenceAsked, Reach, Viewer, verify_evidence};
use fengsui_vocabulary::Line;

use super::{DATA, Failure, Start, serve};
use crate::arguments::{Evidence, Incident};
use crate::printing::{complain, say};

pub(super) async fn run(start: &Start, incident: Incident) -> Result<ExitCode, Failure> {
    let Incident::Evidence(evidence) = incident;
    if let Some(file) = &evidence.verify {
        return verify(file);
    }
    let desk = serve::open(&start.data(DATA)).await?;
    let made = make(&desk, evidence).await;
    desk.close().await;
    made
}

async fn make(desk: &Desk, evidence: Evidence) -> Result<ExitCode, Failure> {
    let (Some(incident), Some(made_for), Some(out)) =
        (evidence.incident, evidence.made_for, evidence.out)
    else {
        return Err(Failure::Said("name the incident, --for and --out, or --verify".to_owned()));
    };
    let line = |text: &str| -> Result<Line, Failure> {
        text.parse().map_err(|fault| Failure::of(&format!("`{text}` cannot be used"), &fault))
    };
    let asked = EvidenceAsked {
        incident: desk.incident_named(&incident).await?,
        command_id: desk.command_id(),
        made_for: line(&made_for)?,
        purpose: line(&evidence.purpose)?,
    };
    let file = File::create_new(&out)
        .map_err(|fault| Failure::of(&format!("cannot make {}", out.display()), &fault))?;
    match desk.make_evidence(&console(desk), asked, file).await {
        Ok((made, file)) => {
            file.sync_all().map_err(|fault| Failure::of("the package is not on disk", &fault))?;
            say(&format!("package {} in {}: {} bytes", made.package, out.display(), made.bytes));
            say(&format!("SHA-256 {}", made.sha256));
            say("record the hand-over on the incident's page of custody, with the receipt");
            Ok(ExitCode::SUCCESS)
        }
        Err(fault) => {
            // Half a package must not be taken for a whole one.
            drop(std::fs::remove_file(&out));
            Err(fault.into())
        }
    }
}

/// Whoever types at the machine itself sees everything.
fn console(desk: &Desk) -> Viewer {
    Viewer {
        actor: desk.console(),
        name: "console".to_owned(),
        reach: Reach::Whole,
        organisations: std::collections::BTreeSet::new(),
    }
}

fn verify(file: &Path) -> Result<ExitCode, Failure> {
    let opened = File::open(file)
        .map_err(|fault| Failure::of(&format!("cannot read {}", file.display()), &fault))?;
    match verify_evidence(BufReader::new(opened)) {
        Ok(sound) => {
            say(&format!(
                "the package is whole: {} files, {} entries, {} texts, {} left out",
                sound.files, sound.entries, sound.texts, sound.left_out
            ));
            say(&format!("made {} for {}", sound.made_at, sound.made_for));
            say(&format!("up to position {}, head {}", sound.position, sound.head));
            Ok(ExitCode::SUCCESS)
        }
        Err(broken) => Ok(complain(&broken.to_string())),
    }
}
