//! By which ways people and organisations are reached, and which of them are configured here.
//!
//! Everybody who works here has a screen. Mail is chosen where a server is configured and an address is
//! known; short messages are for what cannot wait. What is written for a way stays written for it.

use std::collections::BTreeMap;

use fengsui_notices::{MailAddress, Secret, Url};
use fengsui_response::{Addressee, Occasion, Way};
use fengsui_vocabulary::{Lang, Line, OrganisationId};
use serde::{Deserialize, Serialize};

use crate::account::ACCOUNT;
use crate::content::Contacts;
use crate::outgoing::{Outgoing, occasion_of};
use crate::{Account, Desk, DeskFault};

/// The ways out that are configured.
#[derive(Clone, Debug, Default)]
pub struct Ways {
    /// The host of the mail server, if there is one.
    pub mail: Option<String>,
    /// Programs that listen, by name.
    pub hooks: BTreeMap<Line, Hook>,
    /// Which of them takes short messages to telephones.
    pub short_messages: Option<Line>,
}

/// A program that listens.
#[derive(Clone, Debug)]
pub struct Hook {
    /// Where.
    pub url: Url,
    /// What proves to it that a message is ours.
    pub secret: Secret,
}

/// Where a person is reached besides the screen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    /// A mail address.
    #[serde(default)]
    pub mail: Option<String>,
    /// A telephone that takes short messages.
    #[serde(default)]
    pub mobile: Option<String>,
    /// In which language the person is written to.
    #[serde(default)]
    pub lang: Lang,
}

/// Why somebody cannot be reached like this.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReachedMalformed {
    /// Not an address.
    #[error("`{0}` is no mail address: write name@host")]
    Mail(String),
    /// Not a number.
    #[error("`{0}` is no telephone number: write its digits, with + before the country if abroad")]
    Mobile(String),
}

impl Reached {
    /// Reads what somebody typed; empty texts are nothing.
    pub fn read(mail: &str, mobile: &str, lang: Lang) -> Result<Self, ReachedMalformed> {
        let shown = |text: &str| text.chars().take(80).collect::<String>();
        let mail = Some(mail.trim()).filter(|text| !text.is_empty());
        if let Some(text) = mail.filter(|text| text.parse::<MailAddress>().is_err()) {
            return Err(ReachedMalformed::Mail(shown(text)));
        }
        let mobile: String = mobile.chars().filter(|it| !matches!(it, ' ' | '-')).collect();
        let digits = mobile.strip_prefix('+').unwrap_or(&mobile);
        let is_number = digits.chars().all(|it| it.is_ascii_digit());
        let is_number = is_number && (5..=15).contains(&digits.len());
        if !(mobile.is_empty() || is_number) {
            return Err(ReachedMalformed::Mobile(shown(&mobile)));
        }
        let mobile = Some(mobile).filter(|text| !text.is_empty());
        Ok(Self { mail: mail.map(str::to_owned), mobile, lang })
    }
}

/// One way to somebody.
#[derive(Clone, Debug)]
pub(crate) struct WayTo {
    /// By which way.
    pub(crate) way: Way,
    /// Where it goes; none for the screen.
    pub(crate) address: Option<String>,
    /// In which language.
    pub(crate) lang: Lang,
}

impl Ways {
    /// The host that takes what goes by a way; none where it is not configured.
    pub(crate) fn host_of(&self, way: &Way) -> Option<String> {
        match way {
            Way::Mail => self.mail.clone(),
            Way::Webhook(name) => {
                let hook = self.hooks.get(name)?;
                Some(hook.url.host_str().unwrap_or_else(|| name.as_str()).to_owned())
            }
            Way::Screen => None,
        }
    }

    /// Every way that is configured, with its host.
    pub(crate) fn out(&self) -> Vec<(Way, String)> {
        let hooks = self.hooks.keys().map(|name| Way::Webhook(name.clone()));
        let ways = std::iter::once(Way::Mail).chain(hooks);
        ways.filter_map(|way| Some((way.clone(), self.host_of(&way)?))).collect()
    }
}

impl Desk {
    /// By which ways somebody is reached.
    pub(crate) async fn ways_to(&self, outgoing: &Outgoing) -> Result<Vec<WayTo>, DeskFault> {
        let (to, lang, mail, mobile) = match outgoing.to {
            Addressee::Person(person) => {
                let reached = self.directory().reached(person);
                (outgoing.to, reached.lang, reached.mail, reached.mobile)
            }
            Addressee::Organisation(organisation) => {
                let contacts = self.contacts_to(organisation).await?;
                let first = |of: fn(&crate::content::Contact) -> Option<&Line>| {
                    contacts.people.iter().find_map(of).map(ToString::to_string)
                };
                let mail = first(|contact| contact.mail.as_ref());
                (outgoing.to, Lang::Zh, mail, first(|contact| contact.telephone.as_ref()))
            }
            // A reporter is reached by the address in the report: see `intents_by`.
            Addressee::Reporter => return Ok(Vec::new()),
        };
        let ways = self.ways();
        let mut found = vec![WayTo { way: Way::Screen, address: None, lang }];
        // An organisation has no other way that is certain to be looked at: mail for it waits for a server.
        let has_mail = ways.mail.is_some() || matches!(to, Addressee::Organisation(_));
        if let Some(address) = mail.filter(|_| has_mail) {
            found.push(WayTo { way: Way::Mail, address: Some(address), lang });
        }
        if let (Some(gateway), Some(number)) = (&ways.short_messages, mobile)
            && cannot_wait(occasion_of(&outgoing.notice))
        {
            let way = Way::Webhook(gateway.clone());
            found.push(WayTo { way, address: Some(number), lang });
        }
        Ok(found)
    }

    /// Says where the person of an account is reached.
    pub async fn set_reached(&self, login: &str, reached: Reached) -> Result<(), DeskFault> {
        let account = self.account(login).await?.ok_or(DeskFault::Absent)?;
        let account = Account { reached, ..account };
        self.keep(ACCOUNT, &account.login.clone(), &account, None).await?;
        self.refresh_directory().await
    }

    async fn contacts_to(&self, organisation: OrganisationId) -> Result<Contacts, DeskFault> {
        let directory = self.directory();
        let contacts = directory.details(organisation).and_then(|it| it.contacts.as_ref());
        match contacts {
            Some(contacts) => Ok(self.json(contacts).await?.unwrap_or_default()),
            None => Ok(Contacts::default()),
        }
    }
}

/// Whether somebody must be told even away from their desk.
const fn cannot_wait(occasion: Occasion) -> bool {
    match occasion {
        Occasion::CallOut | Occasion::DutyMissed => true,
        Occasion::DutyDue
        | Occasion::ReportReceived
        | Occasion::HandOverReady
        | Occasion::ApprovalAsked
        | Occasion::DirectiveIssued
        | Occasion::Plain => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_numbers_are_read_or_refused() {
        let read = |mail: &str, mobile: &str| Reached::read(mail, mobile, Lang::En);
        assert_eq!(read(" ", ""), Ok(Reached { lang: Lang::En, ..Reached::default() }));
        let reached = read("mara@unit.test", "+86 138-0000-0000").unwrap();
        assert_eq!(reached.mobile.as_deref(), Some("+8613800000000"));
        for (mail, mobile) in [("mara", ""), ("a@b\r\nc", ""), ("", "12"), ("", "call me")] {
            assert!(read(mail, mobile).is_err(), "{mail} {mobile}");
        }
    }
}
