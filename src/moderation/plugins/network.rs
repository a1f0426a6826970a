//! How do plugins reach the network? Through one client that connects to public addresses and
//! networks that the operator named, follows no redirects, and takes a bounded answer. Which host
//! a plugin may ask was decided before.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use farandole_plugins::{MAX_PACKAGE_BYTES, MAX_RESPONSE_BYTES, Request, Response};
use futures::StreamExt as _;
use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

/// The longest wait for a package.
const DOWNLOAD: Duration = Duration::from_secs(60);
/// The longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(5);

/// Header fields that are the client's own business.
const OURS: [&str; 6] =
    ["host", "content-length", "connection", "transfer-encoding", "upgrade", "te"];

/// The client.
pub(super) struct Network {
    client: reqwest::Client,
    allowed: Arc<[IpNet]>,
}

impl Network {
    pub(super) fn new(allowed: &[IpNet]) -> Result<Self, String> {
        let allowed: Arc<[IpNet]> = allowed.into();
        let client = reqwest::Client::builder()
            .dns_resolver(Arc::new(Guarded(Arc::clone(&allowed))))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .no_proxy()
            .user_agent(concat!("Farandole/", env!("CARGO_PKG_VERSION"), " plugin"))
            .build()
            .map_err(|problem| problem.to_string())?;
        Ok(Self { client, allowed })
    }

    pub(super) async fn fetch(
        &self,
        request: &Request,
        within: Duration,
    ) -> Result<Response, String> {
        let url = self.checked(&request.url)?;
        let method = reqwest::Method::from_bytes(request.method.as_bytes())
            .map_err(|problem| problem.to_string())?;
        let sent = self
            .client
            .request(method, url)
            .headers(headers(request)?)
            .body(request.body.clone())
            .timeout(within)
            .send();
        let answered = async {
            let response = sent.await.map_err(cause)?;
            let status = response.status().as_u16();
            Ok(Response { status, body: read(response, MAX_RESPONSE_BYTES).await? })
        };
        in_time(within, answered).await
    }

    /// Gets a package.
    pub(super) async fn download(&self, url: &str) -> Result<Vec<u8>, String> {
        let url = self.checked(url)?;
        let answered = async {
            let response = self.client.get(url).send().await.map_err(cause)?;
            if !response.status().is_success() {
                return Err(format!("the server there answered {}", response.status()));
            }
            read(response, MAX_PACKAGE_BYTES).await
        };
        in_time(DOWNLOAD, answered).await
    }

    /// Names are checked when they are resolved; addresses never are, so here.
    fn checked(&self, url: &str) -> Result<url::Url, String> {
        let url = url::Url::parse(url).map_err(|problem| problem.to_string())?;
        let address = match url.host() {
            Some(url::Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(url::Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(url::Host::Domain(_)) => None,
            None => return Err("the address has no host".to_owned()),
        };
        if address.is_some_and(|address| !may_reach(&address, &self.allowed)) {
            return Err(refusal());
        }
        Ok(url)
    }
}

async fn in_time<T>(
    within: Duration,
    work: impl Future<Output = Result<T, String>>,
) -> Result<T, String> {
    tokio::time::timeout(within, work).await.map_err(|_| "it took too long".to_owned())?
}

fn headers(request: &Request) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    for (name, value) in &request.headers {
        if OURS.contains(&name.as_str()) || name.starts_with("proxy-") {
            return Err(format!("the header field {name} is not a plugin's to set"));
        }
        let name =
            HeaderName::from_bytes(name.as_bytes()).map_err(|problem| problem.to_string())?;
        let value = HeaderValue::from_str(value).map_err(|problem| problem.to_string())?;
        headers.insert(name, value);
    }
    Ok(headers)
}

async fn read(response: reqwest::Response, most: usize) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    let mut parts = response.bytes_stream();
    while let Some(part) = parts.next().await {
        let part = part.map_err(cause)?;
        if body.len() + part.len() > most {
            return Err(format!("the answer has more than {most} bytes"));
        }
        body.extend_from_slice(&part);
    }
    Ok(body)
}

/// What went wrong at the bottom: the outer sentences repeat the address.
fn cause(error: reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = &error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

fn refusal() -> String {
    "the host is in a network that plugins may not reach (plugins.networks)".to_owned()
}

/// Resolves names to addresses that plugins may reach, and to no others.
struct Guarded(Arc<[IpNet]>);

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = Arc::clone(&self.0);
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let kept: Vec<SocketAddr> =
                found.filter(|address| may_reach(&address.ip(), &allowed)).collect();
            if kept.is_empty() {
                return Err(refusal().into());
            }
            Ok(Box::new(kept.into_iter()) as Addrs)
        })
    }
}

/// Whether this is an address on the public internet, or in a network that the operator named.
fn may_reach(address: &IpAddr, allowed: &[IpNet]) -> bool {
    let address = address.to_canonical();
    allowed.iter().any(|network| network.contains(&address)) || is_public(address)
}

/// Whether an address is none of the special ones (IANA's special-purpose registries, RFC 6890).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_multicast()
                || v4.is_broadcast()
                || v4.is_documentation()
                || a == 0
                || a >= 240
                || (a == 100 && (64..128).contains(&b))
                || (a == 192 && b == 0 && c == 0)
                || (a == 192 && b == 88 && c == 99)
                || (a == 198 && (b == 18 || b == 19)))
        }
        IpAddr::V6(v6) => {
            let [a, b, ..] = v6.segments();
            // Only 2000::/3 is given out; within it not documentation, 6to4, Teredo and the like.
            (a & 0xe000) == 0x2000
                && a != 0x2002
                && !(a == 0x2001 && (b < 0x0200 || b == 0x0db8))
                && (a & 0xfff0) != 0x3ff0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_reached() {
        let reached = |text: &str| may_reach(&text.parse().unwrap(), &[]);
        for public in ["1.1.1.1", "203.0.114.1", "2606:4700::1111", "::ffff:1.1.1.1"] {
            assert!(reached(public), "{public}");
        }
        for special in [
            "127.0.0.1",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "240.0.0.1",
            "192.0.0.8",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2001::1",
        ] {
            assert!(!reached(special), "{special}");
        }
    }

    #[test]
    fn a_named_network_is_reached_too() {
        let own: IpNet = "10.0.0.0/8".parse().unwrap();
        assert!(may_reach(&"10.1.2.3".parse().unwrap(), &[own]));
        assert!(!may_reach(&"192.168.1.1".parse().unwrap(), &[own]));
    }

    #[tokio::test]
    async fn an_address_in_the_url_is_guarded_like_a_name() {
        farandole_test_provider();
        let network = Network::new(&[]).unwrap();
        for url in ["http://127.0.0.1:1/", "http://localhost:1/", "http://2130706433/"] {
            let request = Request {
                method: "GET".to_owned(),
                url: url.to_owned(),
                headers: std::collections::BTreeMap::new(),
                body: Vec::new(),
            };
            let refused = network.fetch(&request, Duration::from_secs(5)).await.unwrap_err();
            assert!(refused.contains("may not reach"), "{url}: {refused}");
        }
    }

    fn farandole_test_provider() {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    }
}
