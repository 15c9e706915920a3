// A certificate of its own for each test that needs one, made by OpenSSL. For tests only.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TurnCertificate as Certificate } from '../../turn/index.ts';

/** Self-signed, for a host name, from now on for so many days. */
export function makeCertificate(name = 'localhost', days = 2): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'video-call-certificate-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
  try {
    const files = ['-days', String(days), '-keyout', key, '-out', cert];
    execFileSync('openssl', ['req', '-x509', ...curve, ...subject, ...files], { stdio: 'ignore' });
    return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Files of an authority, and of a certificate that it signed for a host name. Removed by whoever made the folder. */
export function makeSignedCertificate(folder: string, name: string): { authority: string; cert: string; key: string } {
  const at = (file: string) => join(folder, file);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'ignore' });
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const files = { authority: at('ca.pem'), cert: at('cert.pem'), key: at('key.pem') };
  openssl('req', '-x509', ...curve, '-subj', '/CN=lab', '-days', '2', '-keyout', at('ca.key'), '-out', files.authority);
  openssl('req', ...curve, '-subj', `/CN=${name}`, '-keyout', files.key, '-out', at('request.pem'));
  writeFileSync(at('extensions'), `subjectAltName=DNS:${name}\nbasicConstraints=CA:FALSE\n`);
  const signer = ['-CA', files.authority, '-CAkey', at('ca.key'), '-CAcreateserial', '-extfile', at('extensions')];
  openssl('x509', '-req', '-in', at('request.pem'), ...signer, '-days', '2', '-out', files.cert);
  return files;
}
