//! Bringing the custody of a subject up to date: what happened, happened.

use fengsui_vocabulary::Line;

use super::{Custody, Ended, Erased, HandedOver, Hold, Package, Packaged, Request, Standing};
use crate::{CustodyEvent, ErasureRequested, EvidencePackaged, HoldPlaced, Recorded, TextsErased};

type Entry = Recorded<CustodyEvent>;

/// Brings the custody of a subject up to date with one event. Never fails.
pub fn evolve(custody: &mut Custody, recorded: &Entry) {
    match &recorded.event {
        CustodyEvent::HoldPlaced(it) => placed(custody, it, recorded),
        CustodyEvent::HoldLifted(it) => {
            if let Some(hold) = custody.holds.get_mut(&it.hold) {
                hold.lifted = Some(ended(recorded, Some(&it.reason)));
            }
        }
        CustodyEvent::ErasureRequested(it) => requested(custody, it, recorded),
        CustodyEvent::ErasureWithdrawn(it) => {
            settle(custody, it.request, Standing::Withdrawn(ended(recorded, Some(&it.reason))));
        }
        CustodyEvent::ErasureRefused(it) => {
            settle(custody, it.request, Standing::Refused(ended(recorded, Some(&it.reason))));
        }
        CustodyEvent::ErasureApproved(it) => {
            settle(custody, it.request, Standing::Approved(ended(recorded, None)));
        }
        CustodyEvent::TextsErased(it) => erased(custody, it, recorded),
        CustodyEvent::EvidencePackaged(it) => packaged(custody, it, recorded),
        CustodyEvent::EvidenceHandedOver(it) => {
            if let Some(package) = custody.packages.get_mut(&it.package) {
                package.handed_over.push(HandedOver {
                    at: recorded.happened_at,
                    by: recorded.actor,
                    recipient: it.recipient.clone(),
                    receipt: it.receipt.clone(),
                });
            }
        }
        CustodyEvent::RelatedTextsErased(_) | CustodyEvent::AccessNoted(_) => {}
    }
    custody.log.push(recorded.clone());
}

fn placed(custody: &mut Custody, it: &HoldPlaced, recorded: &Entry) {
    let hold = Hold {
        ground: it.ground.clone(),
        demanded_by: it.demanded_by.clone(),
        placed_by: recorded.actor,
        placed_at: recorded.happened_at,
        lifted: None,
    };
    custody.holds.insert(it.hold, hold);
}

fn requested(custody: &mut Custody, it: &ErasureRequested, recorded: &Entry) {
    let request = Request {
        what: it.what.clone(),
        ground: it.ground.clone(),
        demanded_by: it.demanded_by.clone(),
        requested_by: recorded.actor,
        requested_at: recorded.happened_at,
        standing: Standing::Waiting,
    };
    custody.requests.insert(it.request, request);
}

fn settle(custody: &mut Custody, request: u32, standing: Standing) {
    if let Some(request) = custody.requests.get_mut(&request) {
        request.standing = standing;
    }
}

fn erased(custody: &mut Custody, it: &TextsErased, recorded: &Entry) {
    for text in &it.blobs {
        let erased = Erased {
            at: recorded.recorded_at,
            ground: it.ground.clone(),
            digest: text.digest.clone(),
        };
        custody.erased.entry(text.blob).or_insert(erased);
    }
}

fn packaged(custody: &mut Custody, it: &EvidencePackaged, recorded: &Entry) {
    let file = Packaged {
        sha256: it.sha256.clone(),
        bytes: it.bytes,
        position: it.position,
        head: it.head.clone(),
        made_at: it.made_at,
        made_for: it.made_for.clone(),
        purpose: it.purpose.clone(),
    };
    let package = Package { file, made_by: recorded.actor, handed_over: Vec::new() };
    custody.packages.insert(it.package, package);
}

fn ended(recorded: &Entry, reason: Option<&Line>) -> Ended {
    Ended { at: recorded.happened_at, by: recorded.actor, reason: reason.cloned() }
}
