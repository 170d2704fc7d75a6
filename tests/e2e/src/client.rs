//! HTTP clients for a throw-away site: with a party's certificate, or plain for loopback screens.

use std::{fs, sync::Arc, time::Duration};

use reqwest::{Client, ClientBuilder, redirect::Policy};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};

use crate::{
    Error,
    site::{Site, file_error, file_stem},
};

/// Whether a client keeps cookies itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookies {
    /// As a browser does.
    Kept,
    /// Somebody behind the client keeps them.
    Passed,
}

/// A client that trusts the site's authority and shows the certificate of `party`.
///
/// # Errors
/// When the files of the party cannot be read or used.
pub fn as_party(site: &Site, party: &str) -> Result<Client, Error> {
    as_party_with(site, party, Cookies::Kept)
}

/// As [`as_party`], saying who keeps the cookies.
///
/// # Errors
/// When the files of the party cannot be read or used.
pub fn as_party_with(site: &Site, party: &str, cookies: Cookies) -> Result<Client, Error> {
    with_files(site, &format!("{}.pem", file_stem(party)), &format!("{}.key", file_stem(party)), cookies)
}

/// A client with the certificate and key in these files of the site.
///
/// # Errors
/// When the files cannot be read or used.
pub fn with_files(site: &Site, certificate: &str, key: &str, cookies: Cookies) -> Result<Client, Error> {
    let read = |name: &str| fs::read(site.path(name)).map_err(|error| file_error(&site.path(name), error));
    let broken = |error: &dyn std::fmt::Display| Error::Site(error.to_string());
    let mut roots = RootCertStore::empty();
    for root in CertificateDer::pem_slice_iter(&read("ca.pem")?) {
        roots.add(root.map_err(|error| broken(&error))?).map_err(|error| broken(&error))?;
    }
    let chain = CertificateDer::pem_slice_iter(&read(certificate)?)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| broken(&error))?;
    let key = PrivateKeyDer::from_pem_slice(&read(key)?).map_err(|error| broken(&error))?;
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| broken(&error))?
        .with_root_certificates(roots)
        .with_client_auth_cert(chain, key)
        .map_err(|error| broken(&error))?;
    Ok(builder(cookies).tls_backend_preconfigured(config).build()?)
}

/// A client for plain HTTP on loopback. Cookies are kept, redirects are shown and not followed.
///
/// # Errors
/// When the client cannot be made.
pub fn plain() -> Result<Client, Error> {
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Site(error.to_string()))?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    Ok(builder(Cookies::Kept).tls_backend_preconfigured(config).build()?)
}

fn builder(cookies: Cookies) -> ClientBuilder {
    Client::builder()
        .cookie_store(cookies == Cookies::Kept)
        .redirect(Policy::none())
        .no_proxy()
        .connect_timeout(Duration::from_secs(5))
        .read_timeout(Duration::from_secs(60))
}
