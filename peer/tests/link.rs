//! Does a link keep to the protocol with a peer that does not? The other end is the test's own,
//! over real WebRTC on loopback.

use std::sync::Arc;
use std::time::Duration;

use crate::support::Content;
use farandole_peer::connection::{Channel, Network};
use farandole_peer::link::{Counters, Link, Order, Shared, What};
use farandole_peer::protocol::{Answer, Command, Joiner, MESSAGE_LIMIT, is_command};
use farandole_peer::store::{Memory, Segments as _};
use farandole_peer::throttle::Throttle;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

const LONG: Duration = Duration::from_secs(30);

async fn soon<T>(what: impl Future<Output = T>) -> T {
    timeout(LONG, what).await.expect("it did not come")
}

/// The other end of a link that holds the first segment of `content`.
struct Other {
    channel: Channel,
    orders: mpsc::Sender<Order>,
    events: mpsc::Receiver<(u64, What)>,
    joiner: Joiner,
    raw: usize,
    _tasks: JoinSet<()>,
}

impl Other {
    async fn meet(content: &Content) -> Self {
        let network = Network { stun_urls: Vec::new(), bind: vec!["127.0.0.1:0".parse().unwrap()] };
        let offered = network.offer(&"a".repeat(40)).await.unwrap();
        let answered = network.answer(&offered.sdp).await.unwrap();
        let answer = answered.sdp.clone();
        let (ours, theirs) = tokio::join!(offered.accept(&answer), answered.open());
        let sizes = content.segments.iter().map(|bytes| bytes.len() as u64).collect();
        let store = Memory::new(sizes);
        store.keep(0, content.segments[0].clone()).await.unwrap();
        let shared = Shared {
            segments: Arc::new(store),
            hashes: Arc::clone(&content.hashes),
            throttle: Arc::new(Throttle::new(None)),
            counters: Arc::new(Counters::default()),
            poison: false,
        };
        let (orders, obeyed) = mpsc::channel(8);
        let (told, events) = mpsc::channel(8);
        let link = Link {
            number: 7,
            channel: theirs.unwrap(),
            shared: Arc::new(shared),
            orders: obeyed,
            events: told,
        };
        let mut tasks = JoinSet::new();
        tasks.spawn(link.run());
        let joiner = Joiner::default();
        Self { channel: ours.unwrap(), orders, events, joiner, raw: 0, _tasks: tasks }
    }

    async fn say(&self, command: &Command) {
        for message in command.encode(MESSAGE_LIMIT) {
            self.channel.send(&message).await.unwrap();
        }
    }

    /// The next command, raw bytes before it counted.
    async fn hear(&mut self) -> Option<Command> {
        loop {
            let message = self.channel.next().await?;
            if !is_command(&message) {
                self.raw += message.len();
            } else if let Some(command) = self.joiner.push(&message).unwrap() {
                return Some(command);
            }
        }
    }

    /// Lets the link ask for segment 1; the number of its request.
    async fn asked(&mut self) -> u64 {
        self.orders.send(Order::Fetch(1)).await.unwrap();
        match soon(self.hear()).await {
            Some(Command::Request { segment: 1, request, from: 0 }) => request,
            other => panic!("not asked, but {other:?}"),
        }
    }

    async fn told(&mut self) -> What {
        let (number, what) = soon(self.events.recv()).await.unwrap();
        assert_eq!(number, 7);
        what
    }

    async fn is_dropped(&mut self) {
        assert!(matches!(self.told().await, What::Closed { altered: None }));
        soon(async { while self.hear().await.is_some() {} }).await;
    }
}

