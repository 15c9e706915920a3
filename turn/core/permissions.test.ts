import assert from 'node:assert/strict';
import { test } from 'node:test';
import { indication, raw } from '../testing/packets.ts';
import { TurnLab } from '../testing/turn-lab.ts';
import { attributeType } from '../wire/attribute-types.ts';
import * as attributes from '../wire/attributes.ts';
import { write } from '../wire/encode.ts';
import { method } from '../wire/methods.ts';
import { maxPeersPerAllocation } from './limits.ts';

const peer = { address: '8.8.4.4', port: 5000, family: 'IPv4' } as const;
const other = { address: '8.8.8.8', port: 6000, family: 'IPv4' } as const;
const peer6 = { address: '2606:4700::1111', port: 7000, family: 'IPv6' } as const;
const ipv6 = write(attributes.requestedAddressFamily, 2);

const start = () => {
  const lab = new TurnLab();
  const client = lab.client();
  assert.equal(client.allocate(), 0);
  return { lab, client };
};

test('P1, RFC 8656 §10.2: one CreatePermission lets several peers through', () => {
  const { client } = start();
  assert.equal(client.hear('x', peer), undefined);
  assert.equal(client.permit(peer, other), 0);
  for (const from of [peer, other]) assert.deepEqual(client.hear('x', from), { via: from, payload: Buffer.from('x') });
});

test('P2, P10, RFC 8656 §9: the port does not count: any of that IP address, and no other IP address', () => {
  const { client } = start();
  assert.equal(client.permit({ ...peer, port: 0 }), 0);
  for (const port of [1, 5000, 65_535]) {
    assert.deepEqual(client.hear('x', { ...peer, port })?.via, { ...peer, port });
    assert.deepEqual(client.send({ ...peer, port }, 'x').relayed[0]?.to, { ...peer, port });
  }
  assert.equal(client.hear('x', { ...peer, address: '8.8.4.5' }), undefined);
});

test('P3, RFC 8656 §10.2: without a peer, or with one that is malformed, it is 400', () => {
  const { client } = start();
  assert.equal(client.permit(), 400);
  const good = write(attributes.xorPeerAddress, peer);
  assert.equal(client.code(method.createPermission, [good, raw(attributeType.xorPeerAddress, 'short')]), 400);
  assert.equal(client.hear('x', peer), undefined);
});

test('P4: one forbidden peer among good ones is 403, and none is let through', () => {
  const { client } = start();
  for (const forbidden of ['10.0.0.1', '127.0.0.1']) {
    assert.equal(client.permit(peer, { ...peer, address: forbidden }, other), 403);
    assert.equal(client.hear('x', peer), undefined);
    assert.equal(client.hear('x', other), undefined);
  }
});

test('P4, RFC 8656 §10.2: a peer of another family is 443, and none is let through', () => {
  const { lab, client } = start();
  assert.equal(client.permit(peer, peer6), 443);
  assert.equal(client.hear('x', peer), undefined);
  const six = lab.client();
  six.allocate([ipv6]);
  assert.equal(six.permit(peer6, peer), 443);
  assert.equal(six.permit(peer6), 0);
  assert.deepEqual(six.hear('x', peer6), { via: peer6, payload: Buffer.from('x') });
  assert.deepEqual(six.send(peer6, 'y').relayed[0]?.to, peer6);
});

test('P5, RFC 8656 §9: a permission lasts 300 s, and nothing but a request refreshes it', () => {
  const { lab, client } = start();
  client.refresh(3600);
  client.permit(peer);
  for (let second = 0; second < 299; second++) {
    lab.advance(1);
    assert.equal(client.send(peer, 'x').relayed.length, 1);
    assert.ok(client.hear('x', peer));
  }
  lab.advance(1);
  assert.deepEqual(client.send(peer, 'x').dropped, ['permission-missing']);
  assert.equal(client.hear('x', peer), undefined);
  client.permit(peer);
  lab.advance(200);
  client.permit(peer);
  lab.advance(200);
  assert.ok(client.hear('x', peer));
});

test('P6, RFC 8656 §11.2: Send without a permission is dropped', () => {
  const { client } = start();
  assert.deepEqual(client.send(peer, 'x').dropped, ['permission-missing']);
});

test('P7, RFC 8656 §11.2: data of no bytes is relayed, both ways', () => {
  const { client } = start();
  client.permit(peer);
  assert.equal(client.send(peer, '').relayed[0]?.payload.length, 0);
  assert.equal(client.hear('', peer)?.payload.length, 0);
});

test('P8, RFC 8656 §11.2: Send without peer or DATA, with DONT-FRAGMENT or with what is unknown is dropped', () => {
  const { client } = start();
  client.permit(peer);
  const to = write(attributes.xorPeerAddress, peer);
  const payload = write(attributes.data, Buffer.from('x'));
  for (const [toWrite, reason] of [
    [[to], 'attribute-missing'],
    [[payload], 'attribute-missing'],
    [[payload, raw(attributeType.xorPeerAddress, 'short')], 'attribute-missing'],
    [[to, payload, write(attributes.dontFragment, Buffer.alloc(0))], 'attribute-unknown'],
    [[to, payload, raw(0x7ffe)], 'attribute-unknown'],
  ] as const) {
    assert.deepEqual(client.tell(indication(method.send, toWrite)).dropped, [reason]);
  }
  assert.equal(client.tell(indication(method.send, [to, payload, raw(0xc057)])).relayed.length, 1);
});

test('C6, RFC 8489 §14: of two peers in one Send the first counts', () => {
  const { client } = start();
  client.permit(peer, other);
  const { relayed } = client.tell(
    indication(method.send, [
      write(attributes.xorPeerAddress, peer),
      write(attributes.xorPeerAddress, other),
      write(attributes.data, Buffer.from('x')),
    ]),
  );
  assert.deepEqual(
    relayed.map(({ to }) => to),
    [peer],
  );
});

test('P9, D5: the permissions of an allocation are capped with 508; known ones refresh, expired ones make room', () => {
  const { lab, client } = start();
  const at = (index: number) => ({ ...peer, address: `8.8.${Math.floor(index / 250)}.${1 + (index % 250)}` });
  const all = Array.from({ length: maxPeersPerAllocation }, (_, index) => at(index));
  assert.equal(client.permit(...all.slice(0, -1)), 0);
  assert.equal(client.permit(at(300), at(301)), 508, 'two more are one too many, so neither');
  assert.equal(client.hear('x', at(300)), undefined);
  assert.equal(client.permit(all.at(-1)!), 0);
  assert.equal(client.permit(at(302)), 508);
  assert.equal(client.bind(0x4000, at(302)), 508);
  assert.equal(client.permit(...all), 0);
  lab.advance(300);
  assert.equal(client.permit(at(302)), 0);
});

test('an IPv6 permission holds however the address is spelled on the wire and by the socket', () => {
  const { lab } = start();
  const client = lab.client();
  client.allocate([ipv6]);
  client.permit({ ...peer6, address: '2606:4700:0:0:0:0:0:1111' });
  assert.ok(client.hear('x', peer6));
});
