//! How does this server fetch what is elsewhere? The one guarded client: public addresses only
//! unless a network is named, the address looked up once and then pinned, with limits of size,
//! time and redirects.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use ipnet::IpNet;
use url::{Host, Url};

/// Redirects followed at most.
const REDIRECTS: usize = 3;

/// What is fetched, and within which limits.
#[derive(Debug, Clone)]
pub struct Outbound<'a> {
    /// `http` or `https`.
    pub url: &'a Url,
    /// A body makes it a POST of JSON.
    pub body: Option<String>,
    /// Only if it changed since the answer with this `ETag`.
    pub etag: Option<&'a str>,
    /// Networks beside the public ones that may be asked.
    pub networks: &'a [IpNet],
    /// Bytes of the answer at most.
    pub most_bytes: u64,
    /// In all.
    pub patience: Duration,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status; 304 when nothing changed.
    pub status: u16,
    /// Its `ETag`.
    pub etag: Option<String>,
    /// `Content-Type`.
    pub kind: Option<String>,
    /// `X-Farandole-Signature`: Base64 of an Ed25519 signature over the body.
    pub signature: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// Why nothing came back.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// The address is none that may be asked.
    #[error("{0}")]
    Refused(&'static str),
    /// The host has no address.
    #[error("the host was not found")]
    NoHost,
    /// More came than may.
    #[error("the answer is larger than {most_bytes} bytes")]
    TooLarge {
        /// The limit.
        most_bytes: u64,
    },
    /// It took too long.
    #[error("there was no whole answer in time")]
    TooSlow,
    /// The other side did not answer as it should.
    #[error("the other side did not answer")]
    Failed(#[source] reqwest::Error),
}

/// An address that anybody on the Internet may be asked at.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_broadcast()
                || v4.is_documentation()
                || v4.is_unspecified()
                || v4.is_multicast()
                // This network; carrier-grade NAT; protocol assignments; benchmarks; reserved.
                || a == 0
                || (a == 100 && (64..128).contains(&b))
                || (a == 192 && b == 0 && c == 0)
                || (a == 198 && (18..20).contains(&b))
                || a >= 240)
        }
        IpAddr::V6(v6) => {
            let [first, second, ..] = v6.segments();
            // Global unicast without documentation, and without tunnels that hide a v4 address.
            (0x2000..0x4000).contains(&first)
                && !(first == 0x2001 && (second == 0x0db8 || second < 0x0200))
                && first != 0x2002
                && !(first == 0x3fff && second < 0x1000)
        }
    }
}

fn allowed(address: IpAddr, networks: &[IpNet]) -> bool {
    is_public(address) || networks.iter().any(|net| net.contains(&address.to_canonical()))
}

/// The addresses of a host that may be asked. When one of them may not, none is: a name that
/// answers both ways is up to something.
async fn look_up(url: &Url, networks: &[IpNet]) -> Result<Vec<SocketAddr>, OutboundError> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(OutboundError::Refused("Only http and https addresses are fetched."));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(OutboundError::Refused("An address with a password in it is not fetched."));
    }
    let port = url.port_or_known_default().unwrap_or(443);
    let found: Vec<SocketAddr> = match url.host() {
        None => return Err(OutboundError::NoHost),
        Some(Host::Ipv4(v4)) => vec![SocketAddr::new(v4.into(), port)],
        Some(Host::Ipv6(v6)) => vec![SocketAddr::new(v6.into(), port)],
        Some(Host::Domain(name)) => {
            let found = tokio::net::lookup_host((name, port)).await;
            found.map_err(|_| OutboundError::NoHost)?.collect()
        }
    };
    if found.is_empty() {
        return Err(OutboundError::NoHost);
    }
    if found.iter().all(|address| allowed(address.ip(), networks)) {
        return Ok(found);
    }
    Err(OutboundError::Refused("That host is in a private network, which is not asked."))
}

/// Fetches something.
///
/// # Errors
/// [`OutboundError`]: nothing of the answer is kept then.
pub async fn fetch(outbound: &Outbound<'_>) -> Result<Answer, OutboundError> {
    let all = tokio::time::timeout(outbound.patience, follow(outbound)).await;
    all.map_err(|_| OutboundError::TooSlow)?
}

