// For tests: a connection whose network is the test, with the senders, statistics and certificates that the engine looks
// at. It counts what is open. Not part of the product.

export class FakeSender {
  track: MediaStreamTrack | null = null;
  readonly transport = { getRemoteCertificates: (): ArrayBuffer[] => [] };
  encoding: Record<string, unknown> = { active: true };
  /** Every change of the encoding, in order. */
  readonly told: Record<string, unknown>[] = [];

  replaceTrack(track: MediaStreamTrack | null): Promise<void> {
    this.track = track;
    return Promise.resolve();
  }
  getParameters(): object {
    return { encodings: [{ ...this.encoding }] };
  }
  setParameters({ encodings: [encoding = {}] }: { encodings: Record<string, unknown>[] }): Promise<void> {
    this.encoding = encoding;
    this.told.push(encoding);
    return Promise.resolve();
  }
}

export class FakeConnection extends EventTarget {
  static open = 0;
  connectionState: RTCPeerConnectionState = 'new';
  signalingState: RTCSignalingState = 'stable';
  localDescription: { type: string; sdp: string } | null = null;
  currentLocalDescription = null;
  currentRemoteDescription = null;
  readonly transceivers: {
    mid: string;
    direction: string;
    sender: FakeSender;
    receiver: Pick<RTCRtpReceiver, 'getStats'>;
  }[] = [];
  stats: object[] = [];
  configuration: RTCConfiguration;
  restarts = 0;

  constructor(configuration: RTCConfiguration = {}) {
    super();
    this.configuration = configuration;
    FakeConnection.open += 1;
  }
  addTransceiver(what: MediaStreamTrack | string): void {
    const sender = new FakeSender();
    if (typeof what !== 'string') sender.track = what;
    const receiver = { getStats: () => Promise.resolve(new Map()) };
    this.transceivers.push({ mid: String(this.transceivers.length), direction: 'sendrecv', sender, receiver });
    if (this.transceivers.length === 1) queueMicrotask(() => this.dispatchEvent(new Event('negotiationneeded')));
  }
  getTransceivers(): unknown[] {
    return this.transceivers;
  }
  getSenders(): FakeSender[] {
    return this.transceivers.map(({ sender }) => sender);
  }
  setLocalDescription(): Promise<void> {
    this.signalingState = 'have-local-offer';
    const fingerprint = Array.from({ length: 32 }, () => '0A').join(':');
    this.localDescription = { type: 'offer', sdp: `v=0\r\na=fingerprint:sha-256 ${fingerprint}\r\n` };
    return Promise.resolve();
  }
  getConfiguration(): RTCConfiguration {
    return this.configuration;
  }
  setConfiguration(configuration: RTCConfiguration): void {
    this.configuration = configuration;
  }
  restartIce(): void {
    this.restarts += 1;
  }
  /** As if the other side had. */
  answered(): void {
    this.signalingState = 'stable';
    this.dispatchEvent(new Event('signalingstatechange'));
  }
  getStats(): Promise<Map<string, object>> {
    return Promise.resolve(new Map(this.stats.map(one => [(one as { id: string }).id, one])));
  }
  close(): void {
    if (this.connectionState !== 'closed') FakeConnection.open -= 1;
    this.connectionState = 'closed';
  }
  become(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.dispatchEvent(new Event('connectionstatechange'));
  }
}
