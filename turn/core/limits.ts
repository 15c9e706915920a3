// Lifetimes and caps of the relay, with their units. Numbers only: knows no allocation.

/** RFC 8656 §3.2: what an allocation lives when its client asks for nothing or less. */
export const defaultLifetimeSec = 600;

/** RFC 8656 §7.2: "a maximum allocation lifetime of 3600 seconds is RECOMMENDED". */
export const maxLifetimeSec = 3600;

/** RFC 8656 §9: not configurable. */
export const permissionLifetimeSec = 300;

/** RFC 8656 §12: not configurable. */
export const channelLifetimeSec = 600;

/** RFC 8656 §7.2: the port of a RESERVATION-TOKEN is held this long. */
export const reservationLifetimeSec = 30;

/** RFC 8656 §5: a nonce should expire at least once an hour. */
export const nonceLifetimeSec = 3600;

/** Peers with a permission, for one allocation. A browser's is for one other participant and that one's candidates. */
export const maxPeersPerAllocation = 64;

/** Channels of one allocation: a few ports at each peer. */
export const maxChannelsPerAllocation = 128;

/** How often another port is tried when a program beside us holds the one that was picked. */
export const maxBindAttempts = 16;

/**
 * What a client may hold for each other one that it calls: its connection allocates by UDP, TCP and TLS, twice while an
 * ICE restart replaces the path; the rest is for a second network.
 */
export const allocationsPerPeer = 8;

/** A room of eight. */
export const defaultUserQuota = 7 * allocationsPerPeer;

/** A quarter of the default port range. Each costs a socket. */
export const defaultTotalQuota = 4000;

/** The dynamic ports of RFC 6335 §6, as RFC 8656 §7.2 recommends. */
export const defaultRelayPorts = { min: 49_152, max: 65_535 } as const;

/** Short: it is in every 401, and a spoofed request should get few bytes. */
export const defaultRealm = 'turn';

/** Answers to requests without a valid credential, for one address a second over UDP. */
export const challengesPerSecond = 10;

/** Addresses that are counted at a time; 64 kB for all of them. */
export const challengeSources = 4096;
