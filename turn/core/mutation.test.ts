import assert from 'node:assert/strict';
import { test } from 'node:test';
import { from, turnPackets } from '../testing/packets.ts';
import { mutate, seededRandom } from '../testing/random.ts';
import { vectors } from '../testing/vectors.ts';
import { decodeMessage } from '../wire/message.ts';
import { isWellFormed, listUnknownRequired } from '../wire/read.ts';
import { createTurnCore } from './turn-core.ts';

const rounds = 100_000;

test(`C4: ${rounds.toLocaleString('en')} seeded mutations neither throw nor draw an answer to what is no STUN request`, () => {
  const random = seededRandom(0x2112a442);
  const seeds = [...vectors.map(({ bytes }) => bytes), ...turnPackets];
  const core = createTurnCore();
  const seen = { sound: 0, notStun: 0, silent: 0, answered: 0 };

  for (let round = 0; round < rounds; round++) {
    const datagram = mutate(seeds[round % seeds.length] ?? Buffer.of(), random);
    const where = () => `round ${round}: ${datagram.toString('hex')}`;
    const message = decodeMessage(datagram);
    // Touches every value of every attribute, also of messages that the core does not look into.
    if (message && isWellFormed(message) && listUnknownRequired(message).length === 0) seen.sound++;
    for (const action of core.receive(datagram, from(), round)) {
      if (action.type === 'drop') {
        if (message) seen.silent++;
        else seen.notStun++;
        continue;
      }
      assert.equal(message?.class, 'request', where());
      const response = decodeMessage(action.bytes);
      assert.ok(response, where());
      assert.deepEqual(response.transactionId, message.transactionId, where());
      assert.ok(response.class === 'success' || response.class === 'error', where());
      assert.ok(action.bytes.length <= datagram.length + 24, `no amplifier, ${where()}`);
      seen.answered++;
    }
  }
  // The mutations must reach past the first check, else this test proves little.
  assert.ok(
    Object.values(seen).every(count => count > rounds / 50),
    JSON.stringify(seen),
  );
});
