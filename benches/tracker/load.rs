//! Load for a WebTorrent tracker, ours or another: viewers that announce at a fixed rate, whatever
//! comes back, and answer every offer at once. Prints one JSON line.
//!
//! Open loop: announces go out by the clock. Each viewer leaves before it comes again under a new
//! id, so that no limit of partners stops the relays; every tracker gets the same messages. Times
//! travel in the offers themselves.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench that fails says where, and prints what it found"
)]

use std::cell::{Cell, RefCell};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, Interest};
use tokio::net::{TcpSocket, TcpStream};

/// Sockets from one loopback address.
const PER_ADDRESS: usize = 3000;
/// Length of a session description without candidates for every interface, bytes.
const SDP_BYTES: usize = 690;
const OFFERS: usize = 5;
/// Before counting begins.
const WARM_UP: Duration = Duration::from_secs(3);

/// What is asked on the command line.
#[derive(Clone)]
struct Wanted {
    address: SocketAddr,
    path: String,
    pid: u32,
    sockets: usize,
    swarms: usize,
    rate: f64,
    seconds: u64,
    idle: bool,
}

fn wanted() -> Wanted {
    let mut wanted = Wanted {
        address: SocketAddr::from(([127, 0, 0, 1], 9000)),
        path: "/tracker/socket".to_owned(),
        pid: 0,
        sockets: 100,
        swarms: 1,
        rate: 1000.0,
        seconds: 10,
        idle: false,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().unwrap_or_else(|| panic!("{word} needs a value"));
        match word.as_str() {
            "--address" => wanted.address = value().parse().unwrap(),
            "--path" => wanted.path = value(),
            "--pid" => wanted.pid = value().parse().unwrap(),
            "--sockets" => wanted.sockets = value().parse().unwrap(),
            "--swarms" => wanted.swarms = value().parse().unwrap(),
            "--rate" => wanted.rate = value().parse().unwrap(),
            "--seconds" => wanted.seconds = value().parse().unwrap(),
            "--idle" => wanted.idle = true,
            // `cargo bench` adds this.
            "--bench" => {}
            other => panic!("{other} is not understood"),
        }
    }
    wanted
}

/// What was counted.
#[derive(Default)]
struct Counts {
    sent: Cell<u64>,
    received: Cell<u64>,
    offers: Cell<u64>,
    answers: Cell<u64>,
    failures: Cell<u64>,
    latencies_us: RefCell<Vec<u32>>,
}

fn add(count: &Cell<u64>, by: u64) {
    count.set(count.get() + by);
}

/// One viewer on one socket.
struct Viewer {
    stream: TcpStream,
    number: usize,
    swarm: usize,
    life: Cell<usize>,
    unsent: RefCell<Vec<u8>>,
    counts: Rc<Counts>,
    begun: Instant,
}

impl Viewer {
    fn peer_id(&self) -> String {
        format!("-LD0001-{:06}{:06}", self.number, self.life.get() % 1_000_000)
    }

    fn info_hash(&self) -> String {
        format!("{:020}", self.swarm)
    }

    /// Queues a masked text frame; the mask is zeros, which costs the least.
    fn frame(out: &mut Vec<u8>, opcode: u8, payload: &[u8]) {
        out.push(0x80 | opcode);
        match payload.len() {
            short @ 0..126 => out.push(0x80 | short as u8),
            long => {
                out.push(0x80 | 126);
                out.extend((long as u16).to_be_bytes());
            }
        }
        out.extend([0; 4]);
        out.extend(payload);
    }

    fn send(&self, bytes: &[u8]) {
        let mut unsent = self.unsent.borrow_mut();
        unsent.extend_from_slice(bytes);
        match self.stream.try_write(&unsent) {
            Ok(written) if written == unsent.len() => unsent.clear(),
            Ok(written) => drop(unsent.drain(..written)),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(error) => panic!("the tracker closed a socket: {error}"),
        }
    }

