// A second client beside coturn's: werift's own ICE and TURN stack, relay-only. Knows nothing of the relay's insides.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { createTurnServer, issueCredential } from '../../turn/index.ts';

const run = promisify(execFile);

const host = '127.0.0.1';
const secret = 'interop';
const messages = 500;
const program = join(import.meta.dirname, 'werift-call.ts');

test('I1: werift, relay-only on both sides: a data channel opens and nothing is lost', { timeout: 60_000 }, async t => {
  const server = await createTurnServer({ port: 0, listen: [host], secrets: [secret] });
  t.after(() => server.close());
  const { port } = server.addresses.find(({ transport }) => transport === 'udp')!;
  const { username, credential } = issueCredential({ secret, subject: 'ada', ttlSec: 60, now: Date.now() });
  const call = [`turn:${host}:${port}?transport=udp`, username, credential, String(messages)];
  await run(process.execPath, ['--import', 'tsx', program, ...call], { signal: t.signal });

  // There and back, and each of the two in its own allocation: at the least twice as many as were said.
  assert.ok(server.counters().relayed.hairpin.datagrams >= 2 * messages);
});
