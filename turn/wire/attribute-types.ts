// The numbers of the attributes that STUN, TURN and ICE define. Knows no value.

export const attributeType = {
  // RFC 8489 §18.3
  mappedAddress: 0x0001,
  username: 0x0006,
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  unknownAttributes: 0x000a,
  realm: 0x0014,
  nonce: 0x0015,
  messageIntegritySha256: 0x001c,
  passwordAlgorithm: 0x001d,
  userhash: 0x001e,
  xorMappedAddress: 0x0020,
  passwordAlgorithms: 0x8002,
  software: 0x8022,
  fingerprint: 0x8028,
  // RFC 8656 §18
  channelNumber: 0x000c,
  lifetime: 0x000d,
  xorPeerAddress: 0x0012,
  data: 0x0013,
  xorRelayedAddress: 0x0016,
  requestedAddressFamily: 0x0017,
  evenPort: 0x0018,
  requestedTransport: 0x0019,
  dontFragment: 0x001a,
  reservationToken: 0x0022,
  additionalAddressFamily: 0x8000,
  addressErrorCode: 0x8001,
  icmp: 0x8004,
  // RFC 8445 §16.1
  priority: 0x0024,
  useCandidate: 0x0025,
  iceControlled: 0x8029,
  iceControlling: 0x802a,
} as const;

/** RFC 8489 §14: whoever does not understand one of the lower half must not process the message. */
export const isComprehensionRequired = (type: number): boolean => type < 0x8000;
