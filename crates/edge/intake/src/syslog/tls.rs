//! TLS for syslog (RFC 5425): our certificate, and whose certificates we ask for.

use std::fmt;
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio_rustls::TlsAcceptor;

/// What we show to those who connect, and what they must show.
#[derive(Clone)]
pub struct SyslogTls {
    config: Arc<ServerConfig>,
}

/// Certificates or keys that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SyslogTlsFault {
    /// Not PEM, or nothing of the kind in it.
    #[error("the file with {what} is not PEM, or has none in it")]
    NotPem {
        /// What was looked for.
        what: &'static str,
        /// What the reader said.
        source: pem::Error,
    },
    /// It does not fit together.
    #[error("the certificate and key for syslog cannot be used together")]
    Unusable {
        /// The cause.
        source: rustls::Error,
    },
    /// The authorities of those who connect.
    #[error("the authorities of those who send syslog cannot be used")]
    Authorities {
        /// The cause.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl SyslogTls {
    /// Shows this certificate chain. Where authorities are given, whoever connects must show a certificate of one.
    pub fn from_pem(
        chain: &[u8],
        key: &[u8],
        client_authorities: Option<&[u8]>,
    ) -> Result<Self, SyslogTlsFault> {
        let unusable = |source| SyslogTlsFault::Unusable { source };
        let chain = certificates(chain, "the certificate of syslog")?;
        let key = PrivateKeyDer::from_pem_slice(key)
            .map_err(|source| SyslogTlsFault::NotPem { what: "the key of syslog", source })?;
        let provider = Arc::new(ring::default_provider());
        let config = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(unusable)?;
        let config = match client_authorities {
            None => config.with_no_client_auth(),
            Some(pem) => {
                let mut roots = RootCertStore::empty();
                for authority in certificates(pem, "the authorities of those who send syslog")? {
                    roots.add(authority).map_err(unusable)?;
                }
                let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider);
                let verifier = verifier
                    .build()
                    .map_err(|source| SyslogTlsFault::Authorities { source: source.into() })?;
                config.with_client_cert_verifier(verifier)
            }
        };
        let config = config.with_single_cert(chain, key).map_err(unusable)?;
        Ok(Self { config: Arc::new(config) })
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.config))
    }
}

impl fmt::Debug for SyslogTls {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("SyslogTls")
    }
}

fn certificates(
    pem: &[u8],
    what: &'static str,
) -> Result<Vec<CertificateDer<'static>>, SyslogTlsFault> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let found = found.map_err(|source| SyslogTlsFault::NotPem { what, source })?;
    if found.is_empty() {
        return Err(SyslogTlsFault::NotPem { what, source: pem::Error::NoItemsFound });
    }
    Ok(found)
}
