//! What can be typed after `fengsui watch` and `fengsui lake`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use fengsui_formats::Format;
use fengsui_records::{FeedName, Reason};

#[derive(Debug, Subcommand)]
pub(crate) enum Watch {
    /// Read files and print their records as JSON, one a line; nothing is kept
    Read(Read),
    /// Take files into the lake; what is there already is not taken in again
    Ingest(Ingest),
    /// Read again what is in quarantine, by the settings and readers of now
    Reread(Reread),
    /// Collect from the configured feeds until stopped, without screens
    Run,
    /// How each feed does: rate, lag, silence, what waits, what was lost
    Status(Status),
    /// Tokens of programs that push to feeds
    #[command(subcommand)]
    Token(Token),
}

/// How feeds are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum StatusAs {
    /// Columns under one another, for people
    Table,
    /// One JSON object a line, for programs
    Json,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  fengsui watch status
  fengsui watch status --print json | jq 'select(.lost > 0)'
What waits and what was lost is what the collector said last, at most two seconds ago while it runs; all else is from the lake.
Of the last day: suppressed, sampled, quarantined, refused, lost. Lost counts what the sensor says and what found no room here.")]
pub(crate) struct Status {
    /// How it is printed
    #[arg(long, value_enum, default_value = "table", value_name = "FORM")]
    pub(crate) print: StatusAs,
    /// Language of the table: zh or en
    #[arg(long, default_value = "en")]
    pub(crate) lang: fengsui_vocabulary::Lang,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Token {
    /// Make a token that may push to one feed and nothing else; it is printed once
    #[command(after_help = "Example:
  fengsui watch token issue sensor-north --client probe-7 --as lin")]
    Issue {
        /// The feed
        #[arg(value_name = "FEED")]
        feed: FeedName,
        /// What the program is called
        #[arg(long)]
        client: String,
        /// The account that answers for it
        #[arg(long = "as", value_name = "LOGIN")]
        login: String,
    },
    /// List the tokens that may push
    List,
    /// Take tokens back: those of a program, for one feed or for all
    #[command(after_help = "Examples:
  fengsui watch token revoke --client probe-7
  fengsui watch token revoke --client probe-7 --feed sensor-north
A program that serves meanwhile refuses them within ten seconds.")]
    Revoke {
        /// What the program is called
        #[arg(long)]
        client: String,
        /// Only those for this feed
        #[arg(long, value_name = "FEED")]
        feed: Option<FeedName>,
    },
}

/// How bytes are to be understood.
#[derive(Clone, Debug, Args)]
pub(crate) struct Understanding {
    /// Format of the files [default: guessed for each]
    #[arg(long = "as", value_name = "FORMAT", value_parser = format)]
    pub(crate) format: Option<Format>,
    /// Mapping of a CSV or JSON feed
    #[arg(long, value_name = "FILE")]
    pub(crate) mapping: Option<PathBuf>,
    /// Schema of the reports of Shadowserver [default: as configured]
    #[arg(long, value_name = "FILE")]
    pub(crate) shadowserver_schema: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  fengsui watch read eve.json | head
  fengsui watch read --as shadowserver --shadowserver-schema schema.json scan_rdp.csv
  fengsui watch read --as csv --mapping feed.toml list.csv.gz > records.ndjson
On standard error there is one JSON object for each file: records read, pieces quarantined, and why.")]
pub(crate) struct Read {
    #[command(flatten)]
    pub(crate) understanding: Understanding,
    /// The files; plain, gzip, zstd or zip
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  fengsui watch ingest eve.json.gz
  fengsui watch ingest --feed partner --as csv --mapping feed.toml 2026-03-*.csv
  fengsui watch ingest --registry networks.csv eve.json
The lake is DIR/lake unless `watch.lake` says otherwise. Files are told apart by what is in them.")]
pub(crate) struct Ingest {
    #[command(flatten)]
    pub(crate) understanding: Understanding,
    /// The feed the records belong to [default: the name of the format]
    #[arg(long, value_name = "NAME")]
    pub(crate) feed: Option<FeedName>,
    /// Networks and whose they are, as CSV with the columns network and organisation, and if known district, sector, from, until
    /// [default: the registry of the record, if there is one]
    #[arg(long, value_name = "FILE")]
    pub(crate) registry: Option<PathBuf>,
    /// No progress bar
    #[arg(long)]
    pub(crate) quiet: bool,
    /// The files; plain, gzip, zstd or zip
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  fengsui watch reread --dry-run
  fengsui watch reread --feed shadowserver --shadowserver-schema schema.json
  fengsui watch reread --feed partner --reason columns_changed --mapping partner.toml
What can be read now becomes records, is taken out of quarantine, and is never taken in twice. What cannot stays there.
On standard error there is one JSON object for each feed: pieces looked at, records, repeats, and what stays.")]
pub(crate) struct Reread {
    /// Of this feed only
    #[arg(long, value_name = "NAME")]
    pub(crate) feed: Option<FeedName>,
    /// Format of the pieces [default: as configured, or else as what they were read]
    #[arg(long = "as", value_name = "FORMAT", value_parser = format)]
    pub(crate) format: Option<Format>,
    /// Those that could not be read for this reason only, by its code; a wrong one lists them
    #[arg(long, value_name = "CODE", value_parser = reason)]
    pub(crate) reason: Option<Reason>,
    /// Mapping of a CSV or JSON feed [default: as configured]
    #[arg(long, value_name = "FILE")]
    pub(crate) mapping: Option<PathBuf>,
    /// Schema of the reports of Shadowserver [default: as configured]
    #[arg(long, value_name = "FILE")]
    pub(crate) shadowserver_schema: Option<PathBuf>,
    /// Networks and whose they are, as `watch ingest` has it
    /// [default: the registry of the record, if there is one]
    #[arg(long, value_name = "FILE")]
    pub(crate) registry: Option<PathBuf>,
    /// Say what would come of it, and keep nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// No progress bar
    #[arg(long)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Lake {
    /// Ask by SQL; nothing can be changed by it
    Query(Query),
    /// Sort and merge files, day by day, so that questions are answered faster
    Compact,
    /// Remove files nobody needs any more
    Vacuum,
    /// Remove days that have been kept long enough
    Expire(Expire),
    /// What the lake holds
    Status,
}

/// How an answer is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AnswerAs {
    /// Columns under one another, for people
    Table,
    /// Comma-separated, with a header
    Csv,
    /// One JSON object a line
    Json,
    /// Parquet; needs --out
    Parquet,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  fengsui lake query 'SELECT \"source.ip\", count(*) FROM records GROUP BY 1 ORDER BY 2 DESC LIMIT 10'
  fengsui lake query --print csv --out quarantine.csv 'SELECT feed, reason, count(*) FROM quarantine GROUP BY ALL'
  fengsui lake query --print parquet --out march.parquet \"SELECT * FROM records WHERE day >= DATE '2026-03-01'\"
Views: records, suppressed, quarantine, resolved, everything. Columns with a dot are written in double quotes.")]
pub(crate) struct Query {
    /// The question
    #[arg(value_name = "SQL")]
    pub(crate) sql: String,
    /// How the answer is printed
    #[arg(long, value_enum, default_value = "table", value_name = "FORM")]
    pub(crate) print: AnswerAs,
    /// Where to [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Seconds it may take
    #[arg(long, default_value_t = 60, value_name = "SECONDS")]
    pub(crate) seconds_max: u64,
    /// Megabytes of memory it may take; what needs more goes to temporary files or is refused
    #[arg(long, default_value_t = 512, value_name = "MB")]
    pub(crate) memory_max: usize,
    /// Rows it may give
    #[arg(long, default_value_t = 1_000_000, value_name = "ROWS")]
    pub(crate) rows_max: usize,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:
  fengsui lake expire --before 2026-01-01")]
pub(crate) struct Expire {
    /// The first day that is kept [default: by the configured retention]
    #[arg(long, value_name = "DAY")]
    pub(crate) before: Option<jiff::civil::Date>,
}

fn reason(text: &str) -> Result<Reason, String> {
    Reason::of(text).ok_or_else(|| {
        let all: Vec<&str> = Reason::ALL.iter().map(|reason| reason.as_str()).collect();
        format!("there is no such reason; there are {}", all.join(", "))
    })
}

fn format(text: &str) -> Result<Format, fengsui_formats::FormatUnknown> {
    text.parse()
}
