// The parts of the interface that come later than the first script: each is loaded when it is first wanted, with the sheet
// of its look, the elements in it and its English words. Knows no state: who wants which is for the element to say.
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

/** Who has not come by then counts as missing until it does. */
const patienceMs = 8_000;
const missing = new Set<PartName>();

/** The part, if it is there. */
export function part<Name extends PartName>(name: Name): Parts[Name] {
  return loaded[name];
}

/** What a part draws; nothing while it is on its way, and `instead` where it cannot be had: no screen stays empty. */
export function drawn<Name extends PartName, Drawn>(
  name: Name,
  draw: (part: Part<Name>) => Drawn,
  instead: () => Drawn,
): Drawn | undefined {
  const there = part(name);
  if (there) return draw(there);
  return missing.has(name) ? instead() : undefined;
}

/** Rejects where the chunk cannot be had, or not in time; asking again tries again. */
export async function loadPart<Name extends PartName>(name: Name): Promise<Part<Name>> {
  const late = new Promise<never>((_, reject) => {
    AbortSignal.timeout(patienceMs).onabort = () => reject(new Error(name));
  });
  try {
    return await Promise.race([load(name), late]);
  } catch (error) {
    missing.add(name);
    throw error;
  }
}

async function load<Name extends PartName>(name: Name): Promise<Part<Name>> {
  const module = (await loaders[name]()) as Part<Name>;
  if ('elements' in module) defineElements(module.elements);
  if ('words' in module) addEnglish(module.words);
  Object.assign(loaded, { [name]: module });
  missing.delete(name);
  return module;
}

/** These say what went wrong, too. */
async function withEndings<Module>(module: Promise<Module>): Promise<Module> {
  await loadPart('endings');
  return module;
}
