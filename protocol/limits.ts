// What one message may hold. Named with their units; both sides read them from here.

/** Room names: 1–128 of `A-Za-z0-9_-`. */
export const roomNamePattern = /^[A-Za-z0-9_-]{1,128}$/;

/** Resume secrets: 256 random bits in base64url. */
export const secretPattern = /^[A-Za-z0-9_-]{43}$/;

/** Keys of users without a token: 256 random bits in base64url. */
export const guestKeyPattern = secretPattern;

/** A longer token is refused unread. */
export const tokenMaxChars = 4_096;

/** Participant ids: base64url(SHA-256(secret)). */
export const participantIdPattern = /^[A-Za-z0-9_-]{43}$/;

/** Names of one RTCPeerConnection, chosen by its owner. */
export const connectionIdPattern = /^[A-Za-z0-9_-]{8,32}$/;

/** Offers of one RTCPeerConnection are counted from 1. */
export const generationMax = 1_000_000;

export const displayNameMaxCodePoints = 64;
export const sdpMaxBytes = 32_768;
export const sdpMaxMediaSections = 64;
export const candidateMaxBytes = 1_024;
/** In one signal: what a browser gathers within some 30 ms. */
export const candidatesMaxPerSignal = 64;

/** Names in one `videoPausedFor`: the largest room. */
export const videoPausedForMaxIds = 100;

/** Names in one `removed`: the largest room. */
export const removedMaxIds = 100;

/** One Socket.IO packet; above it the connection is closed. */
export const packetMaxBytes = 65_536;

/** How long a seat waits for a participant whose signalling dropped, or who reloads the page. */
export const seatHoldSec = 15;

/** How many may wait to be admitted to one room. */
export const waitingMax = 50;
