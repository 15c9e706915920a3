// Adds up what several relays count. Knows no name of a count.

/** A number, or such things by name. */
type Numbers = number | { readonly [name: string]: Numbers };

/** The sum of each number, name by name. All have the same names. @throws TypeError of none */
export const addUp = <T extends object>(figures: readonly T[]): T =>
  figures.reduce((sum, each) => plus(sum as Numbers, each as Numbers) as T);

/** The same names, and nothing. */
export const zeroOf = <T extends object>(figure: T): T => zero(figure as Numbers) as T;

const plus = (a: Numbers, b: Numbers): Numbers => {
  if (typeof a === 'number' || typeof b === 'number') return Number(a) + Number(b);
  return Object.fromEntries(Object.entries(a).map(([name, value]) => [name, plus(value, b[name] ?? 0)]));
};

const zero = (figure: Numbers): Numbers =>
  typeof figure === 'number'
    ? 0
    : Object.fromEntries(Object.entries(figure).map(([name, value]) => [name, zero(value)]));
