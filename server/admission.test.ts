import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Admission } from './admission.ts';
import { serverLimits } from './limits.ts';

const from = (address: string) => ({ address, host: 'calls.example' });
const policy = { allowedOrigins: '*' as const, publicUrl: undefined };
const knock = (admission: Admission, address: string, now = 0) => admission.admit(from(address), undefined, now);

describe('admission', () => {
  it('lets one address open 120 connections a minute, two for each join', () => {
    const admission = new Admission(policy, serverLimits);
    for (let count = 0; count < 120; count++) assert.equal(knock(admission, '192.0.2.1'), undefined);
    assert.equal(knock(admission, '192.0.2.1'), 'rate-limited');
    assert.equal(knock(admission, '192.0.2.2'), undefined);
    assert.equal(knock(admission, '192.0.2.1', 1_000), undefined);
  });

  it('counts a whole IPv6 network as one address', () => {
    const admission = new Admission(policy, serverLimits);
    for (let host = 0; host < 120; host++) knock(admission, `2001:db8::${host.toString(16)}`);
    assert.equal(knock(admission, '2001:db8::ffff'), 'rate-limited');
    assert.equal(knock(admission, '2001:db8:0:1::1'), undefined);
  });

  it('holds 100 connections of one address until one is closed', () => {
    const admission = new Admission(policy, serverLimits);
    for (let count = 0; count < 100; count++) admission.opened(from('192.0.2.1'));
    assert.equal(knock(admission, '192.0.2.1'), 'rate-limited');
    admission.closed(from('192.0.2.1'));
    assert.equal(knock(admission, '192.0.2.1'), undefined);
  });

  it('holds a limited number of connections in all', () => {
    const admission = new Admission(policy, { ...serverLimits, connections: 1 });
    admission.opened(from('192.0.2.1'));
    assert.equal(knock(admission, '192.0.2.2'), 'rate-limited');
  });

  it('asks nothing for the reason of a refusal', () => {
    const admission = new Admission(policy, serverLimits);
    for (let count = 0; count < 1_000; count++) admission.refusalOf(from('192.0.2.1'), undefined, 0);
    assert.equal(knock(admission, '192.0.2.1'), undefined);
  });

  it('forgets an address that has been quiet for a minute', () => {
    const admission = new Admission(policy, serverLimits);
    for (let count = 0; count < 120; count++) knock(admission, '192.0.2.1');
    admission.sweep(59_000);
    assert.equal(admission.size, 1);
    admission.sweep(60_000);
    assert.equal(admission.size, 0);
  });

  it('refuses an origin before it counts anything else', () => {
    const admission = new Admission({ allowedOrigins: ['https://a.example'], publicUrl: undefined }, serverLimits);
    assert.equal(admission.admit(from('192.0.2.1'), 'https://b.example', 0), 'origin-not-allowed');
  });
});
