//! Starts the real mail server, and reads what it has taken.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::process::Stdio;

use fengsui_notices::{MailRoute, Mailbox, Notices, Phrase};
use fengsui_outbound::{Credentials, Dialler, Names, Reach, Security, Smtp, SmtpRoute, Trust};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use serde::Deserialize;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// The name under which the server is known here.
pub(crate) const HOST: &str = "mail.test";

/// A mail server that ends with the test.
pub(crate) struct MailServer {
    port: u16,
    security: Security,
    trust: Trust,
    lines: Lines<BufReader<ChildStdout>>,
    _process: Child,
    _files: Option<TempDir>,
}

/// A letter as the server took it.
#[derive(Deserialize)]
pub(crate) struct Taken {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    pub(crate) tls: bool,
    pub(crate) signed_in: bool,
    #[serde(with = "content")]
    pub(crate) content: Vec<u8>,
}

mod content {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde::{Deserialize, Deserializer};

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(from)?;
        STANDARD.decode(text).map_err(serde::de::Error::custom)
    }
}

impl MailServer {
    pub(crate) async fn plain() -> Self {
        Self::started(Security::Plain, &["plain"], Trust::nobody(), None).await
    }

    /// With TLS of one kind, and an account `lin` with the password `hunter2`.
    pub(crate) async fn encrypted(security: Security) -> Self {
        let files = tempfile::tempdir().unwrap();
        let authority_pem = certificate_in(files.path());
        let trust = Trust::nobody().and_pem(authority_pem.as_bytes()).unwrap();
        let certificate = files.path().join("certificate.pem");
        let key = files.path().join("key.pem");
        let mode = match security {
            Security::StartTls => "starttls",
            Security::Tls | Security::Plain => "tls",
        };
        let arguments =
            [mode, certificate.to_str().unwrap(), key.to_str().unwrap(), "lin", "hunter2"];
        Self::started(security, &arguments, trust, Some(files)).await
    }

    async fn started(
        security: Security,
        arguments: &[&str],
        trust: Trust,
        files: Option<TempDir>,
    ) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/outside/mail_server.py");
        let mut process = Command::new("/usr/bin/python3")
            .arg(script)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("Debian's python3 is needed");
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let first = lines.next_line().await.unwrap();
        let first = first.expect("the mail server did not start: is python3-aiosmtpd installed?");
        let port = first.strip_prefix("PORT ").unwrap().parse().unwrap();
        Self { port, security, trust, lines, _process: process, _files: files }
    }

    /// The way to this server, signing in if a password is given.
    pub(crate) fn route(&self, password: Option<&str>) -> Smtp {
        let mut route = SmtpRoute::new(HOST, self.port, self.security, "desk.test").unwrap();
        if let Some(password) = password {
            let (name, password) = ("lin".to_owned(), password.to_owned());
            route = route.signing_in(Credentials { name, password }).unwrap();
        }
        let addresses = vec![IpAddr::V4(Ipv4Addr::LOCALHOST)];
        let names = Names::Fixed(BTreeMap::from([(HOST.to_owned(), addresses)]));
        let reach = Reach::public().and(["127.0.0.0/8".parse().unwrap()]);
        Smtp::new(Dialler::new(names, reach, self.trust.clone()), route)
    }

    pub(crate) fn notices(&self, password: Option<&str>) -> Notices {
        Notices::none().mailing(MailRoute {
            smtp: self.route(password),
            from: Mailbox {
                name: Some(Phrase::of("应急值班室")),
                address: "desk@centre.test".parse().unwrap(),
            },
            bounces: Some("bounces@centre.test".parse().unwrap()),
        })
    }

    /// The next letter that it has taken.
    pub(crate) async fn taken(&mut self) -> Taken {
        let line = self.lines.next_line().await.unwrap().unwrap();
        serde_json::from_str(&line).unwrap()
    }
}

/// Writes a certificate of an authority made for this test, and says who the authority is.
fn certificate_in(folder: &Path) -> String {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec![HOST.to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &authority).unwrap();
    std::fs::write(folder.join("certificate.pem"), certificate.pem()).unwrap();
    std::fs::write(folder.join("key.pem"), key.serialize_pem()).unwrap();
    authority.pem()
}
