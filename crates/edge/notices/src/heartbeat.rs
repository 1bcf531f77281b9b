//! The dead man's signal: something outside raises the alarm when it stops coming.
//!
//! It says nothing but that this centre is alive and watching its clocks; what is wrong here is on the Desk.

use fengsui_outbound::{Http, HttpFault, Outcome, Request, Url};
use jiff::Timestamp;

/// Where signs of life go.
#[derive(Clone, Debug)]
pub struct Heartbeat {
    http: Http,
    url: Url,
}

impl Heartbeat {
    /// Signs of life to this place.
    pub const fn to(http: Http, url: Url) -> Self {
        Self { http, url }
    }

    /// Sends one, once.
    pub async fn beat(&self, at: Timestamp) -> Outcome {
        match self.request(at) {
            Ok(request) => self.http.send(request).await,
            Err(unfit) => unfit.into(),
        }
    }

    fn request(&self, at: Timestamp) -> Result<Request, HttpFault> {
        let body = format!("{{\"alive\":true,\"at\":\"{at}\"}}");
        Request::post(self.url.clone(), body.into_bytes()).with("content-type", "application/json")
    }
}
