//! The files the browser needs, compiled in, and the headers that keep pages from doing anything else.
//!
//! The name of a file carries a hash of its bytes, so that browsers may keep it for ever.

use std::hash::{DefaultHasher, Hasher};
use std::sync::LazyLock;

use axum::Router;
use axum::extract::{Path, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

/// One file for the browser.
#[derive(Clone, Debug)]
pub struct Asset {
    name: String,
    content_type: &'static str,
    bytes: &'static [u8],
}

impl Asset {
    fn new(stem: &str, ending: &str, content_type: &'static str, bytes: &'static [u8]) -> Self {
        let mut hasher = DefaultHasher::new();
        hasher.write(bytes);
        let name = format!("{stem}.{:016x}.{ending}", hasher.finish());
        Self { name, content_type, bytes }
    }

    /// Where the browser finds it.
    pub fn url(&self) -> String {
        format!("/assets/{}", self.name)
    }
}

/// The stylesheet.
pub fn style() -> &'static Asset {
    &STYLE
}

/// The script.
pub fn script() -> &'static Asset {
    &SCRIPT
}

/// The icon of the browser's tab.
pub fn icon() -> &'static Asset {
    &ICON
}

/// `GET /assets/{name}`
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{name}", get(serve))
}

async fn serve(Path(name): Path<String>) -> Response {
    let Some(asset) = [&*STYLE, &*SCRIPT, &*ICON].into_iter().find(|asset| asset.name == name)
    else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, asset.content_type),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, asset.bytes).into_response()
}

/// Adds the security headers to every answer. Use it with `axum::middleware::from_fn`.
///
/// An answer without `Cache-Control` of its own is not kept anywhere: screens show personal data.
pub async fn harden(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// What a page may do: load from here, send forms here, and nothing else.
const HEADERS: [(&str, &str); 6] = [
    (
        "content-security-policy",
        "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; \
         frame-ancestors 'none'",
    ),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
];

static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("style", "css", "text/css; charset=utf-8", include_bytes!("../assets/style.css"))
});

static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("app", "js", "text/javascript; charset=utf-8", include_bytes!("../assets/app.js"))
});

static ICON: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("icon", "svg", "image/svg+xml", include_bytes!("../assets/favicon.svg"))
});

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::middleware::from_fn;
    use tower::ServiceExt;

    use super::*;

    async fn fetch(path: &str) -> Response {
        let router: Router = routes().layer(from_fn(harden));
        router.oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn a_file_is_served_under_its_hashed_name_and_kept_for_ever() {
        let response = fetch(&style().url()).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/css; charset=utf-8");
        assert!(response.headers()[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
    }

    #[tokio::test]
    async fn every_answer_says_that_nothing_from_elsewhere_may_run() {
        let response = fetch("/assets/nothing.js").await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
        let policy = response.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'self';") && !policy.contains("unsafe"));
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    }

    #[test]
    fn the_script_is_under_ten_kilobytes() {
        assert!(SCRIPT.bytes.len() < 10_000, "{} bytes", SCRIPT.bytes.len());
    }

    #[test]
    fn the_stylesheet_uses_five_sizes_of_type() {
        let text = std::str::from_utf8(STYLE.bytes).unwrap();
        let sizes: std::collections::BTreeSet<&str> = text
            .lines()
            .take_while(|line| !line.contains("official document (A4)"))
            .filter_map(|line| line.trim().strip_prefix("font-size: "))
            .filter(|size| !size.starts_with("var(--") && !size.starts_with("inherit"))
            .collect();
        assert_eq!(sizes, ["100%;"].into());
    }
}
