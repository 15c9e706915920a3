// The part of simple-peer that the bench uses; the package brings no types.
declare module 'simple-peer/simplepeer.min.js' {
  /** A description or a candidate: passed on as it is. */
  export type SignalData = Record<string, unknown>;
  // eslint-disable-next-line import-x/no-default-export -- it is how the package exports it
  export default class SimplePeer {
    constructor(options: { initiator: boolean; stream: MediaStream; config: RTCConfiguration });
    on(event: 'signal', listener: (signal: SignalData) => void): void;
    on(event: 'stream', listener: (stream: MediaStream) => void): void;
    signal(signal: SignalData): void;
  }
}