    /// Comes, or leaves and comes again.
    fn announce(&self, filler: &str, offers: usize) {
        let mut out = Vec::with_capacity(8192);
        let info_hash = self.info_hash();
        if self.life.get() > 0 {
            let gone = format!(
                r#"{{"action":"announce","event":"stopped","info_hash":"{info_hash}","peer_id":"{}"}}"#,
                self.peer_id()
            );
            Self::frame(&mut out, 1, gone.as_bytes());
            add(&self.counts.sent, 1);
        }
        self.life.set(self.life.get() + 1);
        let peer_id = self.peer_id();
        let now = self.begun.elapsed().as_micros();
        let offers: Vec<String> = (0..offers)
            .map(|number| {
                format!(
                    r#"{{"offer":{{"type":"offer","sdp":"at={now:012};{filler}"}},"offer_id":"{number}{:019}"}}"#,
                    self.life.get()
                )
            })
            .collect();
        let message = format!(
            r#"{{"numwant":{},"uploaded":0,"downloaded":0,"event":"started","action":"announce","info_hash":"{info_hash}","peer_id":"{peer_id}","offers":[{}]}}"#,
            offers.len(),
            offers.join(",")
        );
        Self::frame(&mut out, 1, message.as_bytes());
        add(&self.counts.sent, 1);
        self.send(&out);
    }

    fn hear(&self, text: &str, filler: &str) {
        let counts = &self.counts;
        add(&counts.received, 1);
        if let Some(at) = after(text, "\"sdp\":\"at=", 12) {
            add(&counts.offers, 1);
            let now = self.begun.elapsed().as_micros() as u64;
            let taken = now.saturating_sub(at.parse().unwrap());
            counts.latencies_us.borrow_mut().push(taken as u32);
            let offer_id = after(text, "\"offer_id\":\"", 20).unwrap();
            let to = after(text, "\"peer_id\":\"", 20).unwrap();
            let answer = format!(
                r#"{{"action":"announce","info_hash":"{}","peer_id":"{}","to_peer_id":"{to}","answer":{{"type":"answer","sdp":"{filler}"}},"offer_id":"{offer_id}"}}"#,
                self.info_hash(),
                self.peer_id()
            );
            let mut out = Vec::with_capacity(1024);
            Self::frame(&mut out, 1, answer.as_bytes());
            add(&counts.sent, 1);
            self.send(&out);
        } else if text.contains("\"answer\":") {
            add(&counts.answers, 1);
        } else if text.contains("failure reason") {
            add(&counts.failures, 1);
        }
    }

    /// Reads frames for ever.
    async fn listen(self: Rc<Self>, filler: Rc<str>) {
        let mut kept: Vec<u8> = Vec::new();
        loop {
            let blocked = !self.unsent.borrow().is_empty();
            let interest =
                if blocked { Interest::READABLE | Interest::WRITABLE } else { Interest::READABLE };
            let Ok(ready) = self.stream.ready(interest).await else { return };
            if ready.is_writable() && blocked {
                self.send(&[]);
            }
            match self.stream.try_read_buf(&mut kept) {
                Ok(0) => return,
                Ok(_) => {}
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => continue,
                Err(_) => return,
            }
            let mut from = 0;
            while let Some((opcode, start, end)) = head(&kept[from..]) {
                let payload = &kept[from + start..from + end];
                match opcode {
                    1 => self.hear(std::str::from_utf8(payload).unwrap(), &filler),
                    8 => {
                        panic!("the tracker said goodbye: {:?}", payload.escape_ascii().to_string())
                    }
                    9 => {
                        let mut pong = Vec::new();
                        Self::frame(&mut pong, 10, payload);
                        self.send(&pong);
                    }
                    _ => {}
                }
                from += end;
            }
            kept.drain(..from);
            if kept.is_empty() && kept.capacity() > 4096 {
                kept = Vec::new();
            }
        }
    }
}

/// The first frame: opcode, where its payload starts, where it ends; `None` when it is not whole.
fn head(bytes: &[u8]) -> Option<(u8, usize, usize)> {
    let (&first, &second) = (bytes.first()?, bytes.get(1)?);
    let (start, length) = match second & 0x7f {
        126 => (4, usize::from(u16::from_be_bytes([*bytes.get(2)?, *bytes.get(3)?]))),
        127 => panic!("a frame longer than any of a tracker"),
        short => (2, usize::from(short)),
    };
    (bytes.len() >= start + length).then_some((first & 15, start, start + length))
}

/// The `length` characters after `mark`.
fn after<'a>(text: &'a str, mark: &str, length: usize) -> Option<&'a str> {
    let at = text.find(mark)? + mark.len();
    text.get(at..at + length)
}

async fn connect(wanted: &Wanted, number: usize) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    let last = 2 + (number / PER_ADDRESS) as u8;
    socket.bind(SocketAddr::new(IpAddr::V4(Ipv4Addr::new(127, 0, 0, last)), 0)).unwrap();
    let mut stream = socket.connect(wanted.address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let ask = format!(
        "GET {} HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        wanted.path, wanted.address
    );
    stream.write_all(ask.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    assert!(head.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&head));
    stream
}

