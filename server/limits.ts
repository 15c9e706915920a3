// What one visitor may cost the server. Named with their units; it knows no setting and no socket.

/** A token bucket: `burst` at once, then `perSec` a second. */
export interface Rate {
  readonly burst: number;
  readonly perSec: number;
}

export interface ServerLimits {
  /** Requests of one connection, by event. */
  readonly requests: Readonly<Record<string, Rate>>;
  /** Connections that one participant may make another's browser build; Chromium refuses to build more than some 500. */
  readonly offers: Rate;
  /** Bytes that one connection may send; a packet costs at least `packetMinBytes`. */
  readonly bytes: Rate;
  readonly packetMinBytes: number;
  /** Pieces of one message; browsers send one. */
  readonly fragments: number;
  /** Refused or unknown requests of one connection, before it is closed. */
  readonly violations: Rate;
  /** Connections opened from one address. A join that does not wait for its socket counts twice. */
  readonly handshakes: Rate;
  readonly connectionsPerAddress: number;
  /** Measured: about 25 kB each. */
  readonly connections: number;
  /** A connection with more than this waiting for its client is cut. */
  readonly unsentPackets: number;
  readonly unsentBytes: number;
  /** Wrong tokens from one address within `wrongTokensMs`, before nobody new is heard from there. */
  readonly wrongTokens: number;
  readonly wrongTokensMs: number;
  /** Rooms that one address may find empty, full or locked, knowing no more than their names. */
  readonly guesses: Rate;
  /** Relay credentials for one connection and for one address; a join is one, too. */
  readonly credentialsPerConnection: Rate;
  readonly credentials: Rate;
  /** A refused join is answered no sooner than this; each wrong token doubles it. */
  readonly refusalMinMs: number;
  readonly refusalMaxMs: number;
  /** Addresses that are remembered for it. */
  readonly addresses: number;
  /** How long a closed connection may linger before its TCP socket is destroyed. */
  readonly lingerMs: number;
}

const perMinute = (count: number): Rate => ({ burst: count, perSec: count / 60 });
const entering: Rate = { burst: 5, perSec: 0.5 };
const hosting: Rate = { burst: 60, perSec: 2 };

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
    admit: hosting,
    reject: hosting,
    lock: hosting,
    'mute-participant': hosting,
    remove: hosting,
    'make-host': hosting,
    end: hosting,
  },
  // A page that is loaded again every second for 14 s, and each 2 s what a bad network makes anew.
  offers: { burst: 8, perSec: 0.5 },
  bytes: { burst: 524_288, perSec: 131_072 },
  packetMinBytes: 256,
  fragments: 1_024,
  violations: perMinute(50),
  handshakes: perMinute(120),
  connectionsPerAddress: 100,
  connections: 10_000,
  unsentPackets: 256,
  unsentBytes: 1_048_576,
  wrongTokens: 10,
  wrongTokensMs: 1_800_000,
  // An office behind one address opens many rooms in the morning; a guesser needs 2^127 tries.
  guesses: { burst: 120, perSec: 0.2 },
  credentialsPerConnection: perMinute(6),
  credentials: perMinute(60),
  refusalMinMs: 100,
  // Below the 5 s after which a client gives an answer up.
  refusalMaxMs: 3_000,
  addresses: 10_000,
  lingerMs: 2_000,
};
