import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LabClient } from '../testing/lab-client.ts';
import { listeners, TurnLab } from '../testing/turn-lab.ts';
import type { TransportAddress } from '../wire/address.ts';
import * as attributes from '../wire/attributes.ts';
import { encodeChannelHeader } from '../wire/channel-data.ts';
import { encodeMessage, write } from '../wire/encode.ts';
import { method } from '../wire/methods.ts';
import type { TurnCoreSettings } from './settings.ts';

const ipv6 = write(attributes.requestedAddressFamily, 2);
const adaNumber = 0x4001;
const bobNumber = 0x5002;

/** Two clients of one relay, each with an allocation. */
const start = (settings: Partial<TurnCoreSettings> = {}, family: 'IPv4' | 'IPv6' = 'IPv4') => {
  const lab = new TurnLab(settings);
  const [ada, bob] = [lab.client({ subject: 'ada' }), lab.client({ subject: 'bob' })] as const;
  for (const client of [ada, bob]) assert.equal(client.allocate(family === 'IPv6' ? [ipv6] : []), 0);
  return { lab, ada, bob };
};

const bindBoth = ({ ada, bob }: Pick<ReturnType<typeof start>, 'ada' | 'bob'>) => {
  assert.equal(ada.bind(adaNumber, bob.relayed!), 0);
  assert.equal(bob.bind(bobNumber, ada.relayed!), 0);
};

const text = (heard: ReturnType<LabClient['heard']>) => heard && [heard.via, heard.payload.toString()];

/** The address that a relay socket is bound on; the lab binds it in the order of the Allocates. */
const boundOf = (lab: TurnLab, index: number): TransportAddress => [...lab.open][index]!;

for (const family of ['IPv4', 'IPv6'] as const) {
  test(`channel to channel is one datagram to the other client, over ${family}, and no relay socket carries it`, () => {
    const call = start({}, family);
    const { ada, bob } = call;
    bindBoth(call);
    const outcome = ada.channelData(adaNumber, 'hello');
    assert.deepEqual([outcome.relayed, outcome.dropped, outcome.sent], [[], [], []]);
    assert.deepEqual(text(bob.heard(outcome)), [bobNumber, 'hello']);
    assert.deepEqual(text(ada.heard(bob.channelData(bobNumber, 'hi'))), [adaNumber, 'hi']);
  });

  test(`each end may have a channel or none, over ${family}: the other one's relayed address stands in for it`, () => {
    const { ada, bob } = start({}, family);
    ada.permit(bob.relayed!);
    bob.permit(ada.relayed!);
    assert.deepEqual(text(bob.heard(ada.send(bob.relayed!, 'a'))), [ada.relayed, 'a'], 'neither has');
    ada.bind(adaNumber, bob.relayed!);
    assert.deepEqual(text(bob.heard(ada.channelData(adaNumber, 'b'))), [ada.relayed, 'b'], 'the sender has');
    assert.deepEqual(text(ada.heard(bob.send(ada.relayed!, 'c'))), [adaNumber, 'c'], 'the receiver has');
  });
}

test('behind a 1:1 NAT that turns nothing around: announced and bound address both lead to the other client', () => {
  const { lab, ada, bob } = start({ relayIps: ['10.1.2.3'], externalIps: ['198.18.9.9'] });
  assert.equal(bob.relayed!.address, '198.18.9.9');
  const inside = boundOf(lab, 1);
  assert.deepEqual([inside.address, inside.port], ['10.1.2.3', bob.relayed!.port]);
  // The receiver knows the sender by the announced address: what the wire would have shown, and what a candidate says.
  bob.bind(bobNumber, ada.relayed!);
  ada.permit(bob.relayed!, inside);
  for (const address of [bob.relayed!, inside]) {
    const outcome = ada.send(address, 'x');
    assert.deepEqual(outcome.relayed, []);
    assert.deepEqual(text(bob.heard(outcome)), [bobNumber, 'x']);
  }
  ada.bind(adaNumber, bob.relayed!);
  ada.bind(adaNumber + 1, inside);
  for (const number of [adaNumber, adaNumber + 1]) {
    assert.deepEqual(text(bob.heard(ada.channelData(number, 'x'))), [bobNumber, 'x']);
  }
});

test('a permission for the bound address behind a NAT lets nothing in: nobody is seen from there', () => {
  const { lab, ada, bob } = start({ relayIps: ['10.1.2.3'], externalIps: ['198.18.9.9'] });
  ada.permit(bob.relayed!);
  bob.bind(bobNumber, boundOf(lab, 0));
  ada.bind(adaNumber, bob.relayed!);
  assert.deepEqual(ada.send(bob.relayed!, 'x').dropped, ['permission-missing']);
  assert.deepEqual(ada.channelData(adaNumber, 'x').dropped, ['permission-missing']);
});

