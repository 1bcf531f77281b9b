//! Sending through a real mail server: what it puts off, cuts or never answers, and a program that is
//! killed in the middle of it, again and again.
//!
//! The mail server is the one of the tests of notices: Debian's python3-aiosmtpd.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::excessive_nesting,
    reason = "a test stops at what it does not expect"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::IpAddr;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use fengsui_desk::content::{ReportContent, Reporter};
use fengsui_desk::{
    Arrival, Desk, DeskSettings, Dispatching, MachineClock, MachineIds, MessageFilter, MessageLine,
    StoryClock, Viewer, Ways,
};
use fengsui_notices::{MailRoute, Mailbox, Notices};
use fengsui_outbound::{Dialler, Names, Reach, Security, Smtp, SmtpLimits, SmtpRoute, Trust};
use fengsui_response::{Actor, IntakeChannel, ReportKind};
use fengsui_scenarios::{appoint, register};
use fengsui_vocabulary::{Facts, Lang};
use jiff::SignedDuration;

const PASSWORD: &str = "beacon-tower";

/// A mail server that ends with the test, and what it has taken: the Message-ID of each letter.
struct MailServer {
    port: u16,
    process: Child,
    taken: Arc<Mutex<Vec<String>>>,
    moved: Receiver<()>,
    _reader: std::thread::JoinHandle<()>,
}

impl MailServer {
    fn start() -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../edge/notices/tests/outside/mail_server.py");
        let mut process = Command::new("/usr/bin/python3")
            .arg(script)
            .arg("plain")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        let port = first.strip_prefix("PORT ").unwrap().parse().unwrap();
        let taken = Arc::new(Mutex::new(Vec::new()));
        let (tell, moved) = channel();
        let reader = std::thread::spawn({
            let taken = Arc::clone(&taken);
            move || {
                for line in lines.map_while(Result::ok) {
                    taken.lock().unwrap().push(message_id(&line));
                    if tell.send(()).is_err() {
                        return;
                    }
                }
            }
        });
        Self { port, process, taken, moved, _reader: reader }
    }

    fn taken(&self) -> Vec<String> {
        self.taken.lock().unwrap().clone()
    }

    /// Waits until it has taken so many letters.
    fn has_taken(&self, count: usize) {
        while self.taken().len() < count {
            self.moved.recv_timeout(Duration::from_mins(1)).expect("no letter for a minute");
        }
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        // It ends with its standard input; should it not, it is ended.
        drop(self.process.stdin.take());
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn message_id(line: &str) -> String {
    let taken: serde_json::Value = serde_json::from_str(line).unwrap();
    let content = BASE64.decode(taken["content"].as_str().unwrap()).unwrap();
    let content = String::from_utf8(content).unwrap();
    let id = content.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap();
    id.trim().to_owned()
}

/// A centre whose reporters are written to.
async fn centre(folder: &Path, settings: DeskSettings) -> Desk {
    assert!(folder.is_dir());
    let desk = Desk::open(&settings).await.unwrap();
    desk.set_ways(Ways { mail: Some("127.0.0.1".to_owned()), ..Ways::default() });
    desk.adopt_plan(&desk.console(), &"shanghai-2019".parse().unwrap()).await.unwrap();
    register(&desk).await.unwrap();
    appoint(&desk, PASSWORD).await.unwrap();
    desk
}

fn url(folder: &Path) -> String {
    format!("sqlite://{}", folder.join("fengsui.db").display())
}

fn on_this_machine(folder: &Path) -> DeskSettings {
    let (clock, ids) = (Arc::new(MachineClock), Arc::new(MachineIds));
    DeskSettings { url: url(folder), clock, ids }
}

/// Somebody reports and leaves an address: a receipt is to be sent.
async fn report(desk: &Desk, mail: &str) {
    let arrival = Arrival {
        kind: ReportKind::Incident,
        channel: IntakeChannel::Web,
        taken_in_by: None,
        follows: None,
        affected: Vec::new(),
        facts: Facts::new(),
        content: ReportContent {
            title: "网站打不开".parse().unwrap(),
            description: "从早上起".parse().unwrap(),
            reporter: Reporter { mail: Some(mail.parse().unwrap()), ..Reporter::default() },
            file_names: Vec::new(),
            organisation: None,
            lang: Lang::Zh,
        },
        files: Vec::new(),
        call: None,
        sealed_because: None,
    };
    desk.take_in(&Actor::public(), desk.command_id(), arrival, None).await.unwrap();
}

async fn lin(desk: &Desk) -> Viewer {
    let account = desk.account("lin").await.unwrap().unwrap();
    desk.viewer(account.person).unwrap()
}

async fn every_message(desk: &Desk) -> Vec<MessageLine> {
    let viewer = lin(desk).await;
    let mut filter = MessageFilter::default();
    let mut lines = Vec::new();
    loop {
        let page = desk.messages(&viewer, &filter).await.unwrap();
        lines.extend(page.lines);
        filter.after = page.next;
        if filter.after.is_none() {
            return lines;
        }
    }
}

/// The real client, a little less patient than in earnest.
fn notices(port: u16) -> Notices {
    let limits = SmtpLimits { verdict_max: Duration::from_millis(300), ..SmtpLimits::default() };
    let route = SmtpRoute::new("mail.test", port, Security::Plain, "desk.test").unwrap();
    let here: IpAddr = "127.0.0.1".parse().unwrap();
    let names = Names::Fixed(BTreeMap::from([("mail.test".to_owned(), vec![here])]));
    let reach = Reach::public().and(["127.0.0.0/8".parse().unwrap()]);
    Notices::none().mailing(MailRoute {
        smtp: Smtp::new(Dialler::new(names, reach, Trust::nobody()), route.limited(limits)),
        from: Mailbox::bare("desk@centre.test".parse().unwrap()),
        bounces: None,
    })
}

fn node() -> Dispatching {
    Dispatching::on("00000000000000000000000000000001".parse().unwrap())
}

#[tokio::test]
async fn what_a_real_server_puts_off_cuts_or_leaves_unanswered_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(StoryClock::at("2026-03-14T02:00:00Z".parse().unwrap()));
    let settings = DeskSettings {
        url: url(folder.path()),
        clock: Arc::<StoryClock>::clone(&clock),
        ids: Arc::new(MachineIds),
    };
    let desk = centre(folder.path(), settings).await;
    let server = MailServer::start();
    let mut stands = Vec::new();
    for to in ["mara", "nobody", "grey", "cut-once", "slow"] {
        report(&desk, &format!("{to}@unit.test")).await;
        desk.dispatch_now(node(), notices(server.port)).await.unwrap();
        let newest = every_message(&desk).await.remove(0);
        stands.push((to, newest.state, newest.uncertain));
        clock.set(desk.now() + SignedDuration::from_secs(1));
    }
    let state = |to, state: &str, uncertain| (to, state.to_owned(), uncertain);
    assert_eq!(
        stands,
        [
            state("mara", "delivered", 0),
            state("nobody", "refused", 0),
            state("grey", "deferred", 0),
            state("cut-once", "uncertain", 1),
            state("slow", "uncertain", 1),
        ]
    );
    clock.set(desk.now() + SignedDuration::from_mins(2));
    desk.dispatch_now(node(), notices(server.port)).await.unwrap();
    let states: Vec<(String, i64)> =
        every_message(&desk).await.into_iter().rev().map(|it| (it.state, it.uncertain)).collect();
    let state = |state: &str, uncertain| (state.to_owned(), uncertain);
    assert_eq!(
        states,
        [
            state("delivered", 0),
            state("refused", 0),
            state("delivered", 0),
            state("delivered", 1),
            state("uncertain", 2),
        ]
    );
    // Taken once, once, twice and twice; what came again has the same id.
    let taken = server.taken();
    assert_eq!((taken.len(), taken.iter().collect::<BTreeSet<_>>().len()), (6, 4));
    desk.close().await;
}

