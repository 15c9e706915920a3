// Turns measured times into the printed table. Knows no browser.
export interface Row {
  name: string;
  floorMs: number;
  /** One for each counted round. */
  times: readonly number[];
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return low === undefined || high === undefined ? NaN : (low + high) / 2;
}

/** Medians beside the floor of each flow and the median of `reference`. */
export function table(rows: readonly Row[], reference: string): string {
  const base = median(rows.find(({ name }) => name === reference)?.times ?? []);
  const line = (...cells: string[]) =>
    cells.map((cell, index) => (index === 0 ? cell.padEnd(34) : cell.padStart(12))).join('');
  const body = rows.map(({ name, floorMs, times }) => {
    const middle = median(times);
    return line(
      name,
      middle.toFixed(0),
      `${Math.min(...times).toFixed(0)}–${Math.max(...times).toFixed(0)}`,
      `${floorMs}`,
      `+${(middle - floorMs).toFixed(0)}`,
      Number.isNaN(base) ? '' : (middle / base).toFixed(2),
    );
  });
  return [line('first remote frame, ms', 'median', 'range', 'floor', 'over it', `: ${reference}`), ...body].join('\n');
}
