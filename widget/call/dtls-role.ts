// Keeps the DTLS roles of a connection through its renegotiations. Pure text.

/** The part of a connection that tells the roles which are in force. */
export type Negotiated = Pick<RTCPeerConnection, 'currentLocalDescription' | 'currentRemoteDescription'>;

/**
 * An offer that names the role which its sender has, instead of `actpass`. A new offer keeps the association and with it
 * the roles (RFC 8842 §5.5), but a Firefox that rolled back its own offer forgets them (seen in 153) and answers with
 * the other one, which Chromium refuses.
 */
export function withDtlsRole(sdp: string, { currentLocalDescription, currentRemoteDescription }: Negotiated): string {
  const answer = [currentLocalDescription, currentRemoteDescription].find(
    description => description?.type === 'answer',
  );
  const answererIsClient = answer?.sdp.includes('a=setup:active');
  if (answererIsClient === undefined) return sdp;
  const isClient = answererIsClient === (answer === currentLocalDescription);
  return sdp.replaceAll('a=setup:actpass', isClient ? 'a=setup:active' : 'a=setup:passive');
}
