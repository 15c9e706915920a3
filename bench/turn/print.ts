// Lines of the tables. Values in, text out.
import type { Cell } from './measure.ts';
import { microseconds } from './measure.ts';

export const columns = (first: string, others: readonly string[], width = 17): string =>
  first.padEnd(30) + others.map(each => each.padStart(width)).join('');

/** Microseconds, and what was lost; or that it did not do the work. */
export const cellText = (cell: Cell | undefined): string => {
  if (cell === undefined) return '–';
  if (cell.type !== 'done') return `${cell.type} (${cell.why.slice(0, 40)})`;
  return `${microseconds(cell).toFixed(2)} (${(cell.loss * 100).toFixed(1)} %)`;
};

export const ratioText = (ratio: number, target?: number): string => {
  if (Number.isNaN(ratio)) return '–';
  if (target === undefined) return ratio.toFixed(2);
  return `${ratio.toFixed(2)} ${ratio <= target ? '≤' : '>'} ${target.toFixed(2)}`;
};

export const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} kB`;
