// ChannelData: four bytes in front of the application's own (RFC 8656 §12.4). Knows no binding.
import { channelHeaderBytes, datagramMaxBytes } from './limits.ts';

/** Wider than RFC 8656 §12 (0x4000–0x4FFF) on purpose: RFC 5766 clients, coturn's among them, bind up here. */
export const channelNumberMin = 0x4000;
export const channelNumberMax = 0x7ffe;

/** A view of a ChannelData message; `payload` shares its memory. */
export interface ChannelData {
  readonly channelNumber: number;
  readonly payload: Buffer;
}

/** Whether a first byte starts ChannelData; STUN starts below (RFC 8656 §12, table 4). */
export const startsChannelData = (firstByte: number): boolean => firstByte >= 0x40 && firstByte <= 0x7f;

/** What the first four bytes say. */
export interface ChannelHeader {
  readonly channelNumber: number;
  /** Where the payload ends; it starts behind the header. */
  readonly end: number;
}

/**
 * Reads the header of ChannelData in one datagram. `undefined` where the length claims more than came (RFC 8656 §12.6),
 * or the number can not be bound. Bytes behind the claimed length are padding, never relayed.
 */
export const decodeChannelHeader = (bytes: Buffer): ChannelHeader | undefined => {
  if (bytes.length < channelHeaderBytes) return undefined;
  const channelNumber = bytes.readUInt16BE(0);
  if (channelNumber < channelNumberMin || channelNumber > channelNumberMax) return undefined;
  const end = channelHeaderBytes + bytes.readUInt16BE(2);
  return end > bytes.length ? undefined : { channelNumber, end };
};

/** As {@link decodeChannelHeader}, with the payload. */
export const decodeChannelData = (bytes: Buffer): ChannelData | undefined => {
  const header = decodeChannelHeader(bytes);
  return header && { channelNumber: header.channelNumber, payload: bytes.subarray(channelHeaderBytes, header.end) };
};

/** The header alone: a socket sends it and the payload as one datagram, so that the payload is not copied. */
export const encodeChannelHeader = (channelNumber: number, payloadBytes: number): Buffer => {
  const header = Buffer.allocUnsafe(channelHeaderBytes);
  writeChannelNumber(header, channelNumber);
  header.writeUInt16BE(payloadBytes, 2);
  return header;
};

/** Header and payload, to be sent as one datagram; `undefined` if that would be larger than UDP allows. */
export const encodeChannelData = (channelNumber: number, payload: Buffer): readonly Buffer[] | undefined =>
  channelHeaderBytes + payload.length > datagramMaxBytes
    ? undefined
    : [encodeChannelHeader(channelNumber, payload.length), payload];

/** Readdresses ChannelData in place. */
export const writeChannelNumber = (message: Buffer, channelNumber: number): void => {
  message.writeUInt16BE(channelNumber, 0);
};
