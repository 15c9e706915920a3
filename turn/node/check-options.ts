// Refuses options that no relay can run on, before anything is opened. Knows no default.
import { isIP } from 'node:net';
import type { TurnServerOptions } from '../options.ts';

/** RFC 8489 §14.9: fewer than 128 characters. */
const realmMaxCharacters = 127;

/** @throws TypeError or RangeError that names the option and never repeats a secret */
export const checkOptions = ({ port, listen, secrets, realm }: TurnServerOptions): void => {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new RangeError(`port: not 0–65535: ${port}`);
  if (listen?.length === 0) throw new RangeError('listen: names no address');
  const noAddress = listen?.find(address => isIP(address) === 0);
  if (noAddress !== undefined) throw new TypeError(`listen: not an IP address: ${noAddress}`);
  if (secrets.length === 0 || secrets.includes('')) throw new RangeError('secrets: at least one, and none empty');
  if (realm !== undefined && (realm === '' || realm.length > realmMaxCharacters)) {
    throw new RangeError(`realm: not 1–${realmMaxCharacters} characters`);
  }
};
