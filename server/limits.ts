// What one visitor may cost the server. Named with their units; it knows no setting and no socket.

/** A token bucket: `burst` at once, then `perSec` a second. */
export interface Rate {
  readonly burst: number;
  readonly perSec: number;
}

export interface ServerLimits {
  /** Requests of one connection, by event. */
  readonly requests: Readonly<Record<string, Rate>>;
  /** Bytes that one connection may send; a packet costs at least `packetMinBytes`. */
  readonly bytes: Rate;
  readonly packetMinBytes: number;
  /** Refused or unknown requests of one connection, before it is closed. */
  readonly violations: Rate;
  /** Connections opened from one address. */
  readonly handshakes: Rate;
  readonly connectionsPerAddress: number;
  /** Measured: about 25 kB each. */
  readonly connections: number;
  /** A connection with more than this waiting for its client is cut. */
  readonly unsentPackets: number;
  readonly unsentBytes: number;
  /** How long a closed connection may linger before its TCP socket is destroyed. */
  readonly lingerMs: number;
}

const perMinute = (count: number): Rate => ({ burst: count, perSec: count / 60 });
const entering: Rate = { burst: 5, perSec: 0.5 };

export const serverLimits: ServerLimits = {
  requests: {
    join: entering,
    leave: entering,
    leaving: entering,
    sync: { burst: 10, perSec: 1 },
    update: { burst: 20, perSec: 5 },
    // Seven peers trickle some 150 candidates at once after a change of network.
    signal: { burst: 200, perSec: 40 },
    'ice-servers': perMinute(6),
  },
  bytes: { burst: 524_288, perSec: 131_072 },
  packetMinBytes: 256,
  violations: perMinute(50),
  handshakes: perMinute(60),
  connectionsPerAddress: 100,
  connections: 10_000,
  unsentPackets: 256,
  unsentBytes: 1_048_576,
  lingerMs: 2_000,
};
