import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { makeCertificate } from '../test/support/certificate.ts';
import { readCertificate, watchCertificate } from './certificate.ts';
import type { Certificate } from './certificate.ts';

const [first, second] = [makeCertificate(), makeCertificate()];
const now = Date.now();
const dayMs = 86_400_000;

function folder(t: TestContext) {
  const path = mkdtempSync(join(tmpdir(), 'video-call-'));
  t.after(() => rmSync(path, { recursive: true }));
  const files = { tlsCert: join(path, 'cert.pem'), tlsKey: join(path, 'key.pem') };
  const write = ({ cert, key }: Certificate) => {
    writeFileSync(files.tlsCert, cert);
    writeFileSync(files.tlsKey, key);
  };
  return { path, files, write };
}

function watch(files: ReturnType<typeof folder>['files'], current = first) {
  const changes: Certificate[] = [];
  const faults: string[] = [];
  const { look } = watchCertificate({
    files,
    current,
    onChange: certificate => changes.push(certificate),
    onBad: reason => faults.push(reason),
  });
  return { look: (at = now) => look(at), changes, faults };
}

describe('a certificate', () => {
  it('is none where no file is named, and the pair that is there', async t => {
    const { files, write } = folder(t);
    assert.equal(await readCertificate({ tlsCert: undefined, tlsKey: undefined }), undefined);
    write(first);
    assert.deepEqual(await readCertificate(files), first);
  });

  it('that is of another key, or none at all, is said in a sentence', async t => {
    const { files, write } = folder(t);
    write({ cert: first.cert, key: second.key });
    await assert.rejects(
      readCertificate(files),
      /^StartError: TLS_CERT, TLS_KEY: the key is not that of the certificate\.$/,
    );
    write({ cert: 'nonsense', key: second.key });
    const noPair = /^StartError: TLS_CERT, TLS_KEY: these are not a certificate and its key in PEM \([^)]+\)\.$/;
    await assert.rejects(readCertificate(files), noPair);
    for (const [cert, key] of [
      [first.cert, 'nonsense'],
      ['', first.key],
      [first.cert, ''],
      ['', ''],
      [first.key, first.cert],
    ] as const) {
      write({ cert, key });
      await assert.rejects(readCertificate(files), noPair);
    }
  });

  it('that has changed is told of once', async t => {
    const { files, write } = folder(t);
    write(first);
    const { look, changes, faults } = watch(files);
    await look();
    assert.deepEqual(changes, []);
    write(second);
    await look();
    await look();
    assert.deepEqual([changes, faults], [[second], []]);
  });

  it('is found through a link that now leads elsewhere, as certbot leaves it', async t => {
    const { path, files, write } = folder(t);
    write(first);
    for (const file of Object.values(files)) {
      renameSync(file, `${file}.1`);
      symlinkSync(`${file}.1`, file);
    }
    const { look, changes } = watch(files);
    await look();
    assert.deepEqual(changes, []);
    writeFileSync(join(path, 'cert.pem.2'), second.cert);
    writeFileSync(join(path, 'key.pem.2'), second.key);
    for (const file of Object.values(files)) {
      unlinkSync(file);
      symlinkSync(`${file}.2`, file);
    }
    await look();
    assert.deepEqual(changes, [second]);
  });

  it('between two writes costs no word, and one that stays bad costs one', async t => {
    const { files, write } = folder(t);
    write(first);
    const { look, changes, faults } = watch(files);
    write({ cert: second.cert, key: first.key });
    await look();
    write(second);
    await look();
    assert.deepEqual([changes, faults], [[second], []]);

    unlinkSync(files.tlsKey);
    for (let again = 0; again < 5; again++) await look();
    assert.deepEqual(faults, [`TLS_KEY: ${files.tlsKey} cannot be read (ENOENT).`]);
    // And when it is mended, the mended one is used.
    write(first);
    await look();
    assert.deepEqual(changes, [second, first]);
  });

  it('that has expired takes no place of one that has not', async t => {
    const { files, write } = folder(t);
    write(second);
    const late = now + 3 * dayMs;
    const { look, changes, faults } = watch(files, makeCertificate('localhost', 30));
    await look(late);
    await look(late);
    assert.deepEqual([changes, faults], [[], ['TLS_CERT: the new certificate has expired.']]);
  });
});
