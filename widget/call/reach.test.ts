import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { reachesFar } from './reach.ts';

const reaches = (address: string | null, type: RTCIceCandidateType = 'host') => reachesFar({ type, address });

describe('a candidate', () => {
  for (const address of [
    '203.0.113.7',
    '172.15.0.1',
    '172.32.0.1',
    '100.63.0.1',
    '100.128.0.1',
    '2001:db8::1',
    '11.0.0.1',
  ]) {
    it(`of ${address} is of use everywhere`, () => assert.equal(reaches(address), true));
  }
  for (const address of [
    ...['10.0.0.1', '172.16.0.1', '172.31.9.9', '192.168.1.2', '100.64.0.1', '100.127.0.1', '169.254.1.1', '127.0.0.1'],
    ...['::1', 'fe80::1', 'fd00::1', 'FC00::1', '1c9f2a60-9b0e-4d4a-bb31-9df2b7f3a0aa.local'],
  ]) {
    it(`of ${address} is of use to neighbours only`, () => assert.equal(reaches(address), false));
  }
  it('that a server has seen is of use everywhere, whatever it is', () => assert.ok(reaches('192.168.1.2', 'srflx')));
  it('whose address is not told is not counted on', () => assert.equal(reaches(null), false));
});
