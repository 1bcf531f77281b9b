//! What can go wrong with a bucket, in words for whoever has to act, and without what was sent to it.

use std::error::Error;

use object_store::Error as StoreError;

const STORE: &str = "bucket";
/// Longer ones are no codes of a storage.
const CODE_BYTES_MAX: usize = 64;

/// A storage did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BucketFault {
    /// The keys are wrong, or may not do this.
    #[error(
        "its storage does not let these keys in ({code}); check AWS_ACCESS_KEY_ID and \
         AWS_SECRET_ACCESS_KEY, and what they may do in the bucket"
    )]
    Denied {
        /// What the storage calls it.
        code: String,
    },
    /// There is no such bucket.
    #[error("its storage has no such bucket; make it, or check its name and AWS_ENDPOINT_URL")]
    NoBucket,
    /// The bucket is elsewhere.
    #[error("the bucket is in another region ({code}); say which in AWS_REGION")]
    Elsewhere {
        /// What the storage calls it.
        code: String,
    },
    /// It does not answer, or breaks off.
    #[error(
        "its storage does not answer, or not as S3 does; check AWS_ENDPOINT_URL, the network, and \
         whether there are keys (AWS_ACCESS_KEY_ID)"
    )]
    Silent,
    /// It answers that something is wrong with itself, or with what it was asked.
    #[error("its storage answers {status} {code}; try again later, and look at its own log")]
    Failing {
        /// The status of its answer.
        status: u16,
        /// What the storage calls it.
        code: String,
    },
    /// Nothing of that name is there, or something is already.
    #[error("its storage answers {code}")]
    Told {
        /// What the storage calls it.
        code: String,
    },
}

impl BucketFault {
    /// The fault of a bucket among the causes of another.
    pub(crate) fn among(fault: &(dyn Error + 'static)) -> Option<Self> {
        let mut cause = Some(fault);
        while let Some(error) = cause {
            if let Some(found) = error.downcast_ref::<Self>() {
                return Some(found.clone());
            }
            // The error within an error of the system is not its source.
            let within = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
            cause = match within {
                Some(within) => Some(within),
                None => error.source(),
            };
        }
        None
    }

    fn of(fault: &StoreError) -> Self {
        let text = said(fault);
        let code = code_in(&text);
        let status = status_in(&text);
        if code == "NoSuchBucket" {
            return Self::NoBucket;
        }
        if [
            "PermanentRedirect",
            "AuthorizationHeaderMalformed",
            "IllegalLocationConstraintException",
        ]
        .contains(&code.as_str())
            || text.contains("without LOCATION")
        {
            return Self::Elsewhere { code };
        }
        match (fault, status) {
            (StoreError::PermissionDenied { .. } | StoreError::Unauthenticated { .. }, _)
            | (_, Some(401 | 403)) => Self::Denied { code },
            (
                StoreError::NotFound { .. }
                | StoreError::AlreadyExists { .. }
                | StoreError::Precondition { .. }
                | StoreError::NotModified { .. },
                _,
            ) => Self::Told { code },
            (_, Some(status)) => Self::Failing { status, code },
            (_, None) => Self::Silent,
        }
    }
}

/// The same fault without what the storage repeated of the request.
#[expect(clippy::wildcard_enum_match_arm, reason = "faults of the store; most say nothing else")]
pub(super) fn cleaned(fault: StoreError) -> StoreError {
    let source = Box::new(BucketFault::of(&fault));
    match fault {
        StoreError::NotFound { path, .. } => StoreError::NotFound { path, source },
        StoreError::AlreadyExists { path, .. } => StoreError::AlreadyExists { path, source },
        StoreError::Precondition { path, .. } => StoreError::Precondition { path, source },
        StoreError::NotModified { path, .. } => StoreError::NotModified { path, source },
        StoreError::PermissionDenied { path, .. } => StoreError::PermissionDenied { path, source },
        StoreError::Unauthenticated { path, .. } => StoreError::Unauthenticated { path, source },
        StoreError::NotImplemented { .. } | StoreError::InvalidPath { .. } => fault,
        _ => StoreError::Generic { store: STORE, source },
    }
}

/// Everything that the causes say; it is looked into and never shown.
fn said(fault: &StoreError) -> String {
    let mut text = fault.to_string();
    let mut cause = fault.source();
    while let Some(error) = cause {
        text.push('\n');
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

/// What the storage calls the fault: letters, as in `<Code>SlowDown</Code>`.
fn code_in(text: &str) -> String {
    let code = text.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
    let code = code.map(|(code, _)| code).filter(|code| {
        code.len() <= CODE_BYTES_MAX && code.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    code.unwrap_or("without a code").to_owned()
}

fn status_in(text: &str) -> Option<u16> {
    let (_, rest) = text.split_once("status code: ")?;
    rest.get(..3)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generic(text: &str) -> StoreError {
        StoreError::Generic { store: "S3", source: text.to_owned().into() }
    }

    #[test]
    fn what_a_storage_repeats_of_a_request_is_not_shown() {
        let body = "Server returned non-2xx status code: 403 Forbidden: <Error><Code>SignatureDoesNotMatch</Code>\
                    <AWSAccessKeyId>AKIASECRET</AWSAccessKeyId><CanonicalRequest>x-amz-security-token:TOKEN\
                    </CanonicalRequest></Error>";
        let clean = cleaned(generic(body));
        let shown = format!("{clean} {clean:?} {}", said(&clean));
        assert!(!shown.contains("AKIASECRET") && !shown.contains("TOKEN"), "{shown}");
        assert!(shown.contains("SignatureDoesNotMatch"), "{shown}");
        let denied = BucketFault::Denied { code: "SignatureDoesNotMatch".into() };
        assert_eq!(BucketFault::among(&clean), Some(denied));
    }

    #[test]
    fn each_fault_says_what_to_do() {
        let told = |text: &str| BucketFault::of(&generic(text)).to_string();
        assert!(told("status code: 404 : <Code>NoSuchBucket</Code>").contains("no such bucket"));
        assert!(told("status code: 503 x: <Code>SlowDown</Code>").contains("503 SlowDown"));
        assert!(told("connection refused").contains("AWS_ENDPOINT_URL"));
        assert!(told("Received redirect without LOCATION").contains("AWS_REGION"));
        assert!(told("status code: 400 <Code>a<b>key=1</b></Code>").contains("without a code"));
    }

    #[test]
    fn a_fault_is_found_within_errors_of_the_system() {
        let fault = BucketFault::Silent;
        let wrapped = std::io::Error::other(StoreError::Generic {
            store: "x",
            source: Box::new(fault.clone()),
        });
        assert_eq!(BucketFault::among(&wrapped), Some(fault));
    }
}
