//! A client of HTTP/1.1 that keeps its connection: small, so that the server gets the processor.
//!
//! It speaks to our own server on loopback only: no redirects, no compression, no TLS.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::Failed;

/// Bytes an answer may have.
const ANSWER_BYTES_MAX: usize = 8 * 1024 * 1024;

/// A connection that is used again and again.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    held: Vec<u8>,
}

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: Vec<u8>,
}

impl Connection {
    pub(crate) async fn to(address: SocketAddr) -> Result<Self, Failed> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, held: Vec::with_capacity(8 * 1024) })
    }

    /// Sends a request and reads the whole answer.
    pub(crate) async fn send(&mut self, request: &[u8]) -> Result<Answer, Failed> {
        self.stream.write_all(request).await?;
        let head = self.read_head().await?;
        let status = head.split(' ').nth(1).ok_or("there is no status")?.parse()?;
        let body = match header(&head, "content-length") {
            Some(length) => self.read_exactly(length.parse()?).await?,
            None if header(&head, "transfer-encoding").is_some() => self.read_chunks().await?,
            None => Vec::new(),
        };
        Ok(Answer { status, head, body })
    }

    async fn read_head(&mut self) -> Result<String, Failed> {
        loop {
            if let Some(end) = self.held.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                let rest = self.held.split_off(end + 4);
                let head = std::mem::replace(&mut self.held, rest);
                return Ok(String::from_utf8(head)?);
            }
            self.read_more().await?;
        }
    }

    async fn read_exactly(&mut self, length: usize) -> Result<Vec<u8>, Failed> {
        while self.held.len() < length {
            self.read_more().await?;
        }
        let rest = self.held.split_off(length);
        Ok(std::mem::replace(&mut self.held, rest))
    }

    async fn read_chunks(&mut self) -> Result<Vec<u8>, Failed> {
        let mut body = Vec::new();
        loop {
            let line = self.read_line().await?;
            let size = usize::from_str_radix(line.trim(), 16)?;
            let chunk = self.read_exactly(size.saturating_add(2)).await?;
            body.extend(chunk.into_iter().take(size));
            if size == 0 {
                return Ok(body);
            }
        }
    }

    async fn read_line(&mut self) -> Result<String, Failed> {
        loop {
            if let Some(end) = self.held.windows(2).position(|bytes| bytes == b"\r\n") {
                let line = self.read_exactly(end + 2).await?;
                return Ok(String::from_utf8(line)?);
            }
            self.read_more().await?;
        }
    }

    async fn read_more(&mut self) -> Result<(), Failed> {
        if self.held.len() > ANSWER_BYTES_MAX {
            return Err("the answer is too large".into());
        }
        match self.stream.read_buf(&mut self.held).await? {
            0 => Err("the server closed the connection".into()),
            _ => Ok(()),
        }
    }
}

impl Answer {
    /// The first value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }

    /// The cookies that are to be kept, as a browser sends them back.
    pub(crate) fn cookies(&self) -> String {
        let cookies = self.head.lines().filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            let is_cookie = name.eq_ignore_ascii_case("set-cookie");
            is_cookie.then(|| value.split(';').next().unwrap_or_default().trim().to_owned())
        });
        cookies.collect::<Vec<_>>().join("; ")
    }

    /// The status and the beginning of the body, to be told.
    pub(crate) fn said(&self) -> String {
        format!("{} {}", self.status, self.text().chars().take(400).collect::<String>())
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A request with a body; an empty one is sent without.
pub(crate) fn request(line: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut text = format!("{line} HTTP/1.1\r\nHost: localhost\r\n");
    for (name, value) in headers {
        text.extend([*name, ": ", *value, "\r\n"]);
    }
    if !body.is_empty() {
        let length = body.len().to_string();
        text.extend(["Content-Length: ", &length, "\r\n"]);
    }
    text.push_str("\r\n");
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// `name=value&name=value`.
pub(crate) fn form(values: &[(&str, &str)]) -> Vec<u8> {
    let pairs = values.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
    pairs.collect::<Vec<_>>().join("&").into_bytes()
}

fn encoded(text: &str) -> String {
    let letter = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
            char::from(byte).to_string()
        }
        other => format!("%{other:02X}"),
    };
    text.bytes().map(letter).collect()
}

/// The value of a hidden field of a page.
pub(crate) fn hidden(page: &str, name: &str) -> Option<String> {
    let wanted = format!("name=\"{name}\"");
    let tag = page.split('<').find(|tag| tag.starts_with("input") && tag.contains(&wanted))?;
    let (_, value) = tag.split_once("value=\"")?;
    Some(value.split('"').next().unwrap_or_default().to_owned())
}

fn header<'a>(head: &'a str, wanted: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case(wanted).then(|| value.trim())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_encoded_byte_by_byte() {
        assert_eq!(form(&[("a b", "警&1")]), b"a%20b=%E8%AD%A6%261");
    }

    #[test]
    fn a_hidden_field_is_found_on_its_page() {
        let page = r#"<p><input type="hidden" name="a" value="1"><input name="b" value="2">"#;
        assert_eq!(hidden(page, "b").as_deref(), Some("2"));
        assert_eq!(hidden(page, "c"), None);
    }

    #[test]
    fn a_header_is_found_whatever_its_case() {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 12\r\nset-cookie: form=x; Path=/\r\n";
        assert_eq!(header(head, "content-length"), Some("12"));
        let answer = Answer { status: 200, head: head.to_owned(), body: Vec::new() };
        assert_eq!(answer.cookies(), "form=x");
    }
}
