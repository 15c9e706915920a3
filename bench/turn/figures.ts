// Arithmetic of a bench: medians and the spread around them. Knows not what was measured.

/** The middle of some numbers, `NaN` of none. The mean would follow one round in which the machine was busy. */
export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = NaN, high = NaN] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (low + high) / 2;
};

/** The median of the ratios of each round: what slowed a round down slowed both sides of it. */
export const medianRatio = (values: readonly number[], others: readonly number[]): number =>
  median(values.map((value, round) => value / (others[round] ?? NaN)));

/** The first of `count` rounds starts with the first, the second with the second: no place in the order is better. */
export const rotated = <T>(items: readonly T[], round: number): T[] => {
  const start = round % Math.max(items.length, 1);
  return [...items.slice(start), ...items.slice(0, start)];
};
