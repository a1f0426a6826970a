//! Which address does the world see a viewer under? A STUN server (RFC 8489) for Binding requests
//! and nothing else, so that viewers behind address translation find each other without asking a
//! third party. It remembers nothing but how often each address asked lately.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::callers::Bucket;
use crate::domain::Millis;

/// Bytes of a header (section 5).
const HEADER: usize = 20;
const COOKIE: [u8; 4] = [0x21, 0x12, 0xA4, 0x42];
const BINDING_REQUEST: [u8; 2] = [0x00, 0x01];
const BINDING_SUCCESS: [u8; 2] = [0x01, 0x01];
const XOR_MAPPED_ADDRESS: [u8; 2] = [0x00, 0x20];
/// Attributes below it must be understood, and none is (section 14).
const OPTIONAL: u16 = 0x8000;
/// Longer packets are no Binding requests of a browser.
const LONGEST: usize = 576;
/// Answers per second: an answer is up to twice its request, which anybody can send in another's
/// name.
const MOST_PER_SECOND: u32 = 2_000;
/// Answers per second to one address, ten times as many at once: a browser asks once or twice for
/// each connection it tries.
const PER_ADDRESS: u32 = 10;
/// Addresses whose askings are remembered at once.
const MOST_ADDRESSES: usize = 20_000;
/// After an error of the socket, which tells of a client that is gone.
const PAUSE: Duration = Duration::from_millis(10);

/// The answer to a packet; `None` for everything but a Binding request.
#[must_use]
pub fn answer(packet: &[u8], from: SocketAddr) -> Option<Vec<u8>> {
    let (header, attributes) = packet.split_at_checked(HEADER)?;
    let (kind, rest) = header.split_first_chunk::<2>()?;
    let (length, rest) = rest.split_first_chunk::<2>()?;
    let (cookie, transaction) = rest.split_first_chunk::<4>()?;
    let whole = usize::from(u16::from_be_bytes(*length)) == attributes.len();
    if *kind != BINDING_REQUEST || *cookie != COOKIE || !whole || !optional(attributes)? {
        return None;
    }
    let mask = [&COOKIE[..], transaction].concat();
    let xored = |bytes: &[u8]| -> Vec<u8> { bytes.iter().zip(&mask).map(|(a, b)| a ^ b).collect() };
    let (family, address) = match from.ip().to_canonical() {
        IpAddr::V4(address) => (1, xored(&address.octets())),
        IpAddr::V6(address) => (2, xored(&address.octets())),
    };
    let length = u16::try_from(4 + address.len()).ok()?;
    let mut answer = Vec::with_capacity(HEADER + 8 + address.len());
    answer.extend_from_slice(&BINDING_SUCCESS);
    answer.extend_from_slice(&(length + 4).to_be_bytes());
    answer.extend_from_slice(&COOKIE);
    answer.extend_from_slice(transaction);
    answer.extend_from_slice(&XOR_MAPPED_ADDRESS);
    answer.extend_from_slice(&length.to_be_bytes());
    answer.extend_from_slice(&[0, family]);
    answer.extend_from_slice(&xored(&from.port().to_be_bytes()));
    answer.extend_from_slice(&address);
    Some(answer)
}

/// Whether every attribute may be left unread; `None` when they are cut short.
fn optional(mut attributes: &[u8]) -> Option<bool> {
    while !attributes.is_empty() {
        let (kind, rest) = attributes.split_first_chunk::<2>()?;
        let (length, rest) = rest.split_first_chunk::<2>()?;
        if u16::from_be_bytes(*kind) < OPTIONAL {
            return Some(false);
        }
        // Padded to four bytes.
        let padded = usize::from(u16::from_be_bytes(*length)).next_multiple_of(4);
        attributes = rest.get(padded..)?;
    }
    Some(true)
}

/// How often each address asked lately.
#[derive(Default)]
struct Asked {
    addresses: HashMap<IpAddr, Bucket>,
}

impl Asked {
    /// Whether an address may be answered once more.
    fn may(&mut self, address: IpAddr, now: Millis) -> bool {
        if self.addresses.len() >= MOST_ADDRESSES {
            self.addresses.retain(|_, bucket| !bucket.full(now));
        }
        if self.addresses.len() >= MOST_ADDRESSES {
            // A flood under made-up addresses: none of them is worth remembering.
            self.addresses.clear();
        }
        let bucket = self.addresses.entry(address.to_canonical()).or_default();
        bucket.take(now, 1, PER_ADDRESS)
    }
}

/// Answers on `socket` until `stopping` fires.
pub async fn serve(socket: UdpSocket, stopping: CancellationToken) {
    let mut packet = [0; LONGEST];
    let (mut second, mut answered) = (Instant::now(), 0);
    let (begun, mut asked) = (Instant::now(), Asked::default());
    loop {
        let heard = tokio::select! {
            heard = socket.recv_from(&mut packet) => heard,
            () = stopping.cancelled() => return,
        };
        if second.elapsed() >= Duration::from_secs(1) {
            (second, answered) = (Instant::now(), 0);
        }
        let now = Millis(i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX));
        let mut may = |from: IpAddr| answered < MOST_PER_SECOND && asked.may(from, now);
        let answering = reply(&socket, heard, &packet, &mut may).await;
        answered += u32::from(matches!(answering, Ok(true)));
        if let Err(error) = answering {
            tracing::debug!(error = %error, "the STUN socket");
            tokio::time::sleep(PAUSE).await;
        }
    }
}

