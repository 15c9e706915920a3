// How far a candidate is of use: in the neighbourhood only, or everywhere. Pure text.

/**
 * Private, shared, link-local and loopback addresses (RFC 6890), and names that only the neighbours can resolve
 * (RFC 8828 §3.1).
 */
const local =
  /^(0|10|127|169\.254|192\.168|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\.|^(::1?$|f[cde])|\.local$/i;

/** Whether others can send to it, wherever they are; a firewall may still object. */
export function reachesFar({ type, address }: Pick<RTCIceCandidate, 'type' | 'address'>): boolean {
  return type === 'srflx' || (type === 'host' && !!address && !local.test(address));
}
