//! Letters a second to a server on loopback, beside a plain loop of the mail library.
//!
//! ```text
//! cargo run --release -p fengsui-notices --example mail_rate -- [LETTERS] [PORT]
//! ```
//!
//! Without a port it starts a sink of its own that only answers, so that the client is what is
//! measured. With a port it sends to whatever mail server listens there, in the clear.

#![expect(clippy::print_stdout, reason = "a program that tells its figures")]

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{IpAddr, Ipv4Addr, TcpListener, TcpStream};
use std::thread;
use std::time::Instant;

use fengsui_notices::{
    Attempt, Destination, MailRoute, Mailbox, Message, MessageId, Notices, Outcome, Passage,
    Phrase, Sender as _,
};
use fengsui_outbound::{Dialler, Names, Reach, Security, Smtp, SmtpRoute, Trust};
use fengsui_vocabulary::{Lang, Realm};
use lettre::{SmtpTransport, Transport as _};

type Failure = Box<dyn Error>;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let letters: u32 = arguments.next().map_or(Ok(300), |text| text.parse())?;
    let port = match arguments.next() {
        Some(port) => port.parse()?,
        None => sink()?,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    for round in 1..=3 {
        let plain = plain_loop(port, letters)?;
        let ours = runtime.block_on(ours(port, letters))?;
        println!(
            "round {round}: library {plain:.0}/s, ours {ours:.0}/s, ratio {:.2}",
            ours / plain
        );
    }
    Ok(())
}

/// Composing and sending, one letter after the other.
async fn ours(port: u16, letters: u32) -> Result<f64, Failure> {
    let route = SmtpRoute::new("mail.test", port, Security::Plain, "desk.test")?;
    let addresses = vec![IpAddr::V4(Ipv4Addr::LOCALHOST)];
    let names = Names::Fixed(BTreeMap::from([("mail.test".to_owned(), addresses)]));
    let reach = Reach::public().and(["127.0.0.0/8".parse()?]);
    let smtp = Smtp::new(Dialler::new(names, reach, Trust::nobody()), route);
    let from = Mailbox { name: Some(Phrase::of(NAME)), address: "desk@centre.test".parse()? };
    let notices = Notices::none().mailing(MailRoute { smtp, from, bounces: None });
    let begun = Instant::now();
    for number in 0..letters {
        let outcome = notices.send(&message(number)?).await;
        let Outcome::Delivered { .. } = outcome else { return Err(format!("{outcome:?}").into()) };
    }
    let rate = f64::from(letters) / begun.elapsed().as_secs_f64();
    notices.close().await;
    Ok(rate)
}

/// The same letters by the library's own transport, with its pool.
fn plain_loop(port: u16, letters: u32) -> Result<f64, Failure> {
    let transport = SmtpTransport::builder_dangerous("127.0.0.1").port(port).build();
    let begun = Instant::now();
    for number in 0..letters {
        let letter = lettre::Message::builder()
            .from(format!("{NAME} <desk@centre.test>").parse()?)
            .to("mara@unit.test".parse()?)
            .subject(SUBJECT)
            .message_id(Some(format!("<ntc_{number}@desk.test>")))
            .body(TEXT.to_owned())?;
        transport.send(&letter)?;
    }
    Ok(f64::from(letters) / begun.elapsed().as_secs_f64())
}

fn message(number: u32) -> Result<Message, Failure> {
    Ok(Message {
        id: MessageId::of(format!("ntc_{number}"), "desk.test")?,
        realm: Realm::Live,
        destination: Destination::Mail(Mailbox::bare("mara@unit.test".parse()?)),
        subject: Phrase::of(SUBJECT),
        text: Passage::of(TEXT),
        lang: Lang::Zh,
        in_reply_to: None,
        written_at: "2026-03-14T01:00:00Z".parse()?,
        attempt: Attempt { number: 1, at: "2026-03-14T01:00:00Z".parse()? },
    })
}

/// A server that takes everything and keeps nothing.
fn sink() -> Result<u16, Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = listener.local_addr()?.port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || answered(&stream));
        }
    });
    Ok(port)
}

fn answered(stream: &TcpStream) -> std::io::Result<()> {
    let mut out = stream;
    stream.set_nodelay(true)?;
    out.write_all(b"220 ready\r\n")?;
    let mut is_letter = false;
    for line in BufReader::new(stream).lines() {
        let line = line?;
        let answer = match (is_letter, line.as_str()) {
            (true, ".") => "250 taken",
            (true, _) => continue,
            (false, "DATA") => "354 go on",
            (false, _) => "250 ok",
        };
        is_letter = answer.starts_with('3');
        out.write_all(format!("{answer}\r\n").as_bytes())?;
    }
    Ok(())
}

const NAME: &str = "应急值班室";

const SUBJECT: &str = "【即将到期】口头报告：SH-2026-7 供水平台";

const TEXT: &str = "事项：口头报告（依据：4.1.1）\n对象：SH-2026-7 供水平台\n报送：市委网信办\n\
                    截止：2026-03-14 10:30 +08:00\n还有 15 分钟。\n\n办理：https://desk.test/incidents/7\n";
