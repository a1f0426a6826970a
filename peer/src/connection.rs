//! How do two peers open a channel? WebRTC with one reliable, ordered data channel, its candidates
//! all in the first description (non-trickle, as stock clients do). What is said over it is for
//! `link`.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;
use webrtc::data_channel::{DataChannel, DataChannelEvent};
use webrtc::peer_connection::{
    PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCConfigurationBuilder,
    RTCIceGatheringState, RTCIceServer, RTCPeerConnectionState, RTCSessionDescription,
    SettingEngineBuilder,
};

/// Candidates that take longer (an unreachable STUN server) are left out.
const GATHER_TIMEOUT: Duration = Duration::from_secs(5);
/// From both descriptions to an open channel.
const OPEN_TIMEOUT: Duration = Duration::from_secs(20);
/// Bytes handed over and not yet acknowledged; more wait, so that a slow peer holds no memory.
const SEND_BUFFER: usize = 512 * 1024;
/// Bytes of a description that are read.
const SDP_LIMIT: usize = 32 * 1024;

/// Why there is no channel. Says nothing of addresses.
#[derive(Debug, thiserror::Error)]
pub enum ConnectionError {
    /// WebRTC refused.
    #[error("the connection cannot be made: {0}")]
    Rtc(#[from] webrtc::error::Error),
    /// The other side's description is no honest one.
    #[error("the peer's description is malformed")]
    Description,
    /// No path between the two was found in time.
    #[error("the peer cannot be reached")]
    Unreachable,
}

/// How connections are made.
#[derive(Debug, Clone, Default)]
pub struct Network {
    /// STUN servers: `stun:host:port`.
    pub stun_urls: Vec<String>,
    /// Local addresses; all interfaces but loopback when empty. Port 0 takes a free one.
    pub bind: Vec<SocketAddr>,
}

/// Where the handler's callbacks go. They run on the connection's own task and must not wait.
struct Watcher {
    gathered: watch::Sender<bool>,
    over: watch::Sender<bool>,
    channels: mpsc::Sender<Arc<dyn DataChannel>>,
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Watcher {
    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            self.gathered.send_replace(true);
        }
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        if matches!(
            state,
            RTCPeerConnectionState::Failed
                | RTCPeerConnectionState::Disconnected
                | RTCPeerConnectionState::Closed
        ) {
            self.over.send_replace(true);
        }
    }

    async fn on_data_channel(&self, channel: Arc<dyn DataChannel>) {
        // One is expected; further ones are dropped.
        let _ = self.channels.try_send(channel);
    }
}

/// A connection whose channel is not open yet.
struct Half {
    connection: Arc<dyn PeerConnection>,
    gathered: watch::Receiver<bool>,
    over: watch::Receiver<bool>,
    channels: mpsc::Receiver<Arc<dyn DataChannel>>,
}

impl Half {
    async fn new(network: &Network) -> Result<Self, ConnectionError> {
        let (gathered_sender, gathered) = watch::channel(false);
        let (over_sender, over) = watch::channel(false);
        let (channel_sender, channels) = mpsc::channel(1);
        let watcher =
            Watcher { gathered: gathered_sender, over: over_sender, channels: channel_sender };
        let servers = if network.stun_urls.is_empty() {
            Vec::new()
        } else {
            vec![RTCIceServer { urls: network.stun_urls.clone(), ..Default::default() }]
        };
        let loopback = network.bind.iter().any(|address| address.ip().is_loopback());
        let bind = if network.bind.is_empty() {
            vec![SocketAddr::from(([0, 0, 0, 0], 0)), SocketAddr::from(([0_u16; 8], 0))]
        } else {
            network.bind.clone()
        };
        let connection = PeerConnectionBuilder::new()
            .with_configuration(RTCConfigurationBuilder::new().with_ice_servers(servers).build())
            .with_setting_engine(
                SettingEngineBuilder::new().with_include_loopback_candidate(loopback).build(),
            )
            .with_handler(Arc::new(watcher))
            .with_udp_addrs(bind)
            .with_data_channel_send_buffer_limit(SEND_BUFFER)
            .build()
            .await?;
        Ok(Self { connection: Arc::new(connection), gathered, over, channels })
    }

    /// Our description with all candidates found in time.
    async fn description(&mut self) -> Result<String, ConnectionError> {
        let _ = timeout(GATHER_TIMEOUT, self.gathered.wait_for(|done| *done)).await;
        let description = self.connection.local_description().await;
        Ok(description.ok_or(ConnectionError::Description)?.sdp)
    }