async fn reply(
    socket: &UdpSocket,
    heard: io::Result<(usize, SocketAddr)>,
    packet: &[u8],
    may: &mut (dyn FnMut(IpAddr) -> bool + Send),
) -> io::Result<bool> {
    let (length, from) = heard?;
    let Some(answer) = packet.get(..length).and_then(|packet| answer(packet, from)) else {
        return Ok(false);
    };
    if !may(from.ip()) {
        return Ok(false);
    }
    socket.send_to(&answer, from).await?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Of RFC 5769.
    const TRANSACTION: [u8; 12] =
        [0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae];

    fn request(attributes: &[u8]) -> Vec<u8> {
        let length = u16::try_from(attributes.len()).unwrap().to_be_bytes();
        [&BINDING_REQUEST[..], &length, &COOKIE, &TRANSACTION, attributes].concat()
    }

    fn attribute(from: &str) -> String {
        let answer = answer(&request(&[]), from.parse().unwrap()).unwrap();
        assert_eq!(answer[..2], BINDING_SUCCESS);
        assert_eq!(usize::from(u16::from_be_bytes([answer[2], answer[3]])), answer.len() - HEADER);
        assert_eq!(answer[8..HEADER], TRANSACTION);
        hex::encode(&answer[HEADER..])
    }

    #[test]
    fn addresses_are_written_as_in_the_test_vectors() {
        // RFC 5769, sections 2.2 and 2.3.
        assert_eq!(attribute("192.0.2.1:32853"), "002000080001a147e112a643");
        assert_eq!(
            attribute("[2001:db8:1234:5678:11:2233:4455:6677]:32853"),
            "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9"
        );
        assert_eq!(attribute("[::ffff:192.0.2.1]:32853"), "002000080001a147e112a643");
    }

    #[test]
    fn only_binding_requests_that_are_understood_are_answered() {
        let from = "192.0.2.1:1".parse().unwrap();
        let software = [0x80, 0x22, 0x00, 0x03, b'a', b'b', b'c', 0];
        assert!(answer(&request(&software), from).is_some());
        // CHANGE-REQUEST (RFC 5780) would have the answer come from elsewhere.
        assert!(answer(&request(&[0x00, 0x03, 0x00, 0x04, 0, 0, 0, 6]), from).is_none());
        assert!(answer(&request(&software[..7]), from).is_none(), "cut short");
        let mut other = request(&[]);
        other[1] = 0x02;
        assert!(answer(&other, from).is_none(), "another method");
        let mut old = request(&[]);
        old[4] = 0;
        assert!(answer(&old, from).is_none(), "without the cookie");
        assert!(answer(&request(&[])[..19], from).is_none());
    }

    #[tokio::test]
    async fn a_viewer_hears_its_own_address() {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let server = socket.local_addr().unwrap();
        let stopping = CancellationToken::new();
        let viewer = async {
            let viewer = UdpSocket::bind("127.0.0.1:0").await.unwrap();
            viewer.send_to(b"nonsense", server).await.unwrap();
            viewer.send_to(&request(&[]), server).await.unwrap();
            let mut heard = [0; 100];
            let (length, _) = viewer.recv_from(&mut heard).await.unwrap();
            let expected = answer(&request(&[]), viewer.local_addr().unwrap()).unwrap();
            assert_eq!(heard[..length], expected);
            stopping.cancel();
        };
        tokio::join!(serve(socket, stopping.clone()), viewer);
    }

    #[test]
    fn an_address_that_asks_without_end_keeps_nobody_else_waiting() {
        let mut asked = Asked::default();
        let now = Millis(1000);
        let (greedy, other) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        assert_eq!((0..1000).filter(|_| asked.may(greedy, now)).count(), 100);
        assert!(asked.may(other, now));
        let now = Millis(1100);
        assert!(asked.may(greedy, now) && !asked.may(greedy, now));
    }

    #[test]
    fn made_up_addresses_are_not_remembered_without_end() {
        let mut asked = Asked::default();
        for number in 0..50_000_u32 {
            let address = std::net::Ipv4Addr::from_bits(number).into();
            assert!(asked.may(address, Millis(1000)));
            assert!(asked.addresses.len() <= MOST_ADDRESSES);
        }
    }

    proptest! {
        #[test]
        fn no_packet_gets_more_than_its_address(packet in proptest::collection::vec(any::<u8>(), 0..600)) {
            let answer = answer(&packet, "[2001:db8::1]:9".parse().unwrap());
            prop_assert!(answer.is_none_or(|answer| answer.len() == 44));
        }
    }
}