test('addresses of ours that are announced as one share its ports: each leads to one client', () => {
  const other = { address: '5.6.7.9', port: 3478, family: 'IPv4' } as const;
  const settings = { listeners: [listeners.ipv4, other], externalIps: ['198.18.9.9'] };
  const lab = new TurnLab({ ...settings, relayPorts: { min: 50_000, max: 50_001 } });
  const [ada, bob] = [lab.client(), lab.client({ server: other })] as const;
  assert.deepEqual([ada.allocate(), bob.allocate()], [0, 0]);
  assert.notEqual(ada.relayed!.port, bob.relayed!.port);
  assert.deepEqual(new Set([...lab.open].map(({ address }) => address)), new Set(['5.6.7.8', '5.6.7.9']));
  assert.equal(lab.client({ server: other }).allocate(), 508);
  bindBoth({ ada, bob });
  assert.deepEqual(text(bob.heard(ada.channelData(adaNumber, 'x'))), [bobNumber, 'x']);
  // One of them ends: the other is still found.
  bob.refresh(0);
  assert.deepEqual(text(ada.heard(ada.channelData(adaNumber, 'x'))), undefined);
  ada.permit(ada.relayed!);
  assert.deepEqual(text(ada.heard(ada.send(ada.relayed!, 'x'))), [ada.relayed, 'x']);
});

test('RFC 8656 §9: the sender needs a permission or channel for the receiver', () => {
  const { ada, bob } = start();
  bob.permit(ada.relayed!);
  assert.deepEqual(ada.send(bob.relayed!, 'x').dropped, ['permission-missing']);
  assert.deepEqual(ada.channelData(adaNumber, 'x').dropped, ['channel-unbound']);
});

test('RFC 8656 §9: the receiver needs a permission for the sender, whatever the sender has', () => {
  const { ada, bob } = start({ externalIps: ['198.18.9.9'] });
  ada.bind(adaNumber, bob.relayed!);
  for (const outcome of [ada.send(bob.relayed!, 'x'), ada.channelData(adaNumber, 'x')]) {
    assert.deepEqual([outcome.dropped, outcome.delivered, outcome.relayed], [['permission-missing'], [], []]);
  }
  bob.permit({ address: '8.8.4.4', port: 1, family: 'IPv4' });
  assert.deepEqual(ada.send(bob.relayed!, 'x').dropped, ['permission-missing'], 'for somebody else');
});

test('a channel of the receiver to another port of the same relay is not the sender’s', () => {
  const { lab, ada, bob } = start();
  const eve = lab.client({ subject: 'eve' });
  eve.allocate();
  bindBoth({ ada, bob });
  eve.bind(adaNumber, bob.relayed!);
  // The permission is by IP address (§9), so she is let through, and under her own address.
  assert.deepEqual(text(bob.heard(eve.channelData(adaNumber, 'x'))), [eve.relayed, 'x']);
});

test('RFC 8656 §9, §12: permission and channel of both ends expire here as on the wire', () => {
  const call = start();
  const { lab, ada, bob } = call;
  for (const client of [ada, bob]) client.refresh(3600);
  bindBoth(call);
  lab.advance(299);
  assert.deepEqual(text(bob.heard(ada.channelData(adaNumber, 'x'))), [bobNumber, 'x']);
  ada.bind(adaNumber, bob.relayed!);
  lab.advance(1);
  // Sending refreshes nothing.
  assert.deepEqual(ada.channelData(adaNumber, 'x').dropped, ['permission-missing'], 'the receiver’s permission');
  bob.permit(ada.relayed!);
  lab.advance(299);
  assert.deepEqual(ada.channelData(adaNumber, 'x').dropped, ['permission-missing'], 'the sender’s permission');
  ada.permit(bob.relayed!);
  assert.deepEqual(text(bob.heard(ada.channelData(adaNumber, 'x'))), [bobNumber, 'x']);
  lab.advance(1);
  bob.permit(ada.relayed!);
  assert.deepEqual(text(bob.heard(ada.channelData(adaNumber, 'x'))), [ada.relayed, 'x'], 'the receiver’s channel');
  lab.advance(298);
  ada.permit(bob.relayed!);
  bob.permit(ada.relayed!);
  lab.advance(1);
  assert.deepEqual(ada.channelData(adaNumber, 'x').dropped, ['channel-unbound'], 'the sender’s channel');
});