async fn follow(outbound: &Outbound<'_>) -> Result<Answer, OutboundError> {
    let mut url = outbound.url.clone();
    for _ in 0..=REDIRECTS {
        let response = ask(outbound, &url).await?;
        let status = response.status();
        let moved = response.headers().get(reqwest::header::LOCATION);
        // What is sent is sent once: a redirected POST would reach somebody else.
        if !status.is_redirection() || status.as_u16() == 304 || outbound.body.is_some() {
            return read(outbound, response).await;
        }
        let next = moved.and_then(|value| value.to_str().ok()).and_then(|to| url.join(to).ok());
        let Some(next) = next else { return read(outbound, response).await };
        if url.scheme() == "https" && next.scheme() != "https" {
            return Err(OutboundError::Refused("It leads from https to http."));
        }
        url = next;
    }
    Err(OutboundError::Refused("It leads elsewhere too often."))
}

async fn ask(outbound: &Outbound<'_>, url: &Url) -> Result<reqwest::Response, OutboundError> {
    let addresses = look_up(url, outbound.networks).await?;
    let host = url.host_str().unwrap_or_default();
    // Pinned: a second look-up could give another address than the one that was checked.
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .resolve_to_addrs(host, &addresses)
        .connect_timeout(Duration::from_secs(10))
        .user_agent(concat!("Farandole/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(OutboundError::Failed)?;
    let request = match &outbound.body {
        Some(body) => client
            .post(url.clone())
            .header(reqwest::header::CONTENT_TYPE, "application/json")
            .body(body.clone()),
        None => client.get(url.clone()),
    };
    let request = match outbound.etag {
        Some(etag) => request.header(reqwest::header::IF_NONE_MATCH, etag),
        None => request,
    };
    request.send().await.map_err(OutboundError::Failed)
}

async fn read(
    outbound: &Outbound<'_>,
    mut response: reqwest::Response,
) -> Result<Answer, OutboundError> {
    let most_bytes = outbound.most_bytes;
    if response.content_length().is_some_and(|bytes| bytes > most_bytes) {
        return Err(OutboundError::TooLarge { most_bytes });
    }
    let header = |name: &str| {
        let value = response.headers().get(name)?;
        value.to_str().ok().map(str::to_owned)
    };
    let (status, etag) = (response.status().as_u16(), header("etag"));
    let (kind, signature) = (header("content-type"), header("x-farandole-signature"));
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(OutboundError::Failed)? {
        if (body.len() + piece.len()) as u64 > most_bytes {
            return Err(OutboundError::TooLarge { most_bytes });
        }
        body.extend_from_slice(&piece);
    }
    Ok(Answer { status, etag, kind, signature, body })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_public() {
        for text in ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "2a00:1450::1"] {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
        for text in [
            "127.0.0.1",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "192.0.0.8",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "240.0.0.1",
            "192.0.2.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "2002:7f00:1::",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "3fff::1",
        ] {
            assert!(!is_public(text.parse().unwrap()), "{text}");
        }
    }

    #[tokio::test]
    async fn hosts_of_private_networks_are_not_asked_unless_named() {
        let look =
            async |text: &str, networks: &[IpNet]| look_up(&text.parse().unwrap(), networks).await;
        for bad in [
            "http://127.0.0.1/",
            "http://localhost/",
            "http://[::1]/",
            "http://0x7f.1/",
            "http://2130706433/",
            "http://[::ffff:10.0.0.1]/",
            "ftp://1.1.1.1/",
            "http://user:secret@1.1.1.1/",
        ] {
            assert!(matches!(look(bad, &[]).await, Err(OutboundError::Refused(_))), "{bad}");
        }
        let own = ["127.0.0.0/8".parse().unwrap()];
        assert_eq!(
            look("http://127.0.0.1:81/", &own).await.unwrap(),
            [SocketAddr::from(([127, 0, 0, 1], 81))]
        );
    }
}
