//! Whom this program believes: rustls, with the public authorities and those that were configured.

use std::fmt;
use std::sync::Arc;

use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// The authorities whose certificates are believed. There is no way to believe everybody.
#[derive(Clone)]
pub struct Trust {
    roots: RootCertStore,
}

/// A file of authorities that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TrustMalformed {
    /// Not PEM.
    #[error("the file of trusted authorities is not PEM")]
    NotPem {
        /// What the reader said.
        source: tokio_rustls::rustls::pki_types::pem::Error,
    },
    /// PEM, and not the certificate of an authority.
    #[error("a certificate in the file of trusted authorities cannot be used")]
    NotAnAuthority {
        /// What the verifier said.
        source: tokio_rustls::rustls::Error,
    },
    /// No certificate in it.
    #[error("the file of trusted authorities has no certificate in it")]
    Empty,
}

impl Trust {
    /// The public authorities that browsers believe, as they were when this program was built.
    pub fn public() -> Self {
        Self { roots: RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() } }
    }

    /// Nobody yet; for networks with an authority of their own.
    pub fn nobody() -> Self {
        Self { roots: RootCertStore::empty() }
    }

    /// These authorities as well, from PEM.
    pub fn and_pem(mut self, pem: &[u8]) -> Result<Self, TrustMalformed> {
        let before = self.roots.len();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|source| TrustMalformed::NotPem { source })?;
            self.roots
                .add(certificate)
                .map_err(|source| TrustMalformed::NotAnAuthority { source })?;
        }
        if self.roots.len() == before {
            return Err(TrustMalformed::Empty);
        }
        Ok(self)
    }

    pub(crate) fn connector(self) -> TlsConnector {
        let provider = Arc::new(ring::default_provider());
        #[expect(clippy::expect_used, reason = "ring's suites cover both default versions")]
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("ring speaks TLS 1.2 and 1.3")
            .with_root_certificates(self.roots)
            .with_no_client_auth();
        TlsConnector::from(Arc::new(config))
    }
}

impl fmt::Debug for Trust {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Trust({} authorities)", self.roots.len())
    }
}
