// Sizes that the STUN and TURN RFCs fix. Numbers only: knows no message.

/** RFC 8489 §5: type, length, magic cookie and transaction ID. */
export const headerBytes = 20;

/** RFC 8489 §14: type and length in front of each value. */
export const attributeHeaderBytes = 4;

/** RFC 8489 §14.3: "fewer than 509 bytes". */
export const usernameMaxBytes = 508;

/** RFC 8489 §14.8–14.10: fewer than 128 characters, "which can be as long as 763 bytes". */
export const quotedTextMaxBytes = 763;

/**
 * The longest request that is heard. The longest name, realm and nonce take half of it, and a CreatePermission with as many
 * peers as an allocation may have fits in beside them.
 */
export const requestMaxBytes = 4096;

/** RFC 8489 §5: separates STUN from RFC 3489, and is the key of the XOR attributes. */
export const magicCookie = 0x2112a442;

/** RFC 8656 §12.4: number and length in front of the application's bytes. */
export const channelHeaderBytes = 4;

/** RFC 768 over IPv4: 65,535 bytes without the headers of IP (20) and UDP (8). */
export const datagramMaxBytes = 65_507;

/** Rounds up to the 32-bit boundary that attributes and, over streams, ChannelData end on. */
export const padded = (bytes: number): number => (bytes + 3) & ~3;
