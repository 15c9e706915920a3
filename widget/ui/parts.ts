// The parts of the interface that the first picture of a call does not need: each is loaded when it is first wanted, with
// the sheet of its look and the elements in it. Knows no state: who wants which is for the element to say.
import { defineElements } from './elements.ts';

const loaders = {
  forcedColors: () => import('./styles/forced-colors.ts'),
  notice: () => import('./notice.ts'),
  preview: () => import('./preview.ts'),
  shortcuts: () => import('./shortcuts.ts'),
};

export type PartName = keyof typeof loaders;
type Parts = { [Name in PartName]?: Awaited<ReturnType<(typeof loaders)[Name]>> };

const loaded: Parts = {};

/** The part, if it is there. */
export function part<Name extends PartName>(name: Name): Parts[Name] {
  return loaded[name];
}

/** Rejects where the chunk cannot be had; asking again tries again. */
export async function loadPart<Name extends PartName>(name: Name): Promise<NonNullable<Parts[Name]>> {
  const module = (await loaders[name]()) as NonNullable<Parts[Name]>;
  if ('elements' in module) defineElements(module.elements);
  loaded[name] = module;
  return module;
}