fn large() -> Content {
    let mut content = Content::new(3);
    content.replace(0, vec![9; 12 << 20]);
    content
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_are_answered_and_announcements_told() {
    let content = Content::new(3);
    let mut other = Other::meet(&content).await;
    other.say(&Command::Request { segment: 0, request: 5, from: 400 }).await;
    let answer = Answer { segment: 0, request: 5 };
    let size = content.segments[0].len() as u64 - 400;
    let data = Command::Data { segment: 0, request: 5, size };
    assert_eq!(soon(other.hear()).await, Some(data));
    assert_eq!(soon(other.hear()).await, Some(Command::Completed(answer)));
    assert_eq!(other.raw as u64, size);

    for (segment, from) in [(2, 0), (99, 0), (0, size + 401)] {
        other.say(&Command::Request { segment, request: 6, from }).await;
        let absent = Command::Absent(Answer { segment, request: 6 });
        assert_eq!(soon(other.hear()).await, Some(absent));
    }
    other.say(&Command::Announcement { loaded: vec![1, 2], loading: vec![3] }).await;
    let What::Announced { loaded, loading } = other.told().await else { panic!("not told") };
    assert_eq!((loaded, loading), (vec![1, 2], vec![3]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_request_ends_the_upload_before_it() {
    let content = large();
    let mut other = Other::meet(&content).await;
    other.say(&Command::Request { segment: 0, request: 1, from: 0 }).await;
    assert!(matches!(soon(other.hear()).await, Some(Command::Data { request: 1, .. })));
    let rest = (12 << 20) - 10;
    other.say(&Command::Request { segment: 0, request: 2, from: rest }).await;
    let data = Command::Data { segment: 0, request: 2, size: 10 };
    assert_eq!(soon(other.hear()).await, Some(data));
    let completed = Command::Completed(Answer { segment: 0, request: 2 });
    assert_eq!(soon(other.hear()).await, Some(completed));
    assert!((other.raw as u64) < rest, "the first upload went on to its end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_upload_stops() {
    let content = large();
    let mut other = Other::meet(&content).await;
    other.say(&Command::Request { segment: 0, request: 1, from: 0 }).await;
    assert!(matches!(soon(other.hear()).await, Some(Command::Data { .. })));
    other.say(&Command::Cancel(Answer { segment: 0, request: 1 })).await;
    other.say(&Command::Request { segment: 2, request: 2, from: 0 }).await;
    let absent = Command::Absent(Answer { segment: 2, request: 2 });
    assert_eq!(soon(other.hear()).await, Some(absent));
    assert!(other.raw < 12 << 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_segment_of_another_length_or_altered_drops_the_peer() {
    let content = Content::new(3);
    let bytes = &content.segments[1];
    let size = bytes.len() as u64;

    let mut liar = Other::meet(&content).await;
    let request = liar.asked().await;
    liar.say(&Command::Data { segment: 1, request, size: size + 1 }).await;
    liar.is_dropped().await;

    let mut generous = Other::meet(&content).await;
    let request = generous.asked().await;
    generous.say(&Command::Data { segment: 1, request, size }).await;
    generous.channel.send(bytes).await.unwrap();
    generous.channel.send(b"more").await.unwrap();
    generous.is_dropped().await;

    let mut early = Other::meet(&content).await;
    let request = early.asked().await;
    early.say(&Command::Data { segment: 1, request, size }).await;
    early.say(&Command::Completed(Answer { segment: 1, request })).await;
    early.is_dropped().await;

    let mut poisoner = Other::meet(&content).await;
    let request = poisoner.asked().await;
    poisoner.say(&Command::Data { segment: 1, request, size }).await;
    poisoner.channel.send(&vec![0; bytes.len()]).await.unwrap();
    poisoner.say(&Command::Completed(Answer { segment: 1, request })).await;
    assert!(matches!(poisoner.told().await, What::Closed { altered: Some(1) }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_that_starves_a_download_three_times_is_dropped() {
    let content = Content::new(3);
    let mut other = Other::meet(&content).await;
    for time in 0..3 {
        let before = Instant::now();
        let request = other.asked().await;
        // The last goodbye may be lost with the connection.
        if time < 2 {
            let cancel = Command::Cancel(Answer { segment: 1, request });
            assert_eq!(soon(other.hear()).await, Some(cancel));
        }
        assert!(matches!(other.told().await, What::Failed { segment: 1, absent: false }));
        assert!(before.elapsed() >= Duration::from_millis(1_900));
    }
    other.is_dropped().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_that_has_not_what_it_told_is_kept() {
    let content = Content::new(3);
    let mut other = Other::meet(&content).await;
    let request = other.asked().await;
    other.say(&Command::Absent(Answer { segment: 1, request })).await;
    assert!(matches!(other.told().await, What::Failed { segment: 1, absent: true }));
    let request = other.asked().await;
    other.say(&Command::Data { segment: 1, request, size: content.segments[1].len() as u64 }).await;
    other.channel.send(&content.segments[1]).await.unwrap();
    other.say(&Command::Completed(Answer { segment: 1, request })).await;
    assert!(matches!(other.told().await, What::Fetched { segment: 1 }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_that_talks_nonsense_is_dropped() {
    let mut other = Other::meet(&Content::new(3)).await;
    for _ in 0..8 {
        other.channel.send(b"cstr\x09nonsensecend").await.unwrap();
    }
    other.is_dropped().await;
}
