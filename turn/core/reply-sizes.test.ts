import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LabClient, codeOf } from '../testing/lab-client.ts';
import { replySizes } from '../testing/reply-sizes.ts';
import { listeners, TurnLab } from '../testing/turn-lab.ts';
import { attributeType } from '../wire/attribute-types.ts';
import { nonce } from '../wire/attributes.ts';
import { decodeMessage, findAttribute, listAttributes } from '../wire/message.ts';
import { read } from '../wire/read.ts';
import { challengesPerSecond, defaultRealm } from './limits.ts';

const lab = new TurnLab({ realm: defaultRealm });

const stranger = (overIpv6 = false) =>
  overIpv6 ? lab.client({ address: '2a02::9', server: listeners.ipv6 }) : lab.client();

for (const { request, datagram, code, requestBytes, replyBytes, isLimited, overIpv6 } of replySizes) {
  const times = (replyBytes / requestBytes).toFixed(2);
  const limit = isLimited ? `at most ${challengesPerSecond} a second` : 'not limited';
  test(`D3: ${request}: ${requestBytes} bytes draw ${replyBytes} (× ${times}, code ${code}, ${limit})`, () => {
    const client = stranger(overIpv6);
    assert.equal(datagram.length, requestBytes);
    const answer = client.ask(datagram);
    assert.deepEqual([codeOf(answer), answer.bytes.length], [code, replyBytes]);
    let answered = 1;
    for (let again = 0; again < 30; again++) answered += client.tell(datagram).sent.length;
    assert.equal(answered, isLimited ? challengesPerSecond : 31);
  });
}

test('D3: a wrong password draws 64 bytes, less than the request that carried it', () => {
  const client = lab.client({ credential: 'a guess' });
  client.realm = defaultRealm;
  client.learnNonce();
  const bytes = client.signed(0x003);
  const answer = client.ask(bytes);
  assert.deepEqual([codeOf(answer), answer.bytes.length], [401, 64]);
  assert.ok(bytes.length > 64);
});

test('D3: no answer to a stranger says what we are: a code, and for a login realm and nonce, nothing else', () => {
  for (const { datagram, code, overIpv6 } of replySizes.filter(row => row.code !== 0)) {
    const answer = stranger(overIpv6).ask(datagram);
    const types = listAttributes(answer).map(({ type }) => type);
    const login = code === 401 || code === 438 ? [attributeType.realm, attributeType.nonce] : [];
    const unknown = code === 420 ? [attributeType.unknownAttributes] : [];
    assert.deepEqual(types, [attributeType.errorCode, ...unknown, ...login]);
    assert.equal(findAttribute(answer, attributeType.errorCode)?.length, 4, 'no reason phrase');
    if (login.length > 0) assert.equal(read(answer, nonce)?.length, 24);
  }
});

test('D3: an unknown attribute more costs the sender at least what it adds to the answer', () => {
  const client = new LabClient(lab, { transport: 'tcp' });
  const sizes = [1, 2, 10, 100].map(count => {
    const datagram = Buffer.alloc(20 + 4 * count);
    datagram.writeUInt16BE(0x0001, 0);
    datagram.writeUInt16BE(4 * count, 2);
    datagram.writeUInt32BE(0x2112a442, 4);
    for (let index = 0; index < count; index++) datagram.writeUInt16BE(0x7000 + index, 20 + 4 * index);
    assert.ok(decodeMessage(datagram));
    return client.ask(datagram).bytes.length - datagram.length;
  });
  assert.deepEqual(sizes, [12, 8, -8, -188]);
});
