// Which ICE servers a participant is handed. Values in, values out; it knows no socket and no request.
import { isIP } from 'node:net';
import type { IceServer } from '../protocol/events.ts';
import { issueCredential } from '../turn/index.ts';
import { workerOf } from './relay-worker.ts';

export interface RelayPorts {
  /** UDP and TCP. */
  readonly port: number;
  /** Undefined when there is no TLS. */
  readonly tlsPort: number | undefined;
}

export interface IceSettings {
  /** The bundled relay, one for each of its workers; none when it is off. */
  readonly relays: readonly RelayPorts[];
  /** Name or address of the bundled relay, when it is not the one that the browser used to reach us. */
  readonly turnHost: string | undefined;
  readonly publicUrl: URL | undefined;
  /** Other relays that share our secret. */
  readonly turnUrls: readonly string[];
  /** The first one issues. */
  readonly turnSecrets: readonly string[];
  readonly turnCredentialTtl: number;
  /** Handed out as they are. */
  readonly iceServers: readonly IceServer[];
}

/** Whom the servers are for. `host`: as the browser wrote it, with or without a port. */
export interface IceRecipient {
  readonly host: string | undefined;
  readonly participantId: string;
  readonly room: string;
}

export function iceServersFor(settings: IceSettings, recipient: IceRecipient, now: number): IceServer[] {
  const { turnSecrets, turnCredentialTtl, turnUrls, iceServers } = settings;
  const [secret] = turnSecrets;
  const withCredential = (urls: readonly string[]): IceServer[] => {
    // A browser throws on a TURN URL without a credential.
    const usable = urls.filter(url => secret !== undefined || !isTurn(url));
    if (usable.length === 0) return [];
    if (secret === undefined || !usable.some(isTurn)) return [{ urls: usable }];
    const credential = issueCredential({ secret, subject: recipient.participantId, ttlSec: turnCredentialTtl, now });
    return [{ urls: usable, ...credential }];
  };
  return [...withCredential(ownUrls(settings, recipient)), ...withCredential(turnUrls), ...iceServers];
}

/** The servers that ask for no credential: for everybody whose page may open a connection. */
export function openIceServersFor(settings: IceSettings, host: string | undefined): IceServer[] {
  const { turnUrls, iceServers } = settings;
  const urls = [
    // Any worker answers STUN.
    ...ownUrls(settings, { host, participantId: '', room: '' }),
    ...turnUrls,
    ...iceServers.flatMap(each => each.urls),
  ];
  const open = urls.filter(url => !isTurn(url));
  return open.length > 0 ? [{ urls: open }] : [];
}

const isTurn = (url: string): boolean => /^turns?:/.test(url);

/** The bundled relay, for both of what it does. */
function ownUrls({ relays, turnHost, publicUrl }: IceSettings, { host: asked, room }: IceRecipient): string[] {
  const relay = relays[workerOf(room, relays.length)];
  const name =
    turnHost ?? publicUrl?.hostname ?? (asked === undefined ? undefined : new URL(`http://${asked}`).hostname);
  if (relay === undefined || name === undefined) return [];
  // RFC 7064 §3.1: an IPv6 address stands in brackets, as URL.hostname gives it.
  const host = name.includes(':') && !name.startsWith('[') ? `[${name}]` : name;
  // From the fastest to the one that gets through most firewalls; a browser tries them all.
  const urls = [`stun:${host}:${relay.port}`, `turn:${host}:${relay.port}?transport=udp`];
  urls.push(`turn:${host}:${relay.port}?transport=tcp`);
  // Firefox gathers nothing from `turns:` with an address, and no certificate would fit one as a rule.
  if (relay.tlsPort !== undefined && isIP(name.replace(/^\[|\]$/g, '')) === 0) {
    urls.push(`turns:${host}:${relay.tlsPort}?transport=tcp`);
  }
  return urls;
}
