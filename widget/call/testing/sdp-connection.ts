// An RTCPeerConnection that goes through its signalling states and notes what is asked of it; what it gathers is the
// test's to say. For tests only.

/** SDP of the offer or answer that a fake makes: enough to tell one generation of candidates from another. */
export const fakeSdp = (fragment: string, ...candidates: string[]): string =>
  ['v=0', `a=ice-ufrag:${fragment}`, ...candidates.map(line => `a=${line}`), ''].join('\r\n');

export const fakeCandidate = (line: string, usernameFragment: string, more: object = {}): RTCIceCandidate =>
  ({
    candidate: line,
    sdpMid: '0',
    sdpMLineIndex: 0,
    usernameFragment,
    type: 'host',
    address: null,
    ...more,
  }) as RTCIceCandidate;

export class SdpConnection extends EventTarget {
  connectionState: RTCPeerConnectionState = 'new';
  signalingState: RTCSignalingState = 'stable';
  localDescription: { type: RTCSdpType; sdp: string } | null = null;
  remoteDescription: { type: RTCSdpType; sdp: string } | null = null;
  currentLocalDescription = null;
  currentRemoteDescription = null;
  configuration: RTCConfiguration;
  /** Everything that was asked of it, in order. */
  readonly calls: string[] = [];
  readonly transceivers: object[] = [];
  #descriptions = 0;

  constructor(configuration: RTCConfiguration = {}) {
    super();
    this.configuration = configuration;
  }
  get real(): RTCPeerConnection {
    return this as unknown as RTCPeerConnection;
  }
  addTransceiver(): void {
    if (this.transceivers.push({ direction: 'sendrecv', sender: { track: null } }) === 1) this.needNegotiation();
  }
  getTransceivers(): object[] {
    return this.transceivers;
  }
  needNegotiation(): void {
    queueMicrotask(() => this.dispatchEvent(new Event('negotiationneeded')));
  }
  createOffer(): Promise<{ type: 'offer'; sdp: string }> {
    this.calls.push('createOffer');
    return Promise.resolve({ type: 'offer', sdp: fakeSdp(`local${++this.#descriptions}`) });
  }
  setLocalDescription(description?: { type: RTCSdpType; sdp: string }): Promise<void> {
    const type = this.signalingState === 'have-remote-offer' ? 'answer' : 'offer';
    this.calls.push(`local ${type}`);
    this.localDescription = description ?? { type, sdp: fakeSdp(`local${++this.#descriptions}`) };
    this.signalingState = type === 'offer' ? 'have-local-offer' : 'stable';
    return Promise.resolve();
  }
  setRemoteDescription(description: { type: RTCSdpType; sdp: string }): Promise<void> {
    this.calls.push(`remote ${description.type}`);
    this.remoteDescription = description;
    this.signalingState = description.type === 'offer' ? 'have-remote-offer' : 'stable';
    return Promise.resolve();
  }
  addIceCandidate(candidate: { candidate: string } | null): Promise<void> {
    this.calls.push(`add ${candidate?.candidate ?? 'end'}`);
    return this.remoteDescription ? Promise.resolve() : Promise.reject(new Error('InvalidStateError'));
  }
  getConfiguration(): RTCConfiguration {
    return this.configuration;
  }
  setConfiguration(configuration: RTCConfiguration): void {
    this.calls.push('setConfiguration');
    this.configuration = configuration;
  }
  restartIce(): void {
    this.calls.push('restartIce');
  }
  getStats(): Promise<Map<string, object>> {
    return Promise.resolve(new Map<string, object>());
  }
  close(): void {
    this.connectionState = 'closed';
  }
  become(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.dispatchEvent(new Event('connectionstatechange'));
  }
  gather(candidate: RTCIceCandidate | null): void {
    if (candidate && this.localDescription) this.localDescription.sdp += `a=${candidate.candidate}\r\n`;
    this.dispatchEvent(Object.assign(new Event('icecandidate'), { candidate }));
  }
}
