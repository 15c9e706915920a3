// What the engine needs of its surroundings, in one place, so that it runs without a browser in tests.
import type { SessionOptions } from '../session/session.ts';
import { guestKey } from '../session/guest-key.ts';
import { sessionStorageIfAllowed } from '../session/resume-secret.ts';
import type { SecretStorage } from '../session/resume-secret.ts';
import type { CallErrorCode } from './call-error.ts';
import type { Clock } from './clock.ts';
import type { DeviceList } from './device-watch.ts';
import type { GetUserMedia } from './local-media.ts';
import type { GetDisplayMedia } from './screen-share.ts';

export interface CallEnvironment extends Pick<SessionOptions, 'guestKey' | 'connect' | 'greet' | 'post'> {
  storage?: SecretStorage | undefined;
  /** Says `online`. */
  network?: EventTarget;
  /** Why no call is possible here, if so. */
  unusable: () => CallErrorCode | undefined;
  getUserMedia: GetUserMedia;
  createConnection: (configuration: RTCConfiguration) => RTCPeerConnection;
  /** Without these: the browser's own, as far as it has them. */
  getDisplayMedia?: GetDisplayMedia;
  devices?: DeviceList;
  clock?: Clock;
}

/** What browsers take by themselves. */
const curve = { name: 'ECDSA', namedCurve: 'P-256' };

export function browserEnvironment(): CallEnvironment {
  // One for all connections of a call, so that a verification code outlives a connection that is made anew.
  let certificate: RTCCertificate | undefined;
  const { RTCPeerConnection: Connection } = globalThis as Partial<typeof globalThis>;
  void Connection?.generateCertificate(curve).then(made => (certificate = made));
  return {
    network: globalThis,
    storage: sessionStorageIfAllowed(),
    guestKey: guestKey(),
    unusable: () => {
      if (!globalThis.isSecureContext) return 'insecure-context';
      const { RTCPeerConnection, navigator } = globalThis as Partial<typeof globalThis>;
      const usable = RTCPeerConnection && 'restartIce' in RTCPeerConnection.prototype && navigator?.mediaDevices;
      return usable ? undefined : 'unsupported-browser';
    },
    getUserMedia: constraints => navigator.mediaDevices.getUserMedia(constraints),
    createConnection: configuration => {
      const certificates = certificate && certificate.expires > Date.now() ? { certificates: [certificate] } : {};
      return new RTCPeerConnection({ ...configuration, ...certificates });
    },
  };
}