test('nothing reaches an allocation that has ended, expired or is not there yet; the next on its port is another one', () => {
  const port = 50_000;
  const call = start({ relayPorts: { min: port, max: port + 1 } });
  const { lab, ada, bob } = call;
  bindBoth(call);
  const theirs = bob.relayed!;
  bob.refresh(0);
  assert.deepEqual(ada.channelData(adaNumber, 'x').dropped, ['peer-unreachable'], 'ended');

  lab.holdBinds = true;
  const eve = lab.client({ subject: 'eve' });
  eve.learnNonce();
  eve.tell(eve.signed(0x003, [write(attributes.requestedTransport, 17)]));
  assert.equal(lab.held[0]?.port, theirs.port);
  assert.deepEqual(ada.channelData(adaNumber, 'x').dropped, ['peer-unreachable'], 'being opened');
  lab.settle(lab.held[0]);
  eve.relayed = theirs;
  assert.deepEqual(ada.channelData(adaNumber, 'x').dropped, ['permission-missing'], 'somebody else, who knows her not');
  eve.permit(ada.relayed!);
  assert.deepEqual(text(eve.heard(ada.channelData(adaNumber, 'x'))), [ada.relayed, 'x']);

  ada.refresh(3600);
  lab.advance(599);
  ada.bind(adaNumber, theirs);
  eve.permit(ada.relayed!);
  assert.deepEqual(text(eve.heard(ada.channelData(adaNumber, 'x'))), [ada.relayed, 'x']);
  lab.advance(1);
  assert.deepEqual(ada.channelData(adaNumber, 'x').dropped, ['peer-unreachable'], 'expired, before any sweep');
});

test('a reserved port has no allocation behind it: nothing is delivered there', () => {
  const lab = new TurnLab();
  const client = lab.client();
  client.allocate([write(attributes.evenPort, true)]);
  const odd = { ...client.relayed!, port: client.relayed!.port + 1 };
  client.permit(odd);
  assert.deepEqual(client.send(odd, 'x').dropped, ['peer-unreachable']);
});

test('a client may send to itself', () => {
  const { ada } = start();
  ada.bind(adaNumber, ada.relayed!);
  assert.deepEqual(text(ada.heard(ada.channelData(adaNumber, 'x'))), [adaNumber, 'x']);
  assert.deepEqual(text(ada.heard(ada.send(ada.relayed!, 'x'))), [adaNumber, 'x']);
});

test('an IPv4 and an IPv6 allocation do not meet: no socket of one could reach the other (RFC 8656 §10.2: 443)', () => {
  const lab = new TurnLab();
  const [ada, bob] = [lab.client(), lab.client()] as const;
  ada.allocate();
  bob.allocate([ipv6]);
  assert.equal(ada.bind(adaNumber, bob.relayed!), 443);
  assert.deepEqual(ada.send(bob.relayed!, 'x').dropped, ['permission-missing']);
});

test('H8, H9, H12: any payload passes unchanged, without its padding; what does not fit is dropped', () => {
  const call = start();
  const { ada, bob } = call;
  bindBoth(call);
  for (const length of [0, 1, 2, 3, 4, 1200, 65_503]) {
    const payload = Buffer.alloc(length, 0x41);
    assert.deepEqual(bob.heard(ada.channelData(adaNumber, payload)), { via: bobNumber, payload });
  }
  const padded = Buffer.concat([encodeChannelHeader(adaNumber, 5), Buffer.from('media\0\0\0')]);
  const [delivered] = ada.tell(padded).delivered;
  assert.deepEqual(delivered?.bytes, Buffer.concat([encodeChannelHeader(bobNumber, 5), Buffer.from('media')]));
  // Over a stream more can be sent than a datagram holds.
  assert.deepEqual(ada.channelData(adaNumber, Buffer.alloc(65_504)).dropped, ['too-large']);
  bob.refresh(0);
  assert.deepEqual(ada.tell(Buffer.from('4001ffff0000', 'hex')).dropped, ['not-stun'], 'a length that lies');
});

test('the address of a listener is no client, though relayed addresses share it', () => {
  const { ada } = start();
  ada.permit(listeners.ipv4);
  assert.deepEqual(ada.send(listeners.ipv4, 'x').dropped, ['peer-unreachable']);
});

test('client to client by Send and Data: nothing of the sender but its payload reaches the other, not its transaction ID', () => {
  const { lab, ada, bob } = start();
  ada.permit(bob.relayed!);
  bob.permit(ada.relayed!);
  const own = Buffer.from('ada ada ada.');
  for (const extra of [[], [write(attributes.software, 'ada’s software')]]) {
    const message = encodeMessage({ method: method.send, class: 'indication', transactionId: own }, [
      write(attributes.xorPeerAddress, bob.relayed!),
      write(attributes.data, Buffer.from('hello')),
      ...extra,
    ]);
    const outcome = lab.receive(message, ada.from);
    assert.deepEqual(text(bob.heard(outcome)), [ada.relayed, 'hello']);
    const [{ bytes } = assert.fail()] = outcome.delivered;
    assert.equal(bytes.length, 20 + 12 + 12);
    assert.equal(bytes.includes('ada'), false);
  }
});
