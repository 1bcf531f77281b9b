//! One request and its answer over one open connection.

use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::{CONNECTION, HOST, HeaderValue, USER_AGENT};
use hyper_util::rt::TokioIo;
use tokio::time::timeout;
use url::Position;

use super::{Got, HttpFault, HttpLimits, Request};
use crate::dial::BoxedStream;

/// One request about to be made.
pub(super) struct Exchange<'a> {
    pub(super) request: &'a Request,
    pub(super) limits: HttpLimits,
    pub(super) large: TooLarge,
}

/// What a body beyond the limit means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TooLarge {
    /// The body was wanted.
    IsAFault,
    /// The status is enough.
    IsCut,
}

impl Exchange<'_> {
    pub(super) async fn over(&self, stream: BoxedStream) -> Result<Got, HttpFault> {
        let request = self.request_on_the_wire()?;
        let handshake = http1::Builder::new()
            .max_headers(HEADERS_MAX)
            .max_buf_size(HEAD_BYTES_MAX)
            .handshake(TokioIo::new(stream));
        let (mut sender, connection) =
            handshake.await.map_err(|fault| HttpFault::NotSent(fault.to_string()))?;
        let answered = async {
            let answer = self.in_time(self.limits.answer_max, sender.send_request(request)).await?;
            let (head, body) = answer.into_parts();
            let body = self.body(body).await?;
            Ok(Got { status: head.status.as_u16(), headers: head.headers, body })
        };
        // The connection must be driven by somebody; nothing outlives this request.
        tokio::pin!(answered, connection);
        tokio::select! {
            biased;
            done = &mut answered => done,
            _ended = &mut connection => answered.await,
        }
    }

    fn request_on_the_wire(&self) -> Result<hyper::Request<Full<Bytes>>, HttpFault> {
        let url = &self.request.url;
        let not_allowed = |why: String| HttpFault::NotAllowed(why);
        let authority = &url[Position::BeforeHost..Position::AfterPort];
        let path = &url[Position::BeforePath..Position::AfterQuery];
        let host = HeaderValue::from_str(authority).map_err(|bad| not_allowed(bad.to_string()))?;
        let body = Full::new(Bytes::from(self.request.body.clone()));
        let mut request = hyper::Request::builder()
            .method(self.request.method.clone())
            .uri(path)
            .body(body)
            .map_err(|bad| not_allowed(bad.to_string()))?;
        let headers = request.headers_mut();
        headers.extend(self.request.headers.clone());
        headers.insert(HOST, host);
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
        headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        Ok(request)
    }

    async fn body(&self, body: Incoming) -> Result<Vec<u8>, HttpFault> {
        let mut taken = Vec::new();
        let read = self.in_time(self.limits.body_max, self.read(body, &mut taken)).await;
        match (read, self.large) {
            (Ok(End::Beyond), TooLarge::IsAFault) => {
                Err(HttpFault::TooLarge { bytes_max: self.bytes_max() })
            }
            (Err(fault), TooLarge::IsAFault) => Err(fault),
            // The head of the answer has said what became of it.
            (Ok(End::Whole), TooLarge::IsAFault) | (Ok(_) | Err(_), TooLarge::IsCut) => Ok(taken),
        }
    }

    fn bytes_max(&self) -> usize {
        match self.large {
            TooLarge::IsAFault => self.limits.body_bytes_max,
            TooLarge::IsCut => self.limits.body_bytes_max.min(SAID_BYTES_MAX),
        }
    }

    async fn read(&self, mut body: Incoming, taken: &mut Vec<u8>) -> Result<End, hyper::Error> {
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame?.into_data() else { continue };
            let room = self.bytes_max().saturating_sub(taken.len());
            taken.extend(data.iter().take(room));
            if data.len() > room {
                return Ok(End::Beyond);
            }
        }
        Ok(End::Whole)
    }

    async fn in_time<T>(
        &self,
        within: Duration,
        work: impl Future<Output = Result<T, hyper::Error>>,
    ) -> Result<T, HttpFault> {
        match timeout(within, work).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(fault)) => Err(HttpFault::Unanswered(format!("no answer: {fault}"))),
            Err(_elapsed) => {
                let seconds = within.as_secs_f32();
                Err(HttpFault::Unanswered(format!("no answer within {seconds} s")))
            }
        }
    }
}

/// Where reading a body ended.
enum End {
    Whole,
    Beyond,
}

/// How much of a body is read for its words.
const SAID_BYTES_MAX: usize = 4 * 1024;

/// How many headers an answer may have.
const HEADERS_MAX: usize = 64;

/// How many bytes the head of an answer may have.
const HEAD_BYTES_MAX: usize = 64 * 1024;

/// What this program calls itself.
const AGENT: &str = concat!("fengsui/", env!("CARGO_PKG_VERSION"));
