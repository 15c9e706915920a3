// CPU time for each relayed datagram: sizes × framings × topologies, for all contenders in turn.
import type { Contender } from './contenders.ts';
import type { Framing, Kind, Topology } from './load/messages.ts';
import { measure, ratio } from './measure.ts';
import { cellText, columns, ratioText } from './print.ts';

export interface MediaPlan {
  readonly rounds: number;
  readonly datagrams: number;
  readonly perSecond: number;
  readonly sizes: readonly number[];
}

/** Done means: our share of CPU beside the bare forwarder's, through a peer. */
const targets: Record<Framing, number> = { channel: 1.15, indication: 1.3 };

/** And beside coturn's, from client to client. */
const clientTarget = 1;

const names: Record<Topology | Framing, string> = {
  peer: 'through a peer',
  client: 'client to client',
  channel: 'ChannelData',
  indication: 'Send/Data',
};

const kinds: readonly Kind[] = (['peer', 'client'] as const).flatMap(topology =>
  (['channel', 'indication'] as const).map(framing => ({ topology, framing })),
);

/** Prints its table; resolves to the lines that miss a target. */
export const benchMedia = async (contenders: readonly Contender[], plan: MediaPlan): Promise<string[]> => {
  const { rounds, datagrams, perSecond, sizes } = plan;
  const missed: string[] = [];
  const heads = [...contenders.map(({ name }) => name), 'ours : bare', 'ours : coturn'];
  console.log(`\nCPU time per relayed datagram in µs (loss), median of ${rounds} rounds`);
  console.log(columns('', heads));
  for (const kind of kinds) {
    const refused = new Map<string, string>();
    for (const contender of contenders) {
      await contender.open(kind, 1).catch((error: unknown) => refused.set(contender.name, String(error)));
    }
    for (const payloadBytes of sizes) {
      // A permission lives five minutes, and so may all of this on a slow machine.
      for (const contender of contenders) if (!refused.has(contender.name)) await contender.renew();
      // From client to client each datagram is counted once, through a peer there and back.
      const count = kind.topology === 'client' ? 2 * datagrams : datagrams;
      const run = { ...kind, payloadBytes, datagrams: count, perSecond };
      const cells = await measure(contenders, run, rounds, refused);
      const toBare = ratio(cells.get('ours'), cells.get('bare forwarder'));
      const toCoturn = ratio(cells.get('ours'), cells.get('coturn'));
      const [bareTarget, coturnTarget] = kind.topology === 'peer' ? [targets[kind.framing]] : [undefined, clientTarget];
      const title = `${names[kind.topology]}, ${names[kind.framing]}, ${payloadBytes} B`;
      const held = (value: number, target: number | undefined) => target === undefined || value <= target;
      if (!held(toBare, bareTarget) || !held(toCoturn, coturnTarget)) missed.push(title);
      const texts = contenders.map(({ name }) => cellText(cells.get(name)));
      console.log(columns(title, [...texts, ratioText(toBare, bareTarget), ratioText(toCoturn, coturnTarget)]));
    }
  }
  return missed;
};
