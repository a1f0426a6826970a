//! Which store, and how is it reached?
//!
//! Plain settings and the rules they must meet. Reading them from a file or the environment is
//! the server's business.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::{Key, StoreError};

/// Longest life of a signed URL: after a video turns private, old links work this much longer.
pub const MAX_SIGNED_URL_AGE: Duration = Duration::from_secs(600);

/// Where objects are kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum StoreConfig {
    /// In a folder of a local disk.
    Disk(DiskConfig),
    /// In a bucket of an S3-compatible service.
    S3(Box<S3Config>),
}

/// Settings of a store on disk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DiskConfig {
    /// The folder, made when missing. All of it must be on one file system.
    pub root: PathBuf,
}

/// Settings of a store in an S3 bucket.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct S3Config {
    /// Base URL of the service without the bucket; `None` for Amazon's own of the region.
    #[serde(default)]
    pub endpoint: Option<Url>,
    /// Region to sign for; many other services take `us-east-1` or `auto`.
    #[serde(default = "default_region")]
    pub region: String,
    /// The bucket; it must exist.
    pub bucket: String,
    /// Access key id.
    pub access_key: String,
    /// Secret access key.
    pub secret_key: String,
    /// `https://endpoint/bucket/key` when true, `https://bucket.endpoint/key` when false.
    #[serde(default)]
    pub path_style: bool,
    /// Folder inside the bucket that all keys go under, for a bucket used by others too.
    #[serde(default)]
    pub key_prefix: Option<Key>,
    /// Allow plain `http` to a host that is not this machine. Keys and videos then travel open.
    #[serde(default)]
    pub allow_http: bool,
    /// Longest life of a signed URL in seconds, 1 to 600.
    #[serde(default = "default_signed_url_max_age_seconds")]
    pub signed_url_max_age_seconds: u64,
}

fn default_region() -> String {
    "us-east-1".to_owned()
}

fn default_signed_url_max_age_seconds() -> u64 {
    MAX_SIGNED_URL_AGE.as_secs()
}

/// The secret stays out of logs and panics.
impl fmt::Debug for S3Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Config")
            .field("endpoint", &self.endpoint.as_ref().map(Url::as_str))
            .field("region", &self.region)
            .field("bucket", &self.bucket)
            .field("path_style", &self.path_style)
            .field("key_prefix", &self.key_prefix)
            .finish_non_exhaustive()
    }
}

impl S3Config {
    /// Check what can be checked without asking the service.
    ///
    /// # Errors
    /// [`StoreError::Config`] names the setting and what it may be.
    pub fn validate(&self) -> Result<(), StoreError> {
        let refuse = |why: &str| Err(StoreError::Config(why.to_owned()));
        // The rules of bucket names that every service shares, and what a host name can hold.
        let name_fits = (3..=63).contains(&self.bucket.len())
            && self.bucket.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-'))
            && self.bucket.starts_with(|c: char| c.is_ascii_alphanumeric())
            && self.bucket.ends_with(|c: char| c.is_ascii_alphanumeric());
        if !name_fits {
            return refuse("bucket has 3 to 63 lower-case letters, digits, dots and dashes");
        }
        if self.access_key.is_empty() || self.secret_key.is_empty() {
            return refuse("access_key and secret_key must both be set");
        }
        if self.region.is_empty() {
            return refuse("region must be set; us-east-1 suits most services that have none");
        }
        if !(1..=MAX_SIGNED_URL_AGE.as_secs()).contains(&self.signed_url_max_age_seconds) {
            return refuse("signed_url_max_age_seconds is between 1 and 600");
        }
        // S3 allows 1,024 bytes for the whole; keys take up to 512 of them.
        if self.key_prefix.as_ref().is_some_and(|prefix| prefix.as_str().len() > 256) {
            return refuse("key_prefix has at most 256 bytes");
        }
        match &self.endpoint {
            Some(endpoint) => self.validate_endpoint(endpoint),
            None => Ok(()),
        }
    }

