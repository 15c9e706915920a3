import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { secretPattern } from '../../protocol/limits.ts';
import { ResumeSecret } from './resume-secret.ts';

function memoryStorage() {
  const items = new Map<string, string>();
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  };
}

describe('a resume secret', () => {
  it('holds 256 bits in base64url', () => {
    assert.match(new ResumeSecret('room', undefined).value, secretPattern);
  });

  it('is the same after a reload', () => {
    const storage = memoryStorage();
    const before = new ResumeSecret('room', storage);
    before.keep();
    assert.equal(new ResumeSecret('room', storage).value, before.value);
  });

  it('is not found by a duplicated tab or a second element while it is in use', () => {
    const storage = memoryStorage();
    const first = new ResumeSecret('room', storage);
    assert.equal(storage.items.size, 0);
    assert.notEqual(new ResumeSecret('room', storage).value, first.value);
  });

  it('is another in another room', () => {
    const storage = memoryStorage();
    const before = new ResumeSecret('room', storage);
    before.keep();
    assert.notEqual(new ResumeSecret('other', storage).value, before.value);
  });

  it('is made anew when what was stored is no secret', () => {
    const storage = memoryStorage();
    storage.items.set('video-call:room', '"><script>');
    assert.match(new ResumeSecret('room', storage).value, secretPattern);
  });
});
