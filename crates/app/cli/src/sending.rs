//! From the configuration to the ways out. What is wrong is said before anything is served.

use std::fmt::Display;
use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use fengsui_desk::{Correspondence, Desk, Hook, NodeId, Ways};
use fengsui_notices::{MailAddress, MailRoute, Mailbox, Notices, Phrase, Secret, Url};
use fengsui_outbound::{
    Credentials, Dialler, Http, Names, Network, Reach, Security, Smtp, SmtpRoute, Trust,
};
use fengsui_vocabulary::{Label, Line};

use crate::commands::Failure;
use crate::config::{Centre, Config, Mail, MailSecurity, Webhook};

/// The ways out, and how the centre signs.
pub(crate) struct Sending {
    pub(crate) correspondence: Correspondence,
    pub(crate) ways: Ways,
    pub(crate) notices: Notices,
}

impl Sending {
    /// Reads everything that sending needs, files of secrets included.
    pub(crate) fn of(config: &Config) -> Result<Self, Failure> {
        let correspondence = correspondence(&config.centre)?;
        let mut ways = Ways::default();
        let mut notices = Notices::none();
        if let Some(mail) = &config.mail {
            let hello = correspondence.base.host_str().unwrap_or("localhost").to_owned();
            let name = Phrase::of(&correspondence.name.zh);
            notices = notices.mailing(route(mail, &hello, name)?);
            ways.mail = Some(mail.server.clone());
        }
        if !config.webhooks.is_empty() {
            notices = notices.calling(Http::new(dialler_for(&config.webhooks)?));
        }
        for webhook in &config.webhooks {
            let name: Line = read("[[webhook]] name", &webhook.name)?;
            if webhook.short_messages && ways.short_messages.replace(name.clone()).is_some() {
                return Err(said("only one [[webhook]] can take short_messages"));
            }
            if ways.hooks.insert(name, hook(webhook)?).is_some() {
                return Err(said(&format!("two [[webhook]] are called `{}`", webhook.name)));
            }
        }
        Ok(Self { correspondence, ways, notices })
    }

    /// Tells the desk; what sends stays.
    pub(crate) fn tell(self, desk: &Desk) -> Notices {
        desk.set_correspondence(self.correspondence);
        desk.set_ways(self.ways);
        self.notices
    }
}

/// Which node this is: the word in its data folder, drawn when there is none.
pub(crate) fn node_of(data: &Path) -> Result<NodeId, Failure> {
    let file = data.join("node");
    let cannot = |what: &str, fault: std::io::Error| {
        Failure::of(&format!("cannot {what} {}", file.display()), &fault)
    };
    match std::fs::read_to_string(&file) {
        Ok(text) => read(&file.display().to_string(), &text),
        Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => {
            let mut bytes = [0; 16];
            getrandom::fill(&mut bytes)
                .map_err(|fault| said(&format!("no randomness: {fault}")))?;
            let word = format!("{:032x}", u128::from_be_bytes(bytes));
            let mut made = std::fs::OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&file)
                .map_err(|fault| cannot("make", fault))?;
            made.write_all(word.as_bytes()).map_err(|fault| cannot("write", fault))?;
            made.sync_all().map_err(|fault| cannot("write", fault))?;
            read("the node", &word)
        }
        Err(fault) => Err(cannot("read", fault)),
    }
}

/// Takes the right to send from a data folder; it ends with the process. None when another one has it:
/// two runs of one node would take each other's sendings for interrupted ones.
pub(crate) fn right_to_send(data: &Path) -> Result<Option<File>, Failure> {
    let path = data.join("dispatch.lock");
    let cannot =
        |fault: std::io::Error| Failure::of(&format!("cannot lock {}", path.display()), &fault);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false).mode(0o600);
    let file = options.open(&path).map_err(cannot)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(fault)) => Err(cannot(fault)),
    }
}

fn correspondence(centre: &Centre) -> Result<Correspondence, Failure> {
    let usual = Correspondence::default();
    let name = match &centre.name {
        None => usual.name,
        Some(zh) => Label::new(zh.clone(), centre.name_en.clone().unwrap_or_else(|| zh.clone())),
    };
    let telephone = centre.telephone.as_deref().map(|it| read("[centre] telephone", it));
    let base: Option<Url> =
        centre.base_url.as_deref().map(|it| read("[centre] base_url", it)).transpose()?;
    if base.as_ref().is_some_and(|url| url.host_str().is_none() || url.cannot_be_a_base()) {
        return Err(said("[centre] base_url: write https:// and the host of the screens"));
    }
    Ok(Correspondence { name, telephone: telephone.transpose()?, base: base.unwrap_or(usual.base) })
}

fn route(mail: &Mail, hello: &str, name: Phrase) -> Result<MailRoute, Failure> {
    let (security, usual_port) = match mail.security {
        MailSecurity::StartTls => (Security::StartTls, 587),
        MailSecurity::Tls => (Security::Tls, 465),
        MailSecurity::Plain => (Security::Plain, 25),
    };
    let port = mail.port.unwrap_or(usual_port);
    let wrong = |fault: &dyn std::error::Error| Failure::of("[mail]", fault);
    let mut route = SmtpRoute::new(mail.server.clone(), port, security, hello)
        .map_err(|fault| wrong(&fault))?;
    match (&mail.user, &mail.password_file) {
        (None, None) => {}
        (Some(user), Some(file)) => {
            let credentials = Credentials { name: user.clone(), password: secret_in(file)? };
            route = route.signing_in(credentials).map_err(|fault| wrong(&fault))?;
        }
        (Some(_), None) => return Err(said("[mail] user needs password_file")),
        (None, Some(_)) => return Err(said("[mail] password_file needs user")),
    }
    let trust = trust_of([mail.trust.as_deref()].into_iter().flatten())?;
    let reach = Reach::public().and(networks("[mail] networks", &mail.networks)?);
    let dialler = Dialler::new(Names::System, reach, trust);
    let bounces = mail.bounces_to.as_deref().map(|it| address("[mail] bounces_to", it));
    Ok(MailRoute {
        smtp: Smtp::new(dialler, route),
        from: Mailbox { name: Some(name), address: address("[mail] from", &mail.from)? },
        bounces: bounces.transpose()?,
    })
}

