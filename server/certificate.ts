// The one place that knows certificate files: reads them, checks them, and reads them again when they have changed. It knows
// no server; whoever wants a new pair is told.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { TurnCertificate } from '../turn/index.ts';
import type { Config } from './settings.ts';
import { codeOf, StartError } from './start-error.ts';

export type Certificate = TurnCertificate;

/** Where the pair is. */
export type CertificateFiles = Pick<Config, 'tlsCert' | 'tlsKey'>;

/** Certbot and the like replace files and links: what counts is what stands in them, so that is what is looked at. */
const checkIntervalMs = 10_000;

/** @throws {StartError} on files that cannot be read, or that are no pair */
export async function readCertificate({ tlsCert, tlsKey }: CertificateFiles): Promise<Certificate | undefined> {
  if (tlsCert === undefined || tlsKey === undefined) return undefined;
  // One after the other: of two faults it is always the same that is named.
  const cert = await readPem('TLS_CERT', tlsCert);
  const key = await readPem('TLS_KEY', tlsKey);
  const fault = faultOf({ cert, key });
  if (fault) throw new StartError(`TLS_CERT, TLS_KEY: ${fault}.`);
  return { cert, key };
}

async function readPem(variable: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new StartError(`${variable}: ${file} cannot be read (${codeOf(error)}).`, { cause: error });
  }
}

/** Why no connection could be opened with this pair. An expired one is a pair: some clients do not mind. */
function faultOf({ cert, key }: Certificate): string | undefined {
  try {
    // Each by itself first: to a secure context an empty file is none, and it does without.
    new X509Certificate(cert);
    createPrivateKey(key);
    createSecureContext({ cert, key });
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^error:\w+:[^:]*:[^:]*:/, '') : '';
    return reason.includes('key values mismatch')
      ? 'the key is not that of the certificate'
      : `these are not a certificate and its key in PEM (${reason})`;
  }
}

const isExpired = ({ cert }: Certificate, now: number): boolean => Date.parse(new X509Certificate(cert).validTo) <= now;

export interface CertificateWatch {
  /** Looks once; every look is one of these. */
  readonly look: (now: number) => Promise<void>;
  /** Looks at the files until the signal aborts. */
  readonly start: (signal: AbortSignal) => void;
}

export interface CertificateWatchOptions {
  readonly files: CertificateFiles;
  /** What is in use at the start. */
  readonly current: Certificate;
  readonly onChange: (certificate: Certificate) => void;
  /** A new pair is no good and the old one stays in use. Once for each new pair. */
  readonly onBad: (reason: string) => void;
}

export function watchCertificate({ files, current, onChange, onBad }: CertificateWatchOptions): CertificateWatch {
  let inUse = current;
  /** Seen once and no good: between two writes a pair does not fit, so it gets a second look before a word is said. */
  let suspect = '';
  let toldOf = '';

  const look = async (now: number): Promise<void> => {
    let text: string;
    let reason: string;
    try {
      const found = await readCertificate(files);
      if (found === undefined || (found.cert === inUse.cert && found.key === inUse.key)) {
        suspect = toldOf = '';
        return;
      }
      if (!isExpired(found, now) || isExpired(inUse, now)) {
        inUse = found;
        suspect = toldOf = '';
        onChange(found);
        return;
      }
      [text, reason] = [found.cert, 'TLS_CERT: the new certificate has expired.'];
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      text = reason = error.message;
    }
    if (suspect === text && toldOf !== text) {
      toldOf = text;
      onBad(reason);
    }
    suspect = text;
  };

  return {
    look,
    start: signal => {
      let isLooking = false;
      const timer = setInterval(() => {
        if (isLooking) return;
        isLooking = true;
        void look(Date.now()).finally(() => (isLooking = false));
      }, checkIntervalMs);
      signal.addEventListener('abort', () => clearInterval(timer), { once: true });
    },
  };
}
