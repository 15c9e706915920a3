// Rounds of the same work for all contenders, one after the other, and what came out of them. Prints nothing.
import type { Contender } from './contenders.ts';
import { median, medianRatio, rotated } from './figures.ts';
import type { Run } from './load/messages.ts';

/** Work that was not all done is not compared: one datagram lost of two hundred. */
const lossMax = 0.005;

/** How often a round is repeated that lost more; on a busy machine the generator itself may lose some. */
const attempts = 4;

/** Rounds before those that count: code is compiled, and it shows who cannot do the work at all. */
const warmUps = 2;

/** What one contender took for one piece of work. */
export type Cell =
  | {
      readonly type: 'done';
      /** CPU time for each relayed datagram in microseconds, one a round. */
      readonly rounds: readonly number[];
      /** The largest share that was lost in a round that counts. */
      readonly loss: number;
    }
  | { readonly type: 'cannot' | 'invalid'; readonly why: string };

/** By name of the contender. `refused` says who could not even open the flows, and why. */
export const measure = async (
  contenders: readonly Contender[],
  run: Run,
  rounds: number,
  refused: ReadonlyMap<string, string> = new Map(),
): Promise<Map<string, Cell>> => {
  const cells = new Map<string, Cell>();
  for (const [name, why] of refused) cells.set(name, { type: 'cannot', why });
  for (let round = -warmUps; round < rounds; round++) {
    for (const contender of rotated(contenders, round + warmUps)) {
      const before = cells.get(contender.name) ?? { type: 'done', rounds: [], loss: 0 };
      if (before.type === 'done') cells.set(contender.name, await oneRound(contender, run, before, round < 0));
    }
  }
  return cells;
};

const oneRound = async (
  contender: Contender,
  run: Run,
  before: Extract<Cell, { type: 'done' }>,
  isWarmUp: boolean,
): Promise<Cell> => {
  for (let attempt = 1; ; attempt++) {
    const { cpuNs, relayed, sent, delivered, wrong } = await contender.run(run);
    if (isWarmUp && delivered === 0) return { type: 'cannot', why: `0 of ${sent} came out` };
    if (isWarmUp) return before;
    const loss = 1 - delivered / sent;
    if (loss <= lossMax && wrong === 0) {
      return { type: 'done', rounds: [...before.rounds, cpuNs / 1000 / relayed], loss: Math.max(before.loss, loss) };
    }
    if (attempt === attempts) return { type: 'invalid', why: `${delivered} of ${sent} came out, ${wrong} wrong` };
  }
};

export const microseconds = (cell: Cell | undefined): number => (cell?.type === 'done' ? median(cell.rounds) : NaN);

/** Round by round, so that what slowed a round down counts for neither. */
export const ratio = (cell: Cell | undefined, other: Cell | undefined): number =>
  cell?.type === 'done' && other?.type === 'done' ? medianRatio(cell.rounds, other.rounds) : NaN;
