/**
 * What the stock tracker client needs of WebRTC in Node to make offers and answers: descriptions
 * that are gathered at once, and data channels that never open.
 */
let made = 0;

export class RTCSessionDescription {
  constructor({ type, sdp }) {
    this.type = type;
    this.sdp = sdp;
  }
}

export class RTCIceCandidate {}

export class RTCPeerConnection {
  iceGatheringState = 'new';
  iceConnectionState = 'new';
  connectionState = 'new';
  signalingState = 'stable';
  localDescription = null;
  remoteDescription = null;

  createDataChannel(label) {
    return { label, readyState: 'connecting', bufferedAmount: 0, close() {} };
  }

  async createOffer() {
    return { type: 'offer', sdp: `v=0\r\ns=offer "${(made += 1)}" \\ \u00e9\r\n` };
  }

  async createAnswer() {
    return { type: 'answer', sdp: `v=0\r\ns=answer to ${this.remoteDescription.sdp}` };
  }

  async setLocalDescription(description) {
    this.localDescription = description;
    this.signalingState = description.type === 'offer' ? 'have-local-offer' : 'stable';
    this.iceGatheringState = 'complete';
    this.onicegatheringstatechange?.();
    queueMicrotask(() => this.onicecandidate?.({ candidate: null }));
  }

  async setRemoteDescription(description) {
    this.remoteDescription = description;
    this.signalingState = description.type === 'offer' ? 'have-remote-offer' : 'stable';
  }

  async addIceCandidate() {}

  close() {
    this.signalingState = 'closed';
  }
}
