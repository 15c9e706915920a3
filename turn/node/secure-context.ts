// What TLS connections of clients are opened with. Knows no socket and no file.
import { constants } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { SecureContext } from 'node:tls';
import type { TurnCertificate } from '../options.ts';

/** @throws Error of OpenSSL on texts that are no PEM, or on a key that is not the certificate's */
export const secureContextOf = ({ cert, key }: TurnCertificate): SecureContext =>
  createSecureContext({
    cert,
    key,
    // RFC 9325 §3.1.1: nothing older.
    minVersion: 'TLSv1.2',
    // RFC 9325 §3.5: nobody needs it, and each one costs us more than the client.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  });
