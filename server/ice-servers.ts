// Which ICE servers a participant is handed. Values in, values out; it knows no socket and no request.
import type { IceServer } from '../protocol/events.ts';
import { issueCredential } from '../turn/index.ts';

export interface IceSettings {
  /** Port of the bundled relay; undefined when it is off. */
  readonly relayPort: number | undefined;
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
}

export function iceServersFor(settings: IceSettings, recipient: IceRecipient, now: number): IceServer[] {
  const { turnSecrets, turnCredentialTtl, turnUrls, iceServers } = settings;
  const [secret] = turnSecrets;
  const withCredential = (urls: string[]): IceServer[] => {
    if (urls.length === 0) return [];
    if (secret === undefined || !urls.some(url => /^turns?:/.test(url))) return [{ urls }];
    const credential = issueCredential({ secret, subject: recipient.participantId, ttlSec: turnCredentialTtl, now });
    return [{ urls, ...credential }];
  };
  return [...withCredential(ownUrls(settings, recipient)), ...withCredential([...turnUrls]), ...iceServers];
}

/** The bundled relay answers STUN Binding; what else it learns to do is one more URL here. */
function ownUrls({ relayPort, turnHost, publicUrl }: IceSettings, { host }: IceRecipient): string[] {
  const name = turnHost ?? publicUrl?.hostname ?? (host === undefined ? undefined : new URL(`http://${host}`).hostname);
  if (relayPort === undefined || name === undefined) return [];
  // RFC 7064 §3.1: an IPv6 address stands in brackets, as URL.hostname gives it.
  const address = `${name.includes(':') && !name.startsWith('[') ? `[${name}]` : name}:${relayPort}`;
  return [`stun:${address}`];
}
