// The relay's public face: start one, and issue credentials for it. Knows no wire format and no socket.
export type { RelayedCounter, TurnCoreCounters } from './core/counters.ts';
export type { TurnCoreCounts } from './core/turn-core.ts';
export { isIpRange } from './core/ip-range.ts';
export { allocationsPerPeer, defaultRelayPorts, defaultTotalQuota, defaultUserQuota } from './core/limits.ts';
export { issueCredential } from './credentials.ts';
export type { IssueCredentialOptions, TurnCredential } from './credentials.ts';
export { faultOfOwnIps } from './node/check-options.ts';
export { checkRelay } from './node/self-check.ts';
export type { SelfCheckFinding, SelfCheckOptions } from './node/self-check.ts';
export { createTurnServer } from './node/turn-server.ts';
export { createTurnWorkers } from './node/workers.ts';
export type {
  ListeningAddress,
  TransportCounts,
  TurnCertificate,
  TurnLogger,
  TurnServer,
  TurnServerOptions,
  TurnWorkers,
} from './options.ts';
export type { IpFamily, TransportAddress } from './wire/address.ts';