fn fengsui(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fengsui"));
    command
        .args(arguments)
        .args(["--data", folder.to_str().unwrap()])
        .args(["--config", folder.join("fengsui.toml").to_str().unwrap()])
        .env_remove("FENGSUI_DATA")
        .env_remove("FENGSUI_CONFIG");
    command
}

fn served(folder: &Path) -> Child {
    fengsui(folder, &["serve", "--listen", "127.0.0.1:0"]).stdout(Stdio::null()).spawn().unwrap()
}

fn ran(folder: &Path, arguments: &[&str]) -> Output {
    let output = fengsui(folder, arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

fn configure(folder: &Path, port: u16) {
    let text = format!(
        "[centre]\nname = \"市应急中心\"\nbase_url = \"https://desk.test\"\n\
         [mail]\nserver = \"127.0.0.1\"\nport = {port}\nsecurity = \"plain\"\n\
         from = \"desk@centre.test\"\nnetworks = [\"127.0.0.0/8\"]\n"
    );
    std::fs::write(folder.join("fengsui.toml"), text).unwrap();
}

/// How much is waiting, by what the program itself says.
fn waiting(folder: &Path) -> String {
    let said = String::from_utf8(ran(folder, &["dispatch", "status"]).stdout).unwrap();
    let line = said.lines().find(|line| line.starts_with("waiting")).unwrap();
    line.split_whitespace().last().unwrap().to_owned()
}

#[tokio::test]
async fn a_program_that_is_killed_while_it_sends_loses_nothing_and_marks_what_it_doubles() {
    const MESSAGES: usize = 300;
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let desk = centre(folder, on_this_machine(folder)).await;
    for number in 0..MESSAGES {
        report(&desk, &format!("p{number}@unit.test")).await;
    }
    desk.close().await;
    let server = MailServer::start();
    configure(folder, server.port);
    let distinct = || server.taken().into_iter().collect::<BTreeSet<_>>().len();
    let mut chance = 0x2545_f491_4f6c_dd1d_u64;
    let mut kills = 0;
    while distinct() < MESSAGES {
        let mut program = served(folder);
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        let more = 5 + usize::try_from(chance % 40).unwrap();
        server.has_taken(server.taken().len() + more.min(MESSAGES - distinct()));
        // SIGKILL: nothing is finished, nothing is written down any more.
        program.kill().unwrap();
        program.wait().unwrap();
        kills += 1;
    }
    let mut program = served(folder);
    while waiting(folder) != "0" {}
    let ended = Command::new("sh").arg("-c").arg(format!("kill -TERM {}", program.id())).status();
    assert!(ended.unwrap().success());
    assert!(program.wait().unwrap().success());

    let letters = server.taken();
    let mut by_id: BTreeMap<&str, usize> = BTreeMap::new();
    for id in &letters {
        *by_id.entry(id).or_default() += 1;
    }
    let desk = Desk::open(&on_this_machine(folder)).await.unwrap();
    let mut uncertain = 0;
    let mut recipients = 0;
    for line in every_message(&desk).await {
        recipients += 1;
        assert_eq!(line.state, "delivered", "{}", line.message);
        uncertain += line.uncertain;
        let id = format!("<{}@127.0.0.1>", line.message);
        let times = by_id.get(id.as_str()).copied().unwrap_or(0);
        let explained = usize::try_from(line.uncertain + 1).unwrap();
        assert!((1..=explained).contains(&times), "{id}: {times} times, {explained} explained");
    }
    let doubled = letters.len() - by_id.len();
    let mut out = std::io::stderr().lock();
    writeln!(
        out,
        "{MESSAGES} messages, {kills} kills: {} letters, {} Message-IDs, {doubled} doubled, \
         {uncertain} attempts marked uncertain",
        letters.len(),
        by_id.len()
    )
    .unwrap();
    assert_eq!((recipients, by_id.len()), (MESSAGES, MESSAGES), "nothing lost");
    assert!(doubled <= usize::try_from(uncertain).unwrap(), "every double is marked");
    assert!(uncertain <= 4 * kills, "at most what was under way at a kill");
    assert!(desk.verify(|_, _| {}).await.unwrap().is_ok());
    assert_eq!(desk.rebuild(|_, _| {}).await.unwrap().differences, Vec::<String>::new());
    desk.close().await;
}

#[tokio::test]
async fn a_bounce_is_piped_in_and_a_record_on_another_machine_is_held_until_released() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let desk = centre(folder, on_this_machine(folder)).await;
    report(&desk, "mara@unit.test").await;
    desk.close().await;
    let server = MailServer::start();
    configure(folder, server.port);
    let mut program = served(folder);
    server.has_taken(1);
    while waiting(folder) != "0" {}
    program.kill().unwrap();
    program.wait().unwrap();

    let id = server.taken().remove(0);
    let mail = format!(
        "From: MAILER-DAEMON@mail.test\nContent-Type: multipart/report; \
         report-type=delivery-status; boundary=\"b\"\nMIME-Version: 1.0\n\n\
         --b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mail.test\n\n\
         Final-Recipient: rfc822; mara@unit.test\nAction: failed\nStatus: 5.1.1\n\n\
         --b\nContent-Type: message/rfc822\n\nMessage-ID: {id}\n\nbody\n--b--\n"
    );
    std::fs::write(folder.join("bounce.eml"), mail.replace('\n', "\r\n")).unwrap();
    let bounce = folder.join("bounce.eml");
    let said = ran(folder, &["dispatch", "bounce", bounce.to_str().unwrap()]);
    assert!(String::from_utf8_lossy(&said.stdout).starts_with("noted at msg_"));

    // The same record in a folder that never sent from it.
    std::fs::remove_file(folder.join("node")).unwrap();
    let desk = Desk::open(&on_this_machine(folder)).await.unwrap();
    desk.set_ways(Ways { mail: Some("127.0.0.1".to_owned()), ..Ways::default() });
    report(&desk, "wei@unit.test").await;
    desk.close().await;
    let mut program = served(folder);
    let status = || String::from_utf8(ran(folder, &["dispatch", "status"]).stdout).unwrap();
    while !status().contains("held: this record was used by another node") {}
    assert!(status().contains("needs somebody       1"), "{}", status());
    assert_eq!(server.taken().len(), 1);
    ran(folder, &["dispatch", "release", "--reason", "the old machine is off"]);
    server.has_taken(2);
    program.kill().unwrap();
    program.wait().unwrap();
}
