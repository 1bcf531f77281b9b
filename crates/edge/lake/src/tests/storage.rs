//! A storage that speaks as much of S3 as a lake needs: on the loopback, in memory, and it fails when it is told to.
//!
//! No signature is checked. It has one bucket, `lake`. Each connection has a thread; all end with the storage.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use jiff::fmt::rfc2822::DateTimePrinter;
use jiff::{SignedDuration, Timestamp};

const BUCKET: &str = "/lake";

/// How an answer can go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It answers 503 and does nothing.
    Unavailable,
    /// It answers 503 from when there is something of that name.
    Hidden,
    /// It answers 409, as when others write the same at that moment, and does nothing.
    Conflict,
    /// It refuses the keys, and repeats the request as storages do.
    Denied,
    /// It does what it was asked and breaks the connection off in the middle of its answer.
    Lost,
    /// It breaks the connection off and does what it was asked when it is told to: see [`Storage::catch_up`].
    Late,
}

/// A fault to come.
#[derive(Debug)]
struct Planned {
    method: &'static str,
    part_of_name: String,
    fault: Fault,
    times: usize,
}

/// One storage.
pub(crate) struct Storage {
    address: SocketAddr,
    stopped: Arc<AtomicBool>,
    held: Arc<Mutex<Held>>,
}

/// What it holds.
#[derive(Default)]
struct Held {
    objects: BTreeMap<String, Object>,
    uploads: BTreeMap<String, BTreeMap<u32, Vec<u8>>>,
    faults: Vec<Planned>,
    late: Vec<Request>,
    asked: usize,
    nth: Option<(usize, Fault)>,
    page: usize,
    knows_no_condition: bool,
    ahead: SignedDuration,
    numbers: u64,
}

struct Object {
    bytes: Arc<Vec<u8>>,
    tag: String,
    written: Timestamp,
}

#[derive(Clone, Debug)]
struct Request {
    method: String,
    /// The bucket, and the key within it.
    name: String,
    query: BTreeMap<String, String>,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

#[derive(Debug)]
struct Response {
    status: &'static str,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    /// What a HEAD says instead of giving it.
    length: usize,
}

impl Storage {
    /// Begins on a port that is free.
    pub(crate) fn begin() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let stopped = Arc::new(AtomicBool::new(false));
        let held = Arc::new(Mutex::new(Held { page: 1_000, ..Held::default() }));
        let (is_over, shared) = (Arc::clone(&stopped), Arc::clone(&held));
        std::thread::spawn(move || {
            let connections = listener.incoming().flatten();
            for connection in connections.take_while(|_| !is_over.load(Ordering::SeqCst)) {
                let (is_over, shared) = (Arc::clone(&is_over), Arc::clone(&shared));
                // A client that goes away is no fault of the storage.
                std::thread::spawn(move || drop(serve(&connection, &is_over, &shared)));
            }
        });
        Self { address, stopped, held }
    }

    /// What a client has to know.
    pub(crate) fn settings(&self) -> BTreeMap<String, String> {
        let settings = [
            ("aws_endpoint_url", format!("http://{}", self.address)),
            ("aws_allow_http", "true".into()),
            ("aws_region", "north".into()),
            ("aws_access_key_id", "KEY-OF-LIN".into()),
            ("aws_secret_access_key", "SECRET-OF-LIN".into()),
            ("aws_session_token", "TOKEN-OF-LIN".into()),
        ];
        settings.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// The next requests of this kind go wrong, as often as is said.
    pub(crate) fn fail(
        &self,
        method: &'static str,
        part_of_name: &str,
        fault: Fault,
        times: usize,
    ) {
        let part_of_name = part_of_name.to_owned();
        self.held().faults.push(Planned { method, part_of_name, fault, times });
    }

    /// The request of this number goes wrong, counted from the first.
    pub(crate) fn fail_nth(&self, nth: usize, fault: Fault) {
        self.held().nth = Some((nth, fault));
    }

    /// Nothing goes wrong any more. Whether all that was planned had happened.
    pub(crate) fn heal(&self) -> bool {
        let mut held = self.held();
        held.faults.clear();
        held.nth.take().is_none()
    }

    /// How many requests there were.
    pub(crate) fn requests(&self) -> usize {
        self.held().asked
    }

    /// Does what was left undone.
    pub(crate) fn catch_up(&self) -> Vec<&'static str> {
        let mut held = self.held();
        let late = std::mem::take(&mut held.late);
        late.iter().map(|request| held.answer(request).status).collect()
    }

