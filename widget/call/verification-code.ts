// Thirty digits that two people can read to each other: the same on both screens unless somebody sits between them.
// Made of the certificates that the two ends of a connection really use, never of what signalling says of them.

const label = 'video-call verification code v1';
const groups = 6;
const groupSize = 100_000;
/** The largest multiple of the group's size that 32 bits hold: words from here on would favour low digits. */
const wordLimit = Math.floor(2 ** 32 / groupSize) * groupSize;

/**
 * The code of a connection, or undefined while it has no certificates yet.
 *
 * Theirs is the certificate that came in the DTLS handshake (`RTCDtlsTransport.getRemoteCertificates`). The fingerprint
 * in their description will not do: signalling may name several, and any that matches opens the connection (RFC 8122 §5).
 * Ours is the fingerprint that our own browser wrote into our description.
 */
export async function verificationCodeOf(connection: RTCPeerConnection): Promise<string | undefined> {
  const [sender] = connection.getSenders();
  const [certificate] = sender?.transport?.getRemoteCertificates() ?? [];
  const local = localFingerprint(connection.localDescription?.sdp ?? '');
  if (!certificate || !local) return undefined;
  return digitsOf(local, await sha256(new Uint8Array(certificate)));
}

/** Two SHA-256 fingerprints, in either order. The derivation is written out in docs/quality.md. */
export async function digitsOf(one: Uint8Array, other: Uint8Array): Promise<string> {
  const [low, high] = isBelow(one, other) ? [one, other] : [other, one];
  const words: string[] = [];
  for (let counter = 0; words.length < groups; counter++) {
    const block = await sha256(Uint8Array.of(...new TextEncoder().encode(label), 0, counter, ...low, ...high));
    const view = new DataView(block.buffer);
    for (let offset = 0; offset < block.length && words.length < groups; offset += 4) {
      const word = view.getUint32(offset);
      if (word < wordLimit) words.push(String(word % groupSize).padStart(5, '0'));
    }
  }
  return words.join('');
}

/** The SHA-256 fingerprint in a description of our own browser (RFC 8122 §5). */
export function localFingerprint(sdp: string): Uint8Array | undefined {
  const hex = /^a=fingerprint:sha-256 ((?:[0-9a-f]{2}:){31}[0-9a-f]{2})\s*$/im.exec(sdp)?.[1];
  return hex === undefined ? undefined : Uint8Array.from(hex.split(':'), byte => parseInt(byte, 16));
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

function isBelow(one: Uint8Array, other: Uint8Array): boolean {
  const at = one.findIndex((byte, index) => byte !== other[index]);
  return at !== -1 && (one[at] ?? 0) < (other[at] ?? 0);
}
