// Does what clients do, once: allocates through each listener and sends a datagram from one allocation to another. Says in
// words what does not work, and changes nothing.
import { X509Certificate } from 'node:crypto';
import { issueCredential } from '../credentials.ts';
import type { ListeningAddress, TurnCertificate, TurnServer } from '../options.ts';
import * as attributes from '../wire/attributes.ts';
import { write } from '../wire/encode.ts';
import { method } from '../wire/methods.ts';
import { read } from '../wire/read.ts';
import { openCheckClient } from './check-client.ts';
import type { CheckClient } from './check-client.ts';

export interface SelfCheckOptions {
  /** The secret that credentials are issued under. */
  readonly secret: string;
  /** What is presented to TLS clients. */
  readonly certificate?: TurnCertificate | undefined;
  /** The host name that `turns:` URLs will have, if it is known. */
  readonly hostName?: string | undefined;
  /** Milliseconds since the Unix epoch: for the credential, and for the certificate unless that has its own. */
  readonly now: number;
  readonly certificateNow?: number | undefined;
  /** For one listener. Milliseconds. */
  readonly timeoutMs?: number | undefined;
}

export interface SelfCheckFinding {
  readonly listener: ListeningAddress;
  readonly ok: boolean;
  /** A sentence, if it is not. */
  readonly reason?: string;
}

const defaultTimeoutMs = 5_000;

/** For all listeners, one after the other, though none answers. */
const credentialTtlSec = 600;

/** A renewal that has not come by then will not come by itself. */
const renewalDays = 7;

/**
 * Never rejects, and leaves no socket and no allocation. One listener after the other: two allocations at a time are what
 * every relay must have, whatever its quotas and ports.
 */
export const checkRelay = async (
  { addresses }: Pick<TurnServer, 'addresses'>,
  options: SelfCheckOptions,
): Promise<readonly SelfCheckFinding[]> => {
  const findings: SelfCheckFinding[] = [];
  for (const listener of addresses) {
    const reason = (await faultOfListener(listener, options)) ?? faultOfCertificate(listener, options);
    findings.push(reason === undefined ? { listener, ok: true } : { listener, ok: false, reason });
  }
  return findings;
};

const faultOfListener = async (
  listener: ListeningAddress,
  { secret, now, timeoutMs = defaultTimeoutMs }: SelfCheckOptions,
): Promise<string | undefined> => {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), timeoutMs);
  const credential = issueCredential({ secret, subject: 'self-check', ttlSec: credentialTtlSec, now });
  const clients: CheckClient[] = [];
  try {
    for (let each = 0; each < 2; each++) clients.push(await openCheckClient(listener, credential, timeout.signal));
    const [from, to] = clients as [CheckClient, CheckClient];
    return await faultOfRelaying(from, to, listener);
  } catch (error) {
    if (timeout.signal.aborted) return `no answer within ${timeoutMs / 1000} s: is a firewall in the way?`;
    return `cannot be reached: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    clearTimeout(timer);
    await Promise.all(clients.map(client => client.close()));
  }
};

const faultOfRelaying = async (
  from: CheckClient,
  to: CheckClient,
  listener: ListeningAddress,
): Promise<string | undefined> => {
  const [ours, theirs] = [await allocate(from, listener), await allocate(to, listener)];
  if (typeof ours === 'number') return allocateFaults.get(ours) ?? `an allocation is refused with ${ours}`;
  if (typeof theirs === 'number') return allocateFaults.get(theirs) ?? `a second allocation is refused with ${theirs}`;
  const permitted = await Promise.all([
    from.request(method.createPermission, [write(attributes.xorPeerAddress, theirs)]),
    to.request(method.createPermission, [write(attributes.xorPeerAddress, ours)]),
  ]);
  for (const answer of permitted) {
    const code = read(answer, attributes.errorCode)?.code;
    if (code !== undefined) return `a permission for our own relayed address is refused with ${code}`;
  }
  const heard = to.hear();
  from.indicate(method.send, [write(attributes.xorPeerAddress, theirs), write(attributes.data, Buffer.from('check'))]);
  const payload = read(await heard, attributes.data);
  return payload?.toString() === 'check' ? undefined : 'a relayed datagram comes back changed';
};

const allocateFaults = new Map([
  [401, 'it does not accept a credential of its own secret'],
  [486, 'too many allocations: raise TURN_USER_QUOTA or TURN_TOTAL_QUOTA'],
  [508, 'no relay socket can be opened: see TURN_RELAY_PORTS, TURN_RELAY_IP and the limit of open files'],
]);

/** The relayed address, or the code of the refusal. */
const allocate = async (client: CheckClient, { family }: ListeningAddress) => {
  const udp = write(attributes.requestedTransport, 17);
  const ofFamily = write(attributes.requestedAddressFamily, family === 'IPv6' ? 2 : 1);
  let answer = await client.request(method.allocate, [udp, ofFamily]);
  // There may be no relay address of that family by intent.
  if (read(answer, attributes.errorCode)?.code === 440) answer = await client.request(method.allocate, [udp]);
  return read(answer, attributes.xorRelayedAddress) ?? read(answer, attributes.errorCode)?.code ?? 0;
};

const faultOfCertificate = (
  { transport }: ListeningAddress,
  { certificate, hostName, now, certificateNow = now }: SelfCheckOptions,
): string | undefined => {
  if (transport !== 'tls' || certificate === undefined) return undefined;
  const x509 = new X509Certificate(certificate.cert);
  const leftMs = Date.parse(x509.validTo) - certificateNow;
  if (Date.parse(x509.validFrom) > certificateNow) return `the certificate is valid only from ${x509.validFrom}`;
  if (leftMs <= 0) return `the certificate has expired on ${x509.validTo}`;
  if (hostName !== undefined && x509.checkHost(hostName) === undefined) {
    return `the certificate is not for ${hostName}, so browsers will not use it`;
  }
  if (leftMs <= renewalDays * 86_400_000) return `the certificate expires soon, on ${x509.validTo}`;
  return undefined;
};