    /// Overwrites whatever it is told to keep, as old storages do.
    pub(crate) fn knows_no_condition(&self) {
        self.held().knows_no_condition = true;
    }

    /// So many names at once when it is asked what there is.
    pub(crate) fn in_pages_of(&self, page: usize) {
        self.held().page = page;
    }

    /// Time passes for it.
    pub(crate) fn later(&self, by: SignedDuration) {
        self.held().ahead += by;
    }

    /// Names that contain something.
    pub(crate) fn names(&self, part: &str) -> Vec<String> {
        self.held().objects.keys().filter(|name| name.contains(part)).cloned().collect()
    }

    /// Uploads in parts that were neither finished nor given up.
    pub(crate) fn uploads(&self) -> usize {
        self.held().uploads.len()
    }

    /// Puts something there that is nobody's business.
    pub(crate) fn leave(&self, name: &str) {
        self.held().keep(name.to_owned(), b"of somebody".to_vec());
    }

    /// Takes an object away behind everybody's back.
    pub(crate) fn lose(&self, part: &str) {
        self.held().objects.retain(|name, _| !name.contains(part));
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap()
    }
}

impl Drop for Storage {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // Wakes the one that waits for connections.
        drop(TcpStream::connect(self.address));
    }
}

/// Answers one request after another.
fn serve(connection: &TcpStream, is_over: &AtomicBool, held: &Mutex<Held>) -> io::Result<()> {
    connection.set_nodelay(true)?;
    let mut reader = BufReader::new(connection);
    while let Some(request) = read(&mut reader)? {
        if is_over.load(Ordering::SeqCst) {
            return Ok(());
        }
        let mut held = held.lock().unwrap();
        held.asked += 1;
        let fault = held.fault_of(&request);
        let is_head = request.method == "HEAD";
        let mut answered = match fault {
            Some(Fault::Unavailable | Fault::Hidden) => {
                Response::error("503 Slow Down", "SlowDown")
            }
            Some(Fault::Conflict) => Response::error("409 Conflict", "ConditionalRequestConflict"),
            Some(Fault::Denied) => denied(&request),
            Some(Fault::Late) => {
                held.late.push(request);
                return connection.shutdown(Shutdown::Both);
            }
            Some(Fault::Lost) | None => held.answer(&request),
        };
        drop(held);
        if is_head {
            answered.body.clear();
        }
        let bytes = answered.bytes();
        if fault == Some(Fault::Lost) {
            let half = bytes.get(..12).unwrap_or_default();
            (&mut &*connection).write_all(half)?;
            return connection.shutdown(Shutdown::Both);
        }
        (&mut &*connection).write_all(&bytes)?;
    }
    Ok(())
}

fn read(reader: &mut impl BufRead) -> io::Result<Option<Request>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace();
    let (Some(method), Some(target)) = (words.next(), words.next()) else { return Ok(None) };
    let (name, query) = target.split_once('?').unwrap_or((target, ""));
    let (method, name) = (method.to_owned(), decoded(name));
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let query = pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect();
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Some(Request { method, name, query, headers, body }))
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let code = after.get(..2).and_then(|code| std::str::from_utf8(code).ok());
        let code = code.filter(|_| byte == b'%').and_then(|code| u8::from_str_radix(code, 16).ok());
        if code.is_some() {
            rest = after.get(2..).unwrap_or_default();
        }
        bytes.push(code.unwrap_or(if byte == b'+' { b' ' } else { byte }));
    }
    String::from_utf8(bytes).unwrap()
}

impl Held {
    fn fault_of(&mut self, request: &Request) -> Option<Fault> {
        let asked = self.asked;
        if let Some((_, fault)) = self.nth.take_if(|(nth, _)| *nth == asked) {
            return Some(fault);
        }
        let key = request.name.strip_prefix(BUCKET).unwrap_or_default().trim_start_matches('/');
        let is_there = self.objects.contains_key(key);
        let planned = self.faults.iter_mut().find(|planned| {
            planned.times > 0
                && (is_there || planned.fault != Fault::Hidden)
                && planned.method == request.method
                && request.name.contains(&planned.part_of_name)
        })?;
        planned.times -= 1;
        Some(planned.fault)
    }