fn hook(webhook: &Webhook) -> Result<Hook, Failure> {
    let at = format!("[[webhook]] {}", webhook.name);
    let secret = Secret::new(secret_in(&webhook.secret_file)?);
    let secret = secret.map_err(|fault| Failure::of(&format!("{at}: secret_file"), &fault))?;
    Ok(Hook { url: read(&format!("{at}: url"), &webhook.url)?, secret })
}

fn dialler_for(webhooks: &[Webhook]) -> Result<Dialler, Failure> {
    let mut reach = Reach::public();
    for webhook in webhooks {
        reach = reach.and(networks(&format!("[[webhook]] {}", webhook.name), &webhook.networks)?);
    }
    let trust = trust_of(webhooks.iter().filter_map(|it| it.trust.as_deref()))?;
    Ok(Dialler::new(Names::System, reach, trust))
}

fn trust_of<'a>(files: impl Iterator<Item = &'a Path>) -> Result<Trust, Failure> {
    let mut trust = Trust::public();
    for file in files {
        let at = format!("trust {}", file.display());
        let pem = std::fs::read(file).map_err(|fault| Failure::of(&at, &fault))?;
        trust = trust.and_pem(&pem).map_err(|fault| Failure::of(&at, &fault))?;
    }
    Ok(trust)
}

fn networks(at: &str, texts: &[String]) -> Result<Vec<Network>, Failure> {
    texts.iter().map(|text| read(at, text)).collect()
}

fn address(at: &str, text: &str) -> Result<MailAddress, Failure> {
    text.parse().map_err(|_malformed| said(&format!("{at}: `{text}` is no mail address")))
}

/// What a file of a secret says, without the line end that editors put behind it.
fn secret_in(file: &Path) -> Result<String, Failure> {
    let text = std::fs::read_to_string(file).map_err(|fault| {
        Failure::of(&format!("cannot read the secret in {}", file.display()), &fault)
    })?;
    let secret = text.trim_end_matches(['\r', '\n']);
    if secret.is_empty() {
        return Err(said(&format!("{} is empty: put the secret into it", file.display())));
    }
    Ok(secret.to_owned())
}

fn read<T: std::str::FromStr>(at: &str, text: &str) -> Result<T, Failure>
where
    T::Err: Display,
{
    text.parse().map_err(|fault: T::Err| said(&format!("{at}: {fault}")))
}

fn said(what: &str) -> Failure {
    Failure::Said(what.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<Sending, String> {
        let config: Config = toml::from_str(text).map_err(|fault| fault.to_string())?;
        Sending::of(&config).map_err(|fault| fault.to_string())
    }

    #[test]
    fn without_configuration_nothing_goes_out() {
        let sending = of("").unwrap();
        assert!(sending.ways.mail.is_none() && sending.ways.hooks.is_empty());
    }

    #[test]
    fn the_ways_out_are_read_with_their_secrets_from_files() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        std::fs::write(&file, "sixteen bytes at least\n").unwrap();
        let file = file.display();
        let sending = of(&format!(
            "[centre]\nname = \"市应急中心\"\nbase_url = \"https://desk.test\"\n\
             [mail]\nserver = \"mail.test\"\nuser = \"lin\"\npassword_file = \"{file}\"\n\
             from = \"desk@centre.test\"\n\
             [[webhook]]\nname = \"sms\"\nurl = \"https://sms.test/\"\nsecret_file = \"{file}\"\n\
             networks = [\"10.0.0.0/8\"]\nshort_messages = true\n"
        ))
        .unwrap();
        assert_eq!(sending.ways.mail.as_deref(), Some("mail.test"));
        assert_eq!(sending.ways.short_messages.as_deref(), Some("sms"));
        assert_eq!(sending.correspondence.name.en, "市应急中心");
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let mail = "[mail]\nserver = \"m\"\nfrom = \"desk@centre.test\"\n";
        for (text, says) in [
            ("[mail]\nserver = \"m\"\nfrom = \"desk\"\n".to_owned(), "[mail] from"),
            (format!("{mail}user = \"lin\"\n"), "password_file"),
            (format!("{mail}user = \"lin\"\npassword_file = \"/nowhere/x\"\n"), "/nowhere/x"),
            (format!("{mail}networks = [\"10.1.2.3/8\"]\n"), "[mail] networks"),
            (format!("{mail}security = \"none\"\n"), "security"),
            (format!("{mail}password = \"x\"\n"), "password"),
            ("[centre]\nbase_url = \"desk\"\n".to_owned(), "base_url"),
        ] {
            let fault = of(&text).err().unwrap_or_default();
            assert!(fault.contains(says), "{text}: {fault}");
        }
    }

    #[test]
    fn a_node_keeps_its_name_and_only_one_process_sends() {
        let folder = tempfile::tempdir().unwrap();
        let node = node_of(folder.path()).unwrap();
        assert_eq!(node_of(folder.path()).unwrap(), node);
        let first = right_to_send(folder.path()).unwrap();
        assert!(first.is_some());
        assert!(right_to_send(folder.path()).unwrap().is_none());
        drop(first);
        assert!(right_to_send(folder.path()).unwrap().is_some());
    }
}
