// The load generator: a process of its own, so that what it costs is not counted as the relay's. Does what it is told.
import type { TransportAddress } from '../../../turn/wire/address.ts';
import { openEchoPeer, openForwarderFlows, openRelayFlows } from './flows.ts';
import type { Flow, UnjoinedFlow } from './flows.ts';
import type { FlowEnds, Kind, RelayTarget, Run } from './messages.ts';
import { run } from './run.ts';

type Question = { readonly id: number } & (
  | { readonly ask: 'open'; readonly target: RelayTarget; readonly kind: Kind; readonly count: number }
  | { readonly ask: 'prepare'; readonly kind: Kind; readonly count: number }
  | { readonly ask: 'join'; readonly kind: Kind; readonly forwarders: readonly TransportAddress[] }
  | { readonly ask: 'renew' }
  | { readonly ask: 'run'; readonly run: Run }
);

const echo = await openEchoPeer();
const flows = new Map<string, Flow[]>();
let unjoined: readonly UnjoinedFlow[] = [];

const flowsOf = ({ topology, framing }: Kind): Flow[] => {
  const key = `${topology} ${framing}`;
  const known = flows.get(key) ?? [];
  flows.set(key, known);
  return known;
};

const answer = async (question: Question): Promise<unknown> => {
  switch (question.ask) {
    case 'open': {
      const { target, kind, count } = question;
      flowsOf(kind).push(...(await openRelayFlows(target, kind, echo, count)));
      return undefined;
    }
    case 'prepare':
      unjoined = await openForwarderFlows(question.kind, echo, question.count);
      return unjoined.map(({ ends }): FlowEnds => ends);
    case 'join':
      question.forwarders.forEach((forwarder, index) => {
        const flow = unjoined[index]?.join(forwarder);
        if (flow) flowsOf(question.kind).push(flow);
      });
      return undefined;
    case 'renew':
      for (const flow of [...flows.values()].flat()) await flow.renew();
      return undefined;
    case 'run':
      return run(flowsOf(question.run).slice(0, question.run.flows), question.run, echo.heard);
  }
};

process.on('message', message => {
  const question = message as Question;
  answer(question).then(
    given => process.send?.({ id: question.id, answer: given }),
    (error: unknown) => process.send?.({ id: question.id, error: String(error) }),
  );
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
