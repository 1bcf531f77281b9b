//! What can be typed after `fengsui`.

mod watch;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use watch::{
    AnswerAs, Expire, Ingest, Lake, Query, Read, Reread, Status, StatusAs, Token, Understanding,
    Watch,
};

/// Fengsui 烽燧 carries out a cybersecurity emergency plan.
#[derive(Debug, Parser)]
#[command(
    name = "fengsui",
    version,
    after_help = "Examples:
  fengsui demo                                  a populated centre, to look around
  fengsui init --data /var/lib/fengsui          a new centre with its first administrator
  fengsui serve --data /var/lib/fengsui --listen 0.0.0.0:8443
  fengsui plan check plans/*.toml               is this pack sound?
  fengsui plan grade --plan shanghai-2019 --facts facts.toml
  fengsui watch read eve.json                   what is in a sensor's log?
  fengsui journal verify --data /var/lib/fengsui"
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Configuration file [default: fengsui.toml, if there is one]
    #[arg(long, global = true, env = "FENGSUI_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Folder of the record; the embedded database is DIR/fengsui.db
    #[arg(long, global = true, env = "FENGSUI_DATA", value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// How much is logged on standard error: error, warn, info, debug
    #[arg(long, global = true, env = "FENGSUI_LOG", default_value = "warn", value_name = "LEVEL")]
    pub(crate) log: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a new centre: the record, the plan in force, the first administrator
    Init(Init),
    /// Open a populated centre on loopback, with an account for each role
    Demo(Demo),
    /// Serve the screens and the API
    Serve(Serve),
    /// Read, check and try plans
    #[command(subcommand)]
    Plan(Plan),
    /// Prove or export the journal
    #[command(subcommand)]
    Journal(Journal),
    /// Copy the whole record away while it is in use, and verify the copy
    Backup(Backup),
    /// Bring a record back from a backup, into a folder that holds none
    Restore(Restore),
    /// Work on what is derived from the journal
    #[command(subcommand)]
    Boards(Boards),
    /// What is sent: whether it goes on, and what came back
    #[command(subcommand)]
    Dispatch(Dispatch),
    /// What of one incident is carried away: evidence
    #[command(subcommand)]
    Incident(Incident),
    /// What has been kept long enough by the rules of the house
    #[command(subcommand)]
    Custody(Custody),
    /// Accounts of people and programs
    #[command(subcommand)]
    Account(Account),
    /// Roles of the plan: who they are here
    #[command(subcommand)]
    Role(Role),
    /// Rules of the house: reminders, call-outs, how long things are kept
    #[command(subcommand)]
    House(House),
    /// The worklist on paper, for the hour the machine is down
    #[command(subcommand)]
    Paper(Paper),
    /// The registry of organisations
    #[command(subcommand)]
    Organisation(Organisation),
    /// The duty roster
    #[command(subcommand)]
    Roster(Roster),
    /// Feeds and sensors: read, take in, collect
    #[command(subcommand)]
    Watch(Watch),
    /// The records of the watch: ask, tidy up
    #[command(subcommand)]
    Lake(Lake),
}

#[derive(Debug, Subcommand)]
pub(crate) enum House {
    /// Print the rules in force, or those that ship where there is no record yet
    Show,
    /// Check a file of rules; exit 1 if anything is wrong with it
    #[command(after_help = "Example:
  fengsui house check house.toml")]
    Check {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Put a file of rules in force; what was in force before stays in the record
    #[command(after_help = "Example:
  fengsui house adopt house.toml --data /var/lib/fengsui
A server that is running takes it up when it is started again.")]
    Adopt {
        /// The file
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
#[command(after_help = "Example:
  fengsui init --data /var/lib/fengsui --login admin --name 管理员
The password is read from FENGSUI_PASSWORD, or made up and printed once.")]
pub(crate) struct Init {
    /// Login of the first administrator
    #[arg(long, default_value = "admin")]
    pub(crate) login: String,
    /// Name of the first administrator
    #[arg(long, default_value = "管理员")]
    pub(crate) name: String,
    /// The plan to adopt
    #[arg(long, default_value = "shanghai-2019", value_name = "ID")]
    pub(crate) plan: String,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:
  fengsui demo --listen 127.0.0.1:8080
Data go to ./fengsui-demo unless --data says otherwise; delete the folder to begin anew.")]
pub(crate) struct Demo {
    /// Address and port to listen on
    #[arg(long, env = "FENGSUI_LISTEN", value_name = "ADDR")]
    pub(crate) listen: Option<SocketAddr>,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  fengsui serve --data /var/lib/fengsui --listen 127.0.0.1:8080
  fengsui serve --certificate chain.pem --key key.pem --listen 0.0.0.0:443
A changed certificate is taken up within a minute, or at once on SIGHUP.")]
pub(crate) struct Serve {
    /// Address and port to listen on [default: 127.0.0.1:8080]
    #[arg(long, env = "FENGSUI_LISTEN", value_name = "ADDR")]
    pub(crate) listen: Option<SocketAddr>,
    /// Certificate chain, PEM; with it the server speaks TLS only
    #[arg(long, env = "FENGSUI_CERTIFICATE", requires = "key", value_name = "FILE")]
    pub(crate) certificate: Option<PathBuf>,
    /// Private key, PEM
    #[arg(long, env = "FENGSUI_KEY", requires = "certificate", value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Plan {
    /// Check packs; exit 1 if any has an error
    #[command(after_help = "Examples:
  fengsui plan check plans/shanghai-2019.toml
  fengsui plan check shanghai-2019 --deep")]
    Check {
        /// Pack files, or ids of shipped packs
        #[arg(required = true, value_name = "PACK")]
        packs: Vec<String>,
        /// Walk every state that a response can reach, and prove that none is a dead end
        #[arg(long)]
        deep: bool,
        /// How to print what the walk found
        #[arg(long, value_enum, requires = "deep", default_value_t = Format::Text)]
        format: Format,
    },
    /// Grade an incident by a plan
    #[command(after_help = "Example:
  fengsui plan grade --plan shanghai-2019 --facts facts.toml --format text
with facts.toml:
  [facts]
  system_importance = \"important\"
  system_loss = { min = \"considerable\" }")]
    Grade {
        /// Id of a shipped pack, or a file
        #[arg(long, value_name = "ID|FILE")]
        plan: String,
        /// What is known
        #[arg(long, value_name = "FILE")]
        facts: PathBuf,
        /// How to print it
        #[arg(long, value_enum, default_value_t = Format::Json)]
        format: Format,
    },
    /// Who owes what to whom by when, after what happened
    #[command(after_help = "Example:
  fengsui plan duties --plan shanghai-2019 --timeline timeline.toml --at 2026-03-14T10:20:00+08:00
with timeline.toml:
  [[happened]]
  at = 2026-03-14T10:00:00+08:00
  what = \"discovered\"")]
    Duties {
        /// Id of a shipped pack, or a file; several give one worklist
        #[arg(long = "plan", required = true, value_name = "ID|FILE")]
        plans: Vec<String>,
        /// What happened
        #[arg(long, value_name = "FILE")]
        timeline: PathBuf,
        /// The time of asking [default: the last time in the file]
        #[arg(long, value_name = "RFC3339")]
        at: Option<jiff::Timestamp>,
        /// How to print it
        #[arg(long, value_enum, default_value_t = Format::Json)]
        format: Format,
    },
    /// Whether plans apply to an incident at all
    #[command(after_help = "Example:
  fengsui plan applies --plan nis2-2022 --plan gdpr-33 --facts facts.toml
with facts.toml:
  [facts]
  nis2_entity = true")]
    Applies {
        /// Id of a shipped pack, or a file; without it every shipped pack
        #[arg(long = "plan", value_name = "ID|FILE")]
        plans: Vec<String>,
        /// What is known
        #[arg(long, value_name = "FILE")]
        facts: PathBuf,
        /// How to print it
        #[arg(long, value_enum, default_value_t = Format::Json)]
        format: Format,
    },
    /// What changes for whom from one plan to another, what is looser or gone first
    #[command(after_help = "Example:
  fengsui plan compare shanghai-2019 shanghai-2026.toml")]
    Compare {
        /// The plan as it was: id of a shipped pack, or a file
        #[arg(value_name = "A")]
        from: String,
        /// The plan as it is
        #[arg(value_name = "B")]
        to: String,
        /// Only what changes for this role
        #[arg(long, value_name = "ROLE")]
        role: Option<String>,
        /// Language of the text: zh or en
        #[arg(long, default_value = "en")]
        lang: fengsui_vocabulary::Lang,
        /// How to print it
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Show a plan as a page to read, or draw its deadlines
    #[command(after_help = "Examples:
  fengsui plan show shanghai-2019 --lang en
  fengsui plan show shanghai-2019 --lang en --timeline-svg deadlines.svg")]
    Show {
        /// Id of a shipped pack, or a file
        #[arg(value_name = "ID|FILE")]
        plan: String,
        /// Language: zh or en
        #[arg(long, default_value = "zh")]
        lang: fengsui_vocabulary::Lang,
        /// Draw the deadlines into this file instead; it is not overwritten
        #[arg(long, value_name = "FILE")]
        timeline_svg: Option<PathBuf>,
    },
    /// List the shared classifications, or the classes of one, or where one class leads
    #[command(after_help = "Examples:
  fengsui plan taxonomy
  fengsui plan taxonomy rsit
  fengsui plan taxonomy cncert --walk phishing --format json")]
    Taxonomy {
        /// Id of a taxonomy
        #[arg(value_name = "ID")]
        taxonomy: Option<String>,
        /// Where this class leads in other taxonomies
        #[arg(long, value_name = "CODE", requires = "taxonomy")]
        walk: Option<String>,
        /// How to print it
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Print what a file says, as JSON with sorted keys: comments and white space do not show
    #[command(after_help = "Example:
  fengsui plan canonical plans/shanghai-2019.toml | sha256sum")]
    Canonical {
        /// A TOML file, or the id of a shipped pack
        #[arg(value_name = "FILE")]
        file: String,
    },
    /// List the facts that plans grade by
    Facts {
        /// How to print it
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For programs
    Json,
    /// For people
    Text,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Journal {
    /// Recompute the chain of hashes; name the first entry that was changed, removed or reordered
    #[command(after_help = "Example:\n  fengsui journal verify --data /var/lib/fengsui")]
    Verify,
    /// Print every entry as one JSON line
    #[command(after_help = "Example:\n  fengsui journal export > journal.ndjson")]
    Export {
        /// Only entries after this position
        #[arg(long, default_value_t = 0)]
        after: u64,
        /// Send what the collector of `syslog` does not have yet, without texts, instead of printing
        #[arg(long, conflicts_with = "after")]
        syslog: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Incident {
    /// Make a package of evidence of one incident, or check one
    #[command(after_help = "Examples:
  fengsui incident evidence 2026-0001 --for 市公安局网安总队 --purpose 立案侦查 --out evidence.zip
  fengsui incident evidence --verify evidence.zip")]
    Evidence(Evidence),
}

#[derive(Debug, Args)]
pub(crate) struct Evidence {
    /// Number or id of the incident
    #[arg(required_unless_present = "verify", value_name = "INCIDENT")]
    pub(crate) incident: Option<String>,
    /// For whom it is made
    #[arg(long = "for", required_unless_present = "verify", value_name = "WHOM")]
    pub(crate) made_for: Option<String>,
    /// What it is made for
    #[arg(long, default_value = "调查取证", value_name = "PURPOSE")]
    pub(crate) purpose: String,
    /// The file to make; it must not exist yet
    #[arg(long, required_unless_present = "verify", value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Check this package instead: its files, every entry, every text. Needs no record
    #[arg(long, conflicts_with_all = ["incident", "made_for", "out"], value_name = "FILE")]
    pub(crate) verify: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Custody {
    /// List what has been kept long enough; erases nothing
    #[command(after_help = "Example:\n  fengsui custody due --data /var/lib/fengsui")]
    Due,
    /// Erase what has been kept long enough and is not held, as `serve` does once a day
    #[command(after_help = "Example:\n  fengsui custody erase-due --dry-run")]
    EraseDue {
        /// Only list
        #[arg(long)]
        dry_run: bool,
    },
}

#[derive(Debug, Args)]
#[command(after_help = "Example:
  fengsui backup --data /var/lib/fengsui --to /mnt/elsewhere/fengsui
Each backup is a folder of its own with a manifest. The program may go on serving meanwhile.")]
pub(crate) struct Backup {
    /// The folder under which the backup gets a folder of its own [default: `backup.to` of the configuration]
    #[arg(long, value_name = "DIR")]
    pub(crate) to: Option<PathBuf>,
    /// Afterwards remove all but the newest N
    #[arg(long, value_name = "N")]
    pub(crate) keep: Option<usize>,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:
  fengsui restore /mnt/elsewhere/fengsui/fengsui-20260314T020000000Z --data /var/lib/fengsui-restored
Nothing goes out of a restored record until a person releases it.")]
pub(crate) struct Restore {
    /// The folder of the backup
    #[arg(value_name = "BACKUP")]
    pub(crate) backup: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Boards {
    /// Derive every board anew, compare with what is there, and take the new ones
    #[command(after_help = "Example:\n  fengsui boards rebuild --data /var/lib/fengsui")]
    Rebuild,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Dispatch {
    /// How much waits, how long already, and whether sending is held
    Status,
    /// Let sending go on after a restore or a move to another machine
    #[command(after_help = "Example:
  fengsui dispatch release --reason 'the old machine is off; the list was compared'")]
    Release {
        /// Why it may go on; it is written into the journal
        #[arg(long)]
        reason: String,
    },
    /// Hold sending until it is released; everything queued stays
    Hold {
        /// Why; it is written into the journal
        #[arg(long)]
        reason: String,
    },
    /// Take in the report of a mail server about a letter that did not arrive
    #[command(after_help = "Example of a pipe in a mail server's aliases:
  bounces: \"|/usr/bin/fengsui dispatch bounce --data /var/lib/fengsui -\"
Exit 0 when it is on disk, 75 when the mail server should hand it over again later.")]
    Bounce {
        /// The report as mail; - reads standard input
        #[arg(default_value = "-", value_name = "FILE")]
        file: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Account {
    /// Add an account
    #[command(after_help = "Example:
  fengsui account add --login mara --name 马岚 --organisation 市委网信办 --role cac_office --capacity officer
The password is read from FENGSUI_PASSWORD, or made up and printed once.")]
    Add {
        /// What is typed to sign in
        #[arg(long)]
        login: String,
        /// The person's name
        #[arg(long)]
        name: String,
        /// The person's organisation: its id or its Chinese name
        #[arg(long)]
        organisation: Option<String>,
        /// Roles of the plan in which the person acts
        #[arg(long = "role")]
        roles: Vec<String>,
        /// Capacities: officer, leader, registrar, plan-officer, liaison, auditor, administrator
        #[arg(long = "capacity")]
        capacities: Vec<String>,
        #[command(flatten)]
        reached: ReachedBy,
    },
    /// Say where a person is reached besides the screen; what is left out is forgotten
    #[command(after_help = "Example:
  fengsui account reach mara --mail mara@unit.example --mobile 13800000000 --lang zh")]
    Reach {
        /// Whose
        login: String,
        #[command(flatten)]
        reached: ReachedBy,
    },
    /// Set a password
    #[command(
        after_help = "The password is read from FENGSUI_PASSWORD, or made up and printed once."
    )]
    Password {
        /// Whose
        login: String,
    },
    /// List accounts
    List,
    /// Switch signing in off
    Close {
        /// Whose
        login: String,
    },
    /// Make a token for a program that uses the API as this account
    Token {
        /// As whom it acts
        login: String,
        /// What the program is called
        #[arg(long)]
        client: String,
    },
}

/// Where a person is reached besides the screen.
#[derive(Debug, Args)]
pub(crate) struct ReachedBy {
    /// Mail address
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) mail: Option<String>,
    /// Telephone that takes short messages
    #[arg(long, value_name = "NUMBER")]
    pub(crate) mobile: Option<String>,
    /// Language in which the person is written to: zh or en
    #[arg(long, default_value = "zh")]
    pub(crate) lang: fengsui_vocabulary::Lang,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Role {
    /// List the roles of the plan and who they are here
    List,
    /// Bind a role to an organisation
    #[command(after_help = "Example:\n  fengsui role bind cac_office 市委网信办")]
    Bind {
        /// The role
        role: String,
        /// The organisation: its id or its Chinese name
        organisation: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Roster {
    /// Show who is on duty now and next, and a month shift by shift
    #[command(after_help = "Example:\n  fengsui roster show --month 2026-03")]
    Show {
        /// The month [default: this one]
        #[arg(long, value_name = "YYYY-MM")]
        month: Option<String>,
    },
    /// Name people from a CSV file; all of it or nothing
    #[command(after_help = "Example:
  fengsui roster import march.csv --dry-run
The first line names the columns: date, shift, post, first, deputies. People are named by their logins,
several deputies with blanks between.")]
    Import {
        /// The file, UTF-8
        file: PathBuf,
        /// Say what would happen, change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// List the times for which nobody is on the roster; exit 1 if there are any
    #[command(after_help = "Example:\n  fengsui roster gaps --month 2026-03")]
    Gaps {
        /// The month [default: this one]
        #[arg(long, value_name = "YYYY-MM")]
        month: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Paper {
    /// Print the worklist and the call list as they stand now
    #[command(after_help = "Examples:
  fengsui paper print | lp
  fengsui paper print --out worklist.pdf --lang en
While `fengsui serve` runs it writes both every hour into DIR/paper, and when it stops.")]
    Print {
        /// Into this file instead: pages when it ends in .pdf, else a text
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Language: zh or en
        #[arg(long, default_value = "zh")]
        lang: fengsui_vocabulary::Lang,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Organisation {
    /// Read organisations from a CSV file; all of them or none
    #[command(after_help = "Example:
  fengsui organisation import organisations.csv --dry-run
The first line names the columns: name_zh, name_en, kind, parent, district, sector, telephone.")]
    Import {
        /// The file, UTF-8
        file: PathBuf,
        /// Say what would happen, change nothing
        #[arg(long)]
        dry_run: bool,
    },
}
