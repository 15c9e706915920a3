// What the engine needs of its surroundings, in one place, so that it runs without a browser in tests.
import type { SessionOptions } from '../session/session.ts';
import { guestKey } from '../session/guest-key.ts';
import { sessionStorageIfAllowed } from '../session/resume-secret.ts';
import type { CallErrorCode } from './call-error.ts';
import type { GetUserMedia } from './local-media.ts';

export interface CallEnvironment extends Pick<SessionOptions, 'storage' | 'guestKey' | 'connect' | 'greet'> {
  /** Why no call is possible here, if so. */
  unusable: () => CallErrorCode | undefined;
  getUserMedia: GetUserMedia;
  createConnection: (configuration: RTCConfiguration) => RTCPeerConnection;
}

export function browserEnvironment(): CallEnvironment {
  return {
    storage: sessionStorageIfAllowed(),
    guestKey: guestKey(),
    unusable: () => {
      if (!globalThis.isSecureContext) return 'insecure-context';
      const { RTCPeerConnection, navigator } = globalThis as Partial<typeof globalThis>;
      const usable = RTCPeerConnection && 'restartIce' in RTCPeerConnection.prototype && navigator?.mediaDevices;
      return usable ? undefined : 'unsupported-browser';
    },
    getUserMedia: constraints => navigator.mediaDevices.getUserMedia(constraints),
    createConnection: configuration => new RTCPeerConnection(configuration),
  };
}
