// Which words a language has, and how values come into them. Knows no template: where a name must stand apart from its
// sentence, the interface renders it through ui/phrase.ts.
import { en } from './en.ts';
import type { alone } from './en-alone.ts';
import type { endings } from './en-endings.ts';
import type { hosting } from './en-hosting.ts';
import type { notice } from './en-notice.ts';
import type { preview } from './en-preview.ts';

type English = typeof en & typeof alone & typeof endings & typeof hosting & typeof notice & typeof preview;
export type StringKey = keyof English;

/** A phrase that counts something may have a form for each plural category: `full.text.one` beside `full.text`. */
type PluralKey = `${StringKey}.${Intl.LDMLPluralRule}`;

/** All words of one language. */
export type Words = Readonly<Record<StringKey, string> & Partial<Record<PluralKey, string>>>;

export interface Strings {
  /** BCP 47 tag: decides the plural category, and the `lang` of what is shown. */
  readonly lang: string;
  readonly words: Words;
}

export type Values = Readonly<Record<string, string | number>>;

/** Grows with the parts of the interface: whoever loads one calls `addEnglish` with the words that came with it. */
export const english: Strings = { lang: 'en', words: { ...en } as unknown as Words };

export function addEnglish(words: Partial<Words>): void {
  Object.assign(english.words, words);
}

/** One loader a language, keyed by its primary subtag. Each is a chunk of its own; English is always there. */
const loaders = new Map<string, () => Promise<Strings>>([['en', () => Promise.resolve(english)]]);

/** The words of `lang` (a BCP 47 tag), of its primary language, or English. Never rejects for want of a language. */
export async function loadStrings(lang: string): Promise<Strings> {
  const load = loaders.get(lang.toLowerCase()) ?? loaders.get(lang.toLowerCase().replace(/-.*/, ''));
  return load ? load() : english;
}

/** The phrase as it is written, `{name}` still in it, in the plural form that `values.count` asks for. */
export function phraseOf({ lang, words }: Strings, key: StringKey, values: Values = {}): string {
  const { count } = values;
  if (typeof count !== 'number') return words[key];
  return words[`${key}.${new Intl.PluralRules(lang).select(count)}`] ?? words[key];
}

/** The phrase with its values filled in, as plain text: for attributes and announcements. */
export function t(strings: Strings, key: StringKey, values: Values = {}): string {
  return phraseOf(strings, key, values).replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
