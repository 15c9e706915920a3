import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { Negotiation } from './negotiation.ts';
import type { NegotiationOptions, NegotiationStep } from './negotiation.ts';
import { fakeCandidate, SdpConnection, fakeSdp } from './testing/sdp-connection.ts';

const settled = () => new Promise(resolve => setImmediate(resolve));
const answer = (generation: number, fragment = 'theirs'): NegotiationStep => ({
  generation,
  description: { type: 'answer', sdp: fakeSdp(fragment) },
});
const offer = (generation: number, fragment = 'theirs'): NegotiationStep => ({
  generation,
  description: { type: 'offer', sdp: fakeSdp(fragment) },
});
const candidates = (fragment: string, ...lines: string[]): NegotiationStep => ({
  candidates: lines.map(line => ({ candidate: line, sdpMid: '0', sdpMLineIndex: 0, usernameFragment: fragment })),
});

describe('a negotiation', () => {
  let pc: SdpConnection;
  let sent: NegotiationStep[];
  let errors: unknown[];
  let isHeld: boolean;
  let lifetime: AbortController;

  const make = (options: Partial<NegotiationOptions> = {}) =>
    new Negotiation(pc.real, {
      isPolite: () => false,
      isHeld: () => isHeld,
      send: step => sent.push(step),
      beforeAnswer: () => Promise.resolve(),
      onError: error => errors.push(error),
      signal: lifetime.signal,
      ...options,
    });
  const offered = async (options?: Partial<NegotiationOptions>) => {
    const negotiation = make(options);
    pc.needNegotiation();
    await settled();
    return negotiation;
  };
  const generations = () => sent.flatMap(step => ('generation' in step ? [step.generation] : []));
  const batches = () =>
    sent.flatMap(step => ('candidates' in step ? [step.candidates.map(each => each?.candidate)] : []));

  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
    pc = new SdpConnection();
    sent = [];
    errors = [];
    isHeld = false;
    lifetime = new AbortController();
  });
  afterEach(() => {
    mock.timers.reset();
    assert.deepEqual(errors, []);
  });

  it('counts its offers from 1, and answers with the number of the offer', async () => {
    const negotiation = await offered();
    await negotiation.receive(answer(1));
    pc.needNegotiation();
    await settled();
    await negotiation.receive(answer(2));
    await negotiation.receive(offer(5));
    assert.deepEqual(generations(), [1, 2, 5]);
    assert.equal(pc.signalingState, 'stable');
  });

  it('takes no answer to an offer that is not the newest', async () => {
    const negotiation = await offered();
    await negotiation.receive(answer(1));
    pc.needNegotiation();
    await settled();
    await negotiation.receive(answer(1, 'late'));
    assert.equal(pc.signalingState, 'have-local-offer');
    assert.equal(pc.remoteDescription?.sdp, fakeSdp('theirs'));
    await negotiation.receive(answer(3, 'foreign'));
    assert.equal(pc.signalingState, 'have-local-offer');
    await negotiation.receive(answer(2, 'right'));
    assert.equal(pc.remoteDescription.sdp, fakeSdp('right'));
  });

  it('takes an answer once, and none that nobody asked for', async () => {
    const negotiation = make();
    await negotiation.receive(answer(1));
    assert.deepEqual(pc.calls, []);
    pc.needNegotiation();
    await settled();
    await Promise.all([negotiation.receive(answer(1)), negotiation.receive(answer(1, 'again'))]);
    await negotiation.receive(answer(1, 'and again'));
    assert.deepEqual(pc.calls, ['local offer', 'remote answer']);
  });

  it('takes no offer older than one that it took, and says its answer again when one is repeated', async () => {
    const negotiation = make();
    await negotiation.receive(offer(2));
    await negotiation.receive(offer(1, 'old'));
    assert.deepEqual(pc.calls, ['remote offer', 'local answer']);
    await negotiation.receive(offer(2));
    assert.deepEqual(pc.calls, ['remote offer', 'local answer']);
    assert.deepEqual(generations(), [2, 2]);
  });

  it('says it again once a second, however often it is asked', async () => {
    const impolite = await offered();
    for (let generation = 1; generation <= 50; generation++) await impolite.receive(offer(generation));
    assert.deepEqual(generations(), [1, 1]);
  });

  it('says its own offer again in place of taking theirs: they would not have made one if they had heard it', async () => {
    const impolite = await offered();
    await impolite.receive(offer(1));
    assert.deepEqual(generations(), [1, 1]);
    assert.equal(pc.signalingState, 'have-local-offer');
    await impolite.receive(answer(1));
    assert.equal(pc.signalingState, 'stable');
  });

  it('keeps candidates that come before their description, each generation its own', async () => {
    const negotiation = make();
    await negotiation.receive(candidates('second', 'candidate:2'));
    await negotiation.receive(candidates('first', 'candidate:1'));
    assert.deepEqual(pc.calls, []);
    await negotiation.receive(offer(1, 'first'));
    assert.deepEqual(pc.calls, ['remote offer', 'add candidate:1', 'local answer']);
    await negotiation.receive(offer(2, 'second'));
    assert.deepEqual(pc.calls.slice(3), ['remote offer', 'add candidate:2', 'local answer']);
  });

  it('does not keep candidates without end', async () => {
    const negotiation = make();
    for (let i = 0; i < 300; i++) await negotiation.receive(candidates('first', `candidate:${i}`));
    await negotiation.receive(offer(1, 'first'));
    const added = pc.calls.filter(call => call.startsWith('add '));
    assert.ok(added.length >= 100 && added.length < 300, `${added.length}`);
  });

  it('keeps the latest of them: those of offers that crossed ours and were taken back make no room scarce', async () => {
    const negotiation = make();
    for (let i = 0; i < 300; i++) await negotiation.receive(candidates(`taken back ${i}`, `candidate:${i}`));
    await negotiation.receive(candidates('theirs', 'candidate:last'));
    await negotiation.receive(offer(1));
    assert.deepEqual(pc.calls, ['remote offer', 'add candidate:last', 'local answer']);
  });

  it('outlives a candidate that the browser refuses', async () => {
    const negotiation = make();
    await negotiation.receive({ candidates: [null] });
    await negotiation.receive(offer(1));
    assert.equal(pc.signalingState, 'stable');
  });

  it('sends the candidates of 30 ms together, in order, and the end of them', async () => {
    await offered();
    pc.gather(fakeCandidate('candidate:1', 'local1'));
    pc.gather(fakeCandidate('candidate:2', 'local1'));
    mock.timers.tick(29);
    assert.deepEqual(batches(), []);
    mock.timers.tick(1);
    pc.gather(fakeCandidate('candidate:3', 'local1'));
    pc.gather(fakeCandidate('', 'local1'));
    pc.gather(null);
    mock.timers.tick(30);
    assert.deepEqual(batches(), [
      ['candidate:1', 'candidate:2'],
      ['candidate:3', undefined],
    ]);
  });

  it('does not send again what a repeated description has in it', async () => {
    const negotiation = await offered();
    pc.gather(fakeCandidate('candidate:1', 'local1'));
    negotiation.repeat();
    mock.timers.tick(30);
    assert.deepEqual(batches(), []);
    const [, again] = sent;
    assert.ok(again && 'description' in again && again.description.sdp.includes('candidate:1'));
  });

  it('sends nothing after its end', async () => {
    await offered();
    pc.gather(fakeCandidate('candidate:1', 'local1'));
    lifetime.abort();
    mock.timers.tick(30);
    assert.deepEqual(batches(), []);
  });

  it('is held until it begins: the offer is taken with what is there, and all of it follows', async () => {
    isHeld = true;
    const negotiation = await offered();
    pc.gather(fakeCandidate('candidate:1', 'local1'));
    mock.timers.tick(30);
    const taken = negotiation.offer;
    assert.equal(taken?.generation, 1);
    assert.ok(taken.sdp.includes('candidate:1'));
    pc.gather(fakeCandidate('candidate:2', 'local1'));
    mock.timers.tick(30);
    // It may be read once more, for another way in; nobody knows which of them was heard.
    assert.ok(negotiation.offer?.sdp.includes('candidate:2'));
    assert.deepEqual(sent, []);
    isHeld = false;
    await negotiation.begin();
    assert.deepEqual(batches(), [['candidate:1', 'candidate:2']]);
    await negotiation.receive(answer(1));
    assert.equal(pc.signalingState, 'stable');
    assert.equal(negotiation.offer, undefined);
  });

  it('that is deferred gathers for its offer only when it begins, and an early answer waits for that', async () => {
    isHeld = true;
    let isThere = false;
    const negotiation = await offered({ defers: true, onOffer: () => (isThere = true) });
    assert.ok(isThere);
    const taken = negotiation.offer;
    assert.equal(taken?.sdp, fakeSdp('local1'));
    assert.deepEqual(pc.calls, ['createOffer']);
    isHeld = false;
    void negotiation.begin();
    await negotiation.receive(answer(1));
    assert.deepEqual(pc.calls, ['createOffer', 'local offer', 'remote answer']);
    assert.equal(pc.localDescription?.sdp, taken.sdp);
    assert.deepEqual(sent, []);
  });
});
