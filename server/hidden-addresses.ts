// Takes out of a signal what would tell where its sender is. Values in, values out.
import type { Signal } from '../protocol/events.ts';

/**
 * The signal without addresses other than the relay's; undefined when nothing else was in it. The client asks its
 * browser for relayed candidates only; this holds also for a client that does not.
 */
export function hideAddresses(signal: Signal): Signal | undefined {
  if ('description' in signal) {
    const { type, sdp } = signal.description;
    return { ...signal, description: { type, sdp: hideInSdp(sdp) } };
  }
  const candidates = signal.candidates.flatMap(candidate => {
    if (candidate === null || candidate.candidate === '') return [candidate];
    const line = hideInCandidate(candidate.candidate);
    return line === undefined ? [] : [{ ...candidate, candidate: line }];
  });
  return candidates.length === 0 ? undefined : { ...signal, candidates };
}

/** RFC 8839 §5.1: the related address of a relayed candidate is the one that the relay saw. */
function hideInCandidate(line: string): string | undefined {
  if (!/ typ relay(?: |$)/.test(line)) return undefined;
  return line.replace(/ raddr \S+/, ' raddr 0.0.0.0').replace(/ rport \S+/, ' rport 0');
}

/** RFC 8839 §4.3: with a connection address that says nothing, ICE goes by its candidates. */
function hideInSdp(sdp: string): string {
  return sdp
    .split('\r\n')
    .map(line => {
      if (line.startsWith('a=candidate:')) return hideInCandidate(line);
      if (line.startsWith('c=IN ')) return 'c=IN IP4 0.0.0.0';
      return /^a=rtcp:\d+ IN /.test(line) ? 'a=rtcp:9 IN IP4 0.0.0.0' : line;
    })
    .filter(line => line !== undefined)
    .join('\r\n');
}
