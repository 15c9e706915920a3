// For tests: the signalling server as one socket sees it, answering at once. Not part of the product.
import type { Joined, RosterEntry } from '../../../protocol/events.ts';
import type { SignalingSocket } from '../../session/connect.ts';

export class FakeServer {
  /** Sockets that are open. */
  open = 0;
  /** Everything that was asked for: the event and its payload. */
  readonly requests: { event: string; payload: Record<string, unknown> }[] = [];
  readonly #others: RosterEntry[];

  constructor(others: RosterEntry[] = []) {
    this.#others = others;
  }

  readonly connect = (): SignalingSocket => {
    const listeners = new Map<string, Set<(message?: unknown) => void>>();
    const socket = {
      connected: false,
      on: (event: string, listener: () => void) => {
        listeners.set(event, (listeners.get(event) ?? new Set()).add(listener));
      },
      off: (event: string, listener: () => void) => listeners.get(event)?.delete(listener),
      removeAllListeners: () => listeners.clear(),
      emit: () => undefined,
      connect: () => socket,
      disconnect: () => {
        if (socket.connected) this.open -= 1;
        socket.connected = false;
        return socket;
      },
      emitWithAck: (event: string, payload: Record<string, unknown>) => {
        this.requests.push({ event, payload });
        return Promise.resolve({ ok: true, ...(event === 'join' || event === 'ice-servers' ? this.#joined() : {}) });
      },
    };
    this.open += 1;
    socket.connected = true;
    return socket as unknown as SignalingSocket;
  };

  #joined(): Joined {
    return {
      self: 'me',
      roster: { generation: 'g', version: 1, participants: this.#others },
      iceServers: [{ urls: ['stun:stun.invalid', 'turn:relay.invalid'], username: 'ada', credential: 'secret' }],
      limits: { capacity: 8, iceServersTtlSec: 600 },
    };
  }
}