    fn validate_endpoint(&self, endpoint: &Url) -> Result<(), StoreError> {
        let refuse = |why: &str| Err(StoreError::Config(why.to_owned()));
        let bare = endpoint.username().is_empty()
            && endpoint.password().is_none()
            && endpoint.query().is_none()
            && endpoint.fragment().is_none();
        if !bare {
            return refuse("endpoint is a plain URL without user, password, query or fragment");
        }
        match endpoint.scheme() {
            "https" => {}
            "http" if self.allow_http || is_this_machine(endpoint) => {}
            "http" => return refuse("endpoint uses plain http; use https, or set allow_http"),
            _ => return refuse("endpoint starts with https:// or http://"),
        }
        if !self.path_style && !matches!(endpoint.host(), Some(Host::Domain(_))) {
            return refuse("endpoint is an address, so path_style must be true");
        }
        Ok(())
    }
}

fn is_this_machine(endpoint: &Url) -> bool {
    match endpoint.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        // RFC 6761, section 6.3.
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> S3Config {
        S3Config {
            endpoint: Some("https://s3.example.org".parse().unwrap()),
            region: default_region(),
            bucket: "videos".to_owned(),
            access_key: "id".to_owned(),
            secret_key: "very-secret".to_owned(),
            path_style: true,
            key_prefix: None,
            allow_http: false,
            signed_url_max_age_seconds: 600,
        }
    }

    fn refusal(change: impl FnOnce(&mut S3Config)) -> String {
        let mut config = config();
        change(&mut config);
        config.validate().unwrap_err().to_string()
    }

    #[test]
    fn settings_that_cannot_work_name_the_setting() {
        assert!(config().validate().is_ok());
        assert!(refusal(|c| c.bucket = "Videos".into()).contains("bucket"));
        assert!(refusal(|c| c.bucket = "a/b/c".into()).contains("bucket"));
        assert!(refusal(|c| c.secret_key.clear()).contains("secret_key"));
        assert!(refusal(|c| c.signed_url_max_age_seconds = 601).contains("600"));
        assert!(refusal(|c| c.signed_url_max_age_seconds = 0).contains("600"));
        let endpoint = |url: &str| refusal(|c| c.endpoint = Some(url.parse().unwrap()));
        assert!(endpoint("http://s3.example.org").contains("allow_http"));
        assert!(endpoint("ftp://s3.example.org").contains("https://"));
        assert!(endpoint("https://me:pw@s3.example.org").contains("password"));
        assert!(
            refusal(|c| {
                c.path_style = false;
                c.endpoint = Some("https://192.0.2.7".parse().unwrap());
            })
            .contains("path_style")
        );
    }

    #[test]
    fn plain_http_is_for_this_machine_or_on_request() {
        for url in ["http://127.0.0.1:9000", "http://[::1]:9000", "http://localhost:9000"] {
            let config = S3Config { endpoint: Some(url.parse().unwrap()), ..config() };
            assert!(config.validate().is_ok(), "{url}");
        }
        let endpoint = Some("http://minio:9000".parse().unwrap());
        assert!(S3Config { endpoint, allow_http: true, ..config() }.validate().is_ok());
    }

    #[test]
    fn secrets_are_not_printed() {
        let printed = format!("{:?}", StoreConfig::S3(Box::new(config())));
        assert!(!printed.contains("very-secret") && printed.contains("videos"), "{printed}");
    }

    #[test]
    fn both_kinds_are_read_from_settings() {
        let disk: StoreConfig =
            serde_json::from_str(r#"{"kind":"disk","root":"/srv/media"}"#).unwrap();
        assert_eq!(disk, StoreConfig::Disk(DiskConfig { root: "/srv/media".into() }));
        let s3 = r#"{"kind":"s3","bucket":"videos","access_key":"a","secret_key":"b"}"#;
        let StoreConfig::S3(s3) = serde_json::from_str(s3).unwrap() else { panic!("not s3") };
        assert_eq!((s3.region.as_str(), s3.signed_url_max_age_seconds), ("us-east-1", 600));
    }
}
