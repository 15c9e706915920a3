// What stands for a person without a picture: a letter or two and one of eight colours. Pure; knows no template.

const hues = 8;

/** FNV-1a, 32 bit, over the UTF-16 code units of the participant id. */
export function hueOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index++) {
    hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % hues;
}

/** Letters that join, and words written without spaces: two of them apart would not be read as initials. */
const oneLetterScript =
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

/** First letters of the first and the last word; one letter in scripts that ask for it; empty for an empty name. */
export function initialsOf(displayName: string): string {
  const words = displayName.trim().split(/\s+/);
  const first = letterOf(words[0]);
  if (words.length === 1 || oneLetterScript.test(displayName)) return first;
  return first + letterOf(words.at(-1));
}

/** A letter with its combining marks, or an emoji as a whole. */
function letterOf(word = ''): string {
  const [letter] = new Intl.Segmenter().segment(word);
  return letter?.segment.toLocaleUpperCase() ?? '';
}
