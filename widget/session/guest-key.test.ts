import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { guestKeyPattern } from '../../protocol/limits.ts';
import { guestKey } from './guest-key.ts';

const memory = (items = new Map<string, string>()) => ({
  getItem: (name: string) => items.get(name) ?? null,
  setItem: (name: string, value: string) => void items.set(name, value),
});

describe('a guest key', () => {
  it('is the same in every tab of a browser, and another in another browser', () => {
    const storage = memory();
    const first = guestKey(() => storage);
    assert.match(first ?? '', guestKeyPattern);
    assert.equal(
      guestKey(() => storage),
      first,
    );
    assert.notEqual(
      guestKey(() => memory()),
      first,
    );
  });

  it('is made anew when what was kept is none', () => {
    const storage = memory(new Map([['video-call:guest', '<script>']]));
    assert.match(guestKey(() => storage) ?? '', guestKeyPattern);
  });

  it('is none where nothing may be kept', () => {
    assert.equal(
      guestKey(() => {
        throw new DOMException('denied', 'SecurityError');
      }),
      undefined,
    );
    assert.equal(
      guestKey(() => undefined),
      undefined,
    );
  });
});