    fn answer(&mut self, request: &Request) -> Response {
        let Some(key) = request.name.strip_prefix(BUCKET) else {
            return Response::error("404 Not Found", "NoSuchBucket");
        };
        let key = key.trim_start_matches('/').to_owned();
        let upload = request.query.get("uploadId").cloned();
        match (request.method.as_str(), upload) {
            ("GET", None) if key.is_empty() => self.list(request),
            ("GET" | "HEAD", None) => self.get(&key, request),
            ("PUT", None) => self.put(key, request),
            ("DELETE", None) => {
                self.objects.remove(&key);
                Response::of("204 No Content", vec![])
            }
            ("POST", None) if request.query.contains_key("delete") => self.delete(request),
            ("POST", None) => {
                let upload = format!("upload-{}", self.number());
                self.uploads.insert(upload.clone(), BTreeMap::new());
                xml("InitiateMultipartUploadResult", &format!("<UploadId>{upload}</UploadId>"))
            }
            ("PUT", Some(upload)) => self.put_part(&upload, request),
            ("POST", Some(upload)) => self.complete(key, &upload),
            ("DELETE", Some(upload)) => {
                self.uploads.remove(&upload);
                Response::of("204 No Content", vec![])
            }
            _ => Response::error("405 Method Not Allowed", "MethodNotAllowed"),
        }
    }

    fn get(&self, key: &str, request: &Request) -> Response {
        let Some(object) = self.objects.get(key) else {
            return Response::error("404 Not Found", "NoSuchKey");
        };
        let all = object.bytes.len();
        let range = request.headers.get("range").and_then(|range| span_of(range, all));
        let (status, start, end) = match range {
            Some((start, end)) => ("206 Partial Content", start, end),
            None => ("200 OK", 0, all),
        };
        let bytes = object.bytes.get(start..end).unwrap_or_default().to_vec();
        let mut response = Response::of(status, bytes);
        response.headers.push(("ETag", object.tag.clone()));
        let written = DateTimePrinter::new().timestamp_to_rfc9110_string(&object.written);
        response.headers.push(("Last-Modified", written.unwrap()));
        if range.is_some() {
            let span = format!("bytes {start}-{}/{all}", end.saturating_sub(1));
            response.headers.push(("Content-Range", span));
        }
        response
    }

    fn put(&mut self, key: String, request: &Request) -> Response {
        let there = self.objects.get(&key).map(|object| &object.tag);
        let refused = match request.headers.get("if-match") {
            Some(tag) => there != Some(tag),
            None => request.headers.contains_key("if-none-match") && there.is_some(),
        };
        if refused && !self.knows_no_condition {
            return Response::error("412 Precondition Failed", "PreconditionFailed");
        }
        let tag = self.keep(key, request.body.clone());
        let mut response = Response::of("200 OK", vec![]);
        response.headers.push(("ETag", tag));
        response
    }

    fn keep(&mut self, key: String, bytes: Vec<u8>) -> String {
        let tag = format!("\"{:032x}\"", self.number());
        let (bytes, written) = (Arc::new(bytes), self.now());
        self.objects.insert(key, Object { bytes, tag: tag.clone(), written });
        tag
    }

    fn put_part(&mut self, upload: &str, request: &Request) -> Response {
        let number = request.query.get("partNumber").and_then(|number| number.parse().ok());
        let (Some(parts), Some(number)) = (self.uploads.get_mut(upload), number) else {
            return Response::error("404 Not Found", "NoSuchUpload");
        };
        parts.insert(number, request.body.clone());
        let mut response = Response::of("200 OK", vec![]);
        response.headers.push(("ETag", format!("\"part-{number}\"")));
        response
    }

    /// All parts but the last must be of one size.
    fn complete(&mut self, key: String, upload: &str) -> Response {
        let Some(parts) = self.uploads.remove(upload) else {
            return Response::error("404 Not Found", "NoSuchUpload");
        };
        let sizes: Vec<usize> = parts.values().map(Vec::len).collect();
        let first = sizes.first().copied().unwrap_or(0);
        let (last, others) = sizes.split_last().unwrap_or((&0, &[]));
        let even = others.iter().all(|size| *size == first) && *last <= first;
        if !even || (!others.is_empty() && first < (5 << 20)) {
            return Response::error("400 Bad Request", "EntityTooSmall");
        }
        let tag = self.keep(key, parts.into_values().flatten().collect());
        xml("CompleteMultipartUploadResult", &format!("<ETag>{}</ETag>", escaped(&tag)))
    }

