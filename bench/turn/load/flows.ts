// Where datagrams can be put in and come out: through a relay or a forwarder, to an echo or to another client.
import type { TransportAddress } from '../../../turn/wire/address.ts';
import type { FlowEnds, Kind, RelayTarget } from './messages.ts';
import { addressOf, openSocket } from './socket.ts';
import { openTurnClient } from './turn-client.ts';

/** One way from a sender to where its datagrams should come out. */
export interface Flow {
  write(payload: Buffer): void;
  hear: (payload: Buffer) => void;
  /** Keeps permissions and channels alive. */
  renew(): Promise<void>;
}

/** Addresses of this machine, apart from that of the relay: peers must not look like the relay itself. */
const clientAddress = '127.0.0.3';
const peerAddress = '127.0.0.2';

/** Requests that wait for their answers at a time. */
const openAtOnce = 8;

export interface EchoPeer {
  readonly address: TransportAddress;
  readonly heard: () => number;
}

/** Sends back what it gets, to whom it got it from. */
export const openEchoPeer = async (): Promise<EchoPeer> => {
  const socket = await openSocket(peerAddress);
  let heard = 0;
  socket.on('message', (bytes, from) => {
    heard++;
    socket.send(bytes, from.port, from.address);
  });
  return { address: addressOf(socket), heard: () => heard };
};

/** @throws Error if the relay refuses or is silent */
export const openRelayFlows = (target: RelayTarget, kind: Kind, echo: EchoPeer, count: number): Promise<Flow[]> =>
  inTurn(count, async index => {
    const subject = `${kind.topology}-${kind.framing}-${index}`;
    const client = await openTurnClient(target, subject, clientAddress);
    if (kind.topology === 'peer') {
      const renew = () => client.reach(echo.address, kind.framing);
      await renew();
      return flowOf(
        payload => client.write(payload),
        renew,
        hear => (client.hear = hear),
      );
    }
    const other = await openTurnClient(target, `${subject}-b`, clientAddress);
    const renew = async () => {
      await client.reach(other.relayed, kind.framing);
      await other.reach(client.relayed, kind.framing);
    };
    await renew();
    return flowOf(
      payload => client.write(payload),
      renew,
      hear => (other.hear = hear),
    );
  });

/** A flow whose forwarder is still to be told of it. */
export interface UnjoinedFlow {
  readonly ends: FlowEnds;
  join(forwarder: TransportAddress): Flow;
}

export const openForwarderFlows = ({ topology }: Kind, echo: EchoPeer, count: number): Promise<UnjoinedFlow[]> =>
  inTurn(count, async () => {
    const client = await openSocket(clientAddress);
    const far = topology === 'peer' ? client : await openSocket(clientAddress);
    const peer = topology === 'peer' ? echo.address : addressOf(far);
    return {
      ends: { client: addressOf(client), peer },
      join: ({ address, port }) =>
        flowOf(
          payload => client.send(payload, port, address),
          () => Promise.resolve(),
          hear => far.on('message', hear),
        ),
    };
  });

const flowOf = (write: Flow['write'], renew: Flow['renew'], listen: (hear: Flow['hear']) => unknown): Flow => {
  const flow: Flow = { write, renew, hear: () => undefined };
  listen(payload => flow.hear(payload));
  return flow;
};

const inTurn = async <T>(count: number, open: (index: number) => Promise<T>): Promise<T[]> => {
  const opened: T[] = [];
  for (let index = 0; index < count; index += openAtOnce) {
    const group = Array.from({ length: Math.min(openAtOnce, count - index) }, (_, more) => open(index + more));
    opened.push(...(await Promise.all(group)));
  }
  return opened;
};
