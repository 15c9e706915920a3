import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { endings } from './en-endings.ts';
import { addEnglish, english, loadStrings, phraseOf, t } from './strings.ts';
import type { Strings } from './strings.ts';

describe('the words of a language', () => {
  it('fills values in, and leaves a name without a value as it is', () => {
    assert.equal(t(english, 'tile.screenOf', { name: 'Ada' }), 'Screen of Ada');
    assert.equal(t(english, 'tile.screenOf'), 'Screen of {name}');
  });

  it('grow with the parts of the interface', () => {
    addEnglish(endings);
    assert.equal(t(english, 'left.title'), 'You left the call');
  });

  it('takes the plural form that the count asks for, where the language has one', () => {
    const plural: Strings = { lang: 'en', words: { ...english.words, 'full.text.one': 'It holds one person.' } };
    assert.equal(phraseOf(plural, 'full.text', { count: 1 }), 'It holds one person.');
    assert.equal(t(plural, 'full.text', { count: 8 }), 'It holds 8 people. Try again when someone leaves.');
  });

  it('falls back to the primary language, then to English', async () => {
    for (const lang of ['en', 'EN-gb', 'tlh', '', 'not a tag']) {
      assert.equal((await loadStrings(lang)).lang, 'en', lang);
    }
  });
});