/// CPU seconds of a process so far.
fn cpu_seconds(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: f64 = fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap();
    ticks / 100.0
}

/// Resident memory of a process, bytes.
fn resident_bytes(pid: u32) -> u64 {
    let statm = std::fs::read_to_string(format!("/proc/{pid}/statm")).unwrap();
    statm.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4096
}

async fn viewers(wanted: &Wanted, counts: &Rc<Counts>, filler: &Rc<str>) -> Vec<Rc<Viewer>> {
    let begun = Instant::now();
    let mut viewers = Vec::new();
    for number in 0..wanted.sockets {
        let viewer = Rc::new(Viewer {
            stream: connect(wanted, number).await,
            number,
            swarm: number % wanted.swarms,
            life: Cell::new(0),
            unsent: RefCell::default(),
            counts: Rc::clone(counts),
            begun,
        });
        tokio::task::spawn_local(Rc::clone(&viewer).listen(Rc::clone(filler)));
        viewers.push(viewer);
    }
    viewers
}

/// Memory of sockets that were opened, announced once, and say nothing.
async fn idle(wanted: &Wanted, counts: &Rc<Counts>, filler: &Rc<str>) {
    let before = resident_bytes(wanted.pid);
    let viewers = viewers(wanted, counts, filler).await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    let open = resident_bytes(wanted.pid);
    for viewer in &viewers {
        viewer.announce(filler, 0);
        if viewer.number % 50 == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    tokio::time::sleep(Duration::from_secs(wanted.seconds)).await;
    let joined = resident_bytes(wanted.pid);
    let each = |bytes: u64| bytes.saturating_sub(before) / wanted.sockets as u64;
    println!(
        "{{\"sockets\":{},\"replies\":{},\"bytes_per_socket\":{},\"bytes_per_socket_in_a_swarm\":{},\"resident\":{joined}}}",
        wanted.sockets,
        counts.received.get(),
        each(open),
        each(joined)
    );
}

async fn load(wanted: &Wanted, counts: &Rc<Counts>, filler: &Rc<str>) {
    let viewers = viewers(wanted, counts, filler).await;
    let begun = Instant::now();
    let (mut announced, mut from) = (0_u64, None);
    loop {
        let elapsed = begun.elapsed();
        let due = (elapsed.as_secs_f64() * wanted.rate) as u64;
        while announced < due {
            viewers[announced as usize % viewers.len()].announce(filler, OFFERS);
            announced += 1;
        }
        if from.is_none() && elapsed >= WARM_UP {
            for count in [&counts.sent, &counts.received, &counts.offers, &counts.answers] {
                count.set(0);
            }
            counts.latencies_us.borrow_mut().clear();
            from = Some((Instant::now(), cpu_seconds(wanted.pid), announced));
        }
        if elapsed >= WARM_UP + Duration::from_secs(wanted.seconds) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let (at, cpu, before) = from.unwrap();
    let (seconds, cpu) = (at.elapsed().as_secs_f64(), cpu_seconds(wanted.pid) - cpu);
    let frames = counts.sent.get() + counts.received.get();
    let mut latencies = counts.latencies_us.borrow_mut();
    latencies.sort_unstable();
    let at = |part: f64| {
        latencies
            .get((latencies.len() as f64 * part) as usize)
            .map_or(0.0, |us| f64::from(*us) / 1e3)
    };
    println!(
        "{{\"sockets\":{},\"swarms\":{},\"seconds\":{seconds:.1},\"announces\":{},\"frames_in\":{},\"frames_out\":{},\
         \"offers\":{},\"answers\":{},\"failures\":{},\"cpu_seconds\":{cpu:.2},\"frames_per_cpu_second\":{:.0},\
         \"relay_ms_p50\":{:.2},\"relay_ms_p99\":{:.2},\"resident\":{}}}",
        wanted.sockets,
        wanted.swarms,
        announced - before,
        counts.sent.get(),
        counts.received.get(),
        counts.offers.get(),
        counts.answers.get(),
        counts.failures.get(),
        frames as f64 / cpu,
        at(0.5),
        at(0.99),
        resident_bytes(wanted.pid),
    );
}

fn main() {
    let wanted = wanted();
    let filler: Rc<str> = "a=candidate;".chars().cycle().take(SDP_BYTES).collect::<String>().into();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let counts = Rc::new(Counts::default());
    tokio::task::LocalSet::new().block_on(&runtime, async {
        if wanted.idle {
            idle(&wanted, &counts, &filler).await;
        } else {
            load(&wanted, &counts, &filler).await;
        }
    });
}
