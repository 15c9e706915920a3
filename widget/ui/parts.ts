// The parts of the interface that the first picture of a call does not need: each is loaded when it is first wanted, with
// the sheet of its look, the elements in it and its English words. Knows no state: who wants which is for the element to say.
import { addEnglish } from '../locales/strings.ts';
import { defineElements } from './elements.ts';

const loaders = {
  alone: () => import('./alone.ts'),
  endings: () => import('./endings.ts'),
  forcedColors: () => import('./styles/forced-colors.ts'),
  hosting: () => import('./hosting.ts'),
  notice: () => withEndings(import('./notice.ts')),
  preview: () => withEndings(import('./preview.ts')),
  shortcuts: () => import('./shortcuts.ts'),
};

export type PartName = keyof typeof loaders;
export type Part<Name extends PartName> = Awaited<ReturnType<(typeof loaders)[Name]>>;
type Parts = { [Name in PartName]?: Part<Name> };

const loaded: Parts = {};

/** The part, if it is there. */
export function part<Name extends PartName>(name: Name): Parts[Name] {
  return loaded[name];
}

/** Rejects where the chunk cannot be had; asking again tries again. */
export async function loadPart<Name extends PartName>(name: Name): Promise<Part<Name>> {
  const module = (await loaders[name]()) as Part<Name>;
  if ('elements' in module) defineElements(module.elements);
  if ('words' in module) addEnglish(module.words);
  Object.assign(loaded, { [name]: module });
  return module;
}

/** These say what went wrong, too. */
async function withEndings<Module>(module: Promise<Module>): Promise<Module> {
  await loadPart('endings');
  return module;
}
