import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isOriginAllowed } from './origins.ts';

const list = { allowedOrigins: ['https://shop.example'], publicUrl: undefined };

describe('with a list of origins', () => {
  const cases: [string | undefined, string | undefined, boolean][] = [
    ['https://shop.example', 'calls.example', true],
    ['http://shop.example', 'calls.example', false],
    ['https://shop.example:8443', 'calls.example', false],
    ['https://evil-shop.example', 'calls.example', false],
    ['https://shop.example.evil', 'calls.example', false],
    ['https://calls.example', 'calls.example', true],
    ['https://calls.example', 'calls.example:443', true],
    ['http://calls.example:3000', 'calls.example:3000', true],
    ['http://calls.example:3001', 'calls.example:3000', false],
    ['https://calls.example', undefined, false],
    ['null', 'calls.example', false],
    ['file://', 'calls.example', false],
    ['not an origin', 'calls.example', false],
    [undefined, 'calls.example', false],
  ];
  for (const [origin, host, allowed] of cases) {
    it(`${origin} ${allowed ? 'may' : 'may not'} connect to ${host}`, () => {
      assert.equal(isOriginAllowed(origin, host, list), allowed);
    });
  }

  it('our own origin is the public one, when the operator told it', () => {
    const policy = { ...list, publicUrl: new URL('https://calls.example/sub') };
    assert.equal(isOriginAllowed('https://calls.example', 'inner:3000', policy), true);
    assert.equal(isOriginAllowed('http://calls.example', 'calls.example', policy), false);
    // DNS rebinding: a page whose name was pointed at us is not ours.
    assert.equal(isOriginAllowed('http://evil.example', 'evil.example', policy), false);
  });
});

describe('with *', () => {
  it('everybody may, browser or not', () => {
    for (const origin of ['https://shop.example', 'null', undefined]) {
      assert.equal(isOriginAllowed(origin, 'calls.example', { allowedOrigins: '*', publicUrl: undefined }), true);
    }
  });
});
