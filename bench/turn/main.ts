// `npm run bench:turn`: our relay beside coturn, node-turn and the least that Node can do, on the same work in one run.
// `--quick` does little of everything, to see that it works; its figures mean nothing. `--only=scale` does one part: media,
// scale or cores.
import { availableParallelism, cpus } from 'node:os';
import { startCoturn, startForwarder, startNodeTurn, startOurs } from './contenders.ts';
import type { Contender } from './contenders.ts';
import { benchCores } from './cores.ts';
import { benchMedia } from './media.ts';
import { benchScale } from './scale.ts';

const isQuick = process.argv.includes('--quick');
const only = process.argv.find(argument => argument.startsWith('--only='))?.slice('--only='.length);
const isAsked = (part: 'media' | 'scale' | 'cores') => only === undefined || only === part;

const pace = isQuick ? { rounds: 1, datagrams: 100, perSecond: 8000 } : { rounds: 7, datagrams: 2000, perSecond: 8000 };
const plans = {
  media: { ...pace, sizes: isQuick ? [160] : [160, 1000, 1400] },
  scale: { ...pace, datagrams: 2 * pace.datagrams, counts: isQuick ? [2, 10] : [10, 500, 5000] },
  cores: { ...pace, datagrams: 4 * pace.datagrams, rooms: isQuick ? 8 : 200 },
};

const withContenders = async <T>(
  starts: (() => Contender | Promise<Contender>)[],
  use: (all: Contender[]) => Promise<T>,
) => {
  const all: Contender[] = [];
  try {
    for (const start of starts) all.push(await start());
    return await use(all);
  } finally {
    await Promise.all(all.map(contender => contender.end()));
  }
};

const bare = () => startForwarder('bare');
const tuned = () => startForwarder('tuned');

console.log(`Node ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model ?? 'CPU'}; coturn with -m 1`);
const missed: string[] = [];
if (isAsked('media')) {
  const all = [startOurs, bare, tuned, startCoturn, startNodeTurn];
  missed.push(...(await withContenders(all, contenders => benchMedia(contenders, plans.media))));
}
if (isAsked('scale')) {
  const all = [startOurs, bare, startCoturn, startNodeTurn];
  await withContenders(all, contenders => benchScale(contenders, plans.scale));
}
if (isAsked('cores')) missed.push(...(await benchCores(plans.cores)));

if (missed.length > 0 && !isQuick) {
  console.error(`\nMissed: ${missed.join('; ')}`);
  process.exitCode = 1;
}