    fn delete(&mut self, request: &Request) -> Response {
        let text = String::from_utf8_lossy(&request.body).into_owned();
        let mut deleted = String::new();
        for (_, rest) in text.match_indices("<Key>").map(|(at, _)| text.split_at(at + 5)) {
            let key = rest.split('<').next().unwrap_or_default();
            self.objects.remove(key);
            write!(deleted, "<Deleted><Key>{key}</Key></Deleted>").unwrap();
        }
        xml("DeleteResult", &deleted)
    }

    /// Names in order, a page at a time; those in a folder below as the folder.
    fn list(&self, request: &Request) -> Response {
        let of = |name: &str| request.query.get(name).map_or("", String::as_str);
        let after = [of("start-after"), of("continuation-token")].into_iter().max().unwrap_or("");
        let (mut listed, mut folders, mut last) = (String::new(), Vec::<String>::new(), None);
        let mut count = 0;
        for (key, object) in &self.objects {
            let Some(rest) = key.strip_prefix(of("prefix")) else { continue };
            let folder = rest.split_once('/').filter(|_| !of("delimiter").is_empty());
            let folder = folder.map(|(folder, _)| format!("{}{folder}/", of("prefix")));
            let is_told = folder.as_ref().is_some_and(|folder| {
                folders.contains(folder) || after.starts_with(folder.as_str())
            });
            if key.as_str() <= after || is_told {
                continue;
            }
            if count == self.page {
                let token = last.unwrap_or_default();
                write!(listed, "<NextContinuationToken>{token}</NextContinuationToken>").unwrap();
                break;
            }
            count += 1;
            last = Some(key.clone());
            match folder {
                Some(folder) => folders.push(folder),
                None => listed.push_str(&described(key, object)),
            }
        }
        for folder in folders {
            write!(listed, "<CommonPrefixes><Prefix>{folder}</Prefix></CommonPrefixes>").unwrap();
        }
        xml("ListBucketResult", &listed)
    }

    fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    /// To the second, as storages tell it.
    #[expect(clippy::disallowed_methods, reason = "a storage has a clock of its own")]
    fn now(&self) -> Timestamp {
        let now = Timestamp::from_second(Timestamp::now().as_second()).unwrap();
        now + self.ahead
    }
}

fn described(key: &str, object: &Object) -> String {
    format!(
        "<Contents><Key>{}</Key><LastModified>{:.3}</LastModified><ETag>{}</ETag><Size>{}</Size></Contents>",
        escaped(key),
        object.written,
        escaped(&object.tag),
        object.bytes.len()
    )
}

/// `bytes=a-b`, `bytes=a-` and `bytes=-n`, as beginning and end.
fn span_of(range: &str, all: usize) -> Option<(usize, usize)> {
    let (start, end) = range.strip_prefix("bytes=")?.split_once('-')?;
    match (start.parse::<usize>(), end.parse::<usize>()) {
        (Ok(start), Ok(end)) => Some((start.min(all), end.saturating_add(1).min(all))),
        (Ok(start), Err(_)) => Some((start.min(all), all)),
        (Err(_), Ok(last)) => Some((all.saturating_sub(last), all)),
        (Err(_), Err(_)) => None,
    }
}

/// A refusal that repeats what it was asked, as storages do.
fn denied(request: &Request) -> Response {
    let mut response = Response::error("403 Forbidden", "SignatureDoesNotMatch");
    response.body.extend_from_slice(format!("{request:?}").as_bytes());
    response.length = response.body.len();
    response
}

fn xml(name: &str, within: &str) -> Response {
    let text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><{name}>{within}</{name}>");
    let mut response = Response::of("200 OK", text.into_bytes());
    response.headers.push(("Content-Type", "application/xml".into()));
    response
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

impl Response {
    fn of(status: &'static str, body: Vec<u8>) -> Self {
        let length = body.len();
        Self { status, headers: vec![], body, length }
    }

    fn error(status: &'static str, code: &str) -> Self {
        let text = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code></Error>");
        Self::of(status, text.into_bytes())
    }

    fn bytes(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {}\r\nContent-Length: {}\r\n", self.status, self.length);
        for (name, value) in &self.headers {
            write!(head, "{name}: {value}\r\n").unwrap();
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(&self.body);
        bytes
    }
}
