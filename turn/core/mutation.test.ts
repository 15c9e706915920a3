import assert from 'node:assert/strict';
import { test } from 'node:test';
import { turnPackets } from '../testing/packets.ts';
import { mutate, seededRandom } from '../testing/random.ts';
import { TurnLab } from '../testing/turn-lab.ts';
import { vectors } from '../testing/vectors.ts';
import { requestedTransport, xorPeerAddress, channelNumber, evenPort } from '../wire/attributes.ts';
import { write } from '../wire/encode.ts';
import { decodeMessage } from '../wire/message.ts';
import { method } from '../wire/methods.ts';
import { isWellFormed, listUnknownRequired } from '../wire/read.ts';

const rounds = 100_000;
const peer = { address: '8.8.4.4', port: 5000, family: 'IPv4' } as const;

test(`C4: ${rounds.toLocaleString('en')} seeded mutations neither throw nor draw an answer to what is no STUN request`, () => {
  const random = seededRandom(0x2112a442);
  const lab = new TurnLab();
  const client = lab.client();
  client.learnNonce();
  // Signed by a user whom the relay knows: a flipped bit behind the integrity attribute leaves such a packet valid.
  const signed = [
    client.signed(method.allocate, [write(requestedTransport, 17), write(evenPort, true)]),
    client.signed(method.createPermission, [write(xorPeerAddress, peer)]),
    client.signed(method.channelBind, [write(channelNumber, 0x4001), write(xorPeerAddress, peer)]),
    client.signed(method.refresh),
  ];
  const seeds = [...vectors.map(({ bytes }) => bytes), ...turnPackets, ...signed];
  const seen = { sound: 0, notStun: 0, silent: 0, answered: 0 };
  client.allocate();
  client.bind(0x4001, peer);

  for (let round = 0; round < rounds; round++) {
    const datagram = mutate(seeds[round % seeds.length] ?? Buffer.of(), random);
    const where = () => `round ${round}: ${datagram.toString('hex')}`;
    const message = decodeMessage(datagram);
    // Touches every value of every attribute, also of messages that the core does not look into.
    if (message && isWellFormed(message) && listUnknownRequired(message).length === 0) seen.sound++;
    lab.now += 10;
    const { sent, relayed, dropped } = client.tell(datagram);
    if (message) seen.silent += dropped.length;
    else seen.notStun += dropped.length;
    assert.ok(
      relayed.every(({ payload }) => payload.length < datagram.length),
      where(),
    );
    for (const { message: response, to } of sent) {
      assert.equal(message?.class, 'request', where());
      assert.equal(to, client.from);
      assert.deepEqual(response.transactionId, message.transactionId, where());
      assert.ok(response.class === 'success' || response.class === 'error', where());
      assert.ok(response.bytes.length <= datagram.length + 72, `no amplifier, ${where()}`);
      seen.answered++;
    }
    if (round % 100 === 0) lab.sweep();
    assert.equal(lab.open.size, lab.core.counts().leases, where());
  }
  // The mutations must reach past the first check, else this test proves little.
  assert.ok(
    Object.values(seen).every(count => count > rounds / 50),
    JSON.stringify(seen),
  );
});