    /// Waits for the channel to open.
    async fn open(self, channel: Arc<dyn DataChannel>) -> Result<Channel, ConnectionError> {
        let Self { connection, mut over, .. } = self;
        let opening = async {
            loop {
                match channel.poll().await {
                    Some(DataChannelEvent::OnOpen) => return true,
                    Some(DataChannelEvent::OnMessage(_)) => {}
                    Some(DataChannelEvent::OnClose | DataChannelEvent::OnClosing) | None => {
                        return false;
                    }
                    Some(_) => {}
                }
            }
        };
        let open = tokio::select! {
            open = timeout(OPEN_TIMEOUT, opening) => open.unwrap_or(false),
            _ = over.wait_for(|over| *over) => false,
        };
        if open {
            return Ok(Channel { connection, channel, over });
        }
        let _ = connection.close().await;
        Err(ConnectionError::Unreachable)
    }
}

/// An offer that waits for its answer.
pub struct Offered {
    half: Half,
    channel: Arc<dyn DataChannel>,
    /// The SDP to send.
    pub sdp: String,
}

/// An answer whose channel is being opened.
pub struct Answered {
    half: Half,
    /// The SDP to send.
    pub sdp: String,
}

/// An open channel.
pub struct Channel {
    connection: Arc<dyn PeerConnection>,
    channel: Arc<dyn DataChannel>,
    over: watch::Receiver<bool>,
}

impl Network {
    /// Makes an offer. `label` names the channel: 40 hexadecimal characters.
    ///
    /// # Errors
    /// No socket could be bound.
    pub async fn offer(&self, label: &str) -> Result<Offered, ConnectionError> {
        let mut half = Half::new(self).await?;
        let channel = half.connection.create_data_channel(label, None).await?;
        let offer = half.connection.create_offer(None).await?;
        half.connection.set_local_description(offer).await?;
        let sdp = half.description().await?;
        Ok(Offered { half, channel, sdp })
    }

    /// Answers another peer's offer.
    ///
    /// # Errors
    /// The offer is malformed, or no socket could be bound.
    pub async fn answer(&self, offer: &str) -> Result<Answered, ConnectionError> {
        let mut half = Half::new(self).await?;
        let offer = RTCSessionDescription::offer(honest(offer)?)?;
        half.connection.set_remote_description(offer).await?;
        let answer = half.connection.create_answer(None).await?;
        half.connection.set_local_description(answer).await?;
        let sdp = half.description().await?;
        Ok(Answered { half, sdp })
    }
}

/// A description that is worth parsing: short, and with a channel and nothing else.
fn honest(sdp: &str) -> Result<String, ConnectionError> {
    let media = sdp.lines().filter(|line| line.starts_with("m=")).count();
    if sdp.len() > SDP_LIMIT || media != 1 || !sdp.contains("m=application ") {
        return Err(ConnectionError::Description);
    }
    Ok(sdp.to_owned())
}

impl Offered {
    /// Takes the answer and waits for the channel to open.
    ///
    /// # Errors
    /// The answer is malformed, or there is no path to the peer.
    pub async fn accept(self, answer: &str) -> Result<Channel, ConnectionError> {
        let answer = RTCSessionDescription::answer(honest(answer)?)?;
        self.half.connection.set_remote_description(answer).await?;
        self.half.open(self.channel).await
    }
}

impl Answered {
    /// Waits for the other side's channel.
    ///
    /// # Errors
    /// There is no path to the peer.
    pub async fn open(mut self) -> Result<Channel, ConnectionError> {
        let mut over = self.half.over.clone();
        let channel = tokio::select! {
            channel = timeout(OPEN_TIMEOUT, self.half.channels.recv()) => channel.ok().flatten(),
            _ = over.wait_for(|over| *over) => None,
        };
        match channel {
            Some(channel) => self.half.open(channel).await,
            None => {
                let _ = self.half.connection.close().await;
                Err(ConnectionError::Unreachable)
            }
        }
    }
}

impl Channel {
    /// Sends one message; waits while the other side is slow.
    ///
    /// # Errors
    /// The channel is closed.
    pub async fn send(&self, message: &[u8]) -> Result<(), ConnectionError> {
        Ok(self.channel.send(BytesMut::from(message)).await?)
    }

    /// The next message; `None` when the channel is closed. Safe to drop and call again.
    pub async fn next(&self) -> Option<BytesMut> {
        let mut over = self.over.clone();
        loop {
            let event = tokio::select! {
                event = self.channel.poll() => event,
                _ = over.wait_for(|over| *over) => return None,
            };
            match event? {
                DataChannelEvent::OnMessage(message) => return Some(message.data),
                DataChannelEvent::OnClose | DataChannelEvent::OnClosing => return None,
                _ => {}
            }
        }
    }

    /// Closes the channel and the connection below it.
    pub async fn close(&self) {
        let _ = self.channel.close().await;
        let _ = self.connection.close().await;
    }
}
