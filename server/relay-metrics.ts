// What the relay tells Prometheus: numbers without users and addresses. It knows no HTTP.
import { Counter, Gauge, Registry } from 'prom-client';
import type { TurnServer } from '../turn/index.ts';

type Numbers = Readonly<Record<string, number>>;

/** A registry of its own, not the library's global one: two servers in one process do not mix. */
export function relayMetrics(relay: TurnServer): Registry {
  const registry = new Registry();
  const registers = [registry];

  const gauge = (name: string, help: string, label: string, read: () => Numbers): void => {
    const metric: Gauge = new Gauge({
      name,
      help,
      labelNames: [label],
      registers,
      collect: () => setAll(metric, label, read()),
    });
  };
  const counter = (name: string, help: string, label: string, read: () => Numbers): void => {
    const metric: Counter = new Counter({
      name,
      help,
      labelNames: [label],
      registers,
      collect: () => {
        // The relay's own numbers only grow, so this is a counter although it is set.
        metric.reset();
        for (const [value, count] of Object.entries(read())) metric.inc({ [label]: value }, count);
      },
    });
  };

  gauge('turn_allocations', 'Allocations by how their clients reach the relay.', 'transport', () => ({
    ...relay.transports().allocations,
  }));
  gauge('turn_connections', 'Open connections of clients.', 'transport', () => ({ ...relay.transports().connections }));
  gauge('turn_sockets', 'Relay sockets by what they wait for.', 'state', () => {
    const { allocations, reservations, pending } = relay.counts();
    return { allocated: allocations, reserved: reservations, opening: pending };
  });
  gauge('turn_users', 'Users with an allocation.', 'state', () => ({ active: relay.counts().users }));

  const relayed = (of: 'datagrams' | 'bytes') => (): Numbers => {
    const { toPeer, toClient, hairpin } = relay.counters().relayed;
    return { to_peer: toPeer[of], to_client: toClient[of], client_to_client: hairpin[of] };
  };
  counter(
    'turn_relayed_datagrams_total',
    'Datagrams handed to the transport, which may drop them as slow-reader or slow-network.',
    'direction',
    relayed('datagrams'),
  );
  counter('turn_relayed_bytes_total', 'Bytes of the application in them.', 'direction', relayed('bytes'));
  counter('turn_refusals_total', 'Requests answered with an error.', 'code', () => ({ ...relay.counters().refusals }));
  counter('turn_drops_total', 'Messages and datagrams discarded.', 'reason', () => ({
    ...relay.counters().drops,
    'slow-reader': relay.transports().slowReaderDrops,
    'slow-network': relay.transports().slowNetworkDrops,
  }));
  counter('turn_refused_connections_total', 'Connections closed at once.', 'reason', () => ({
    'too-many': relay.transports().refusedConnections,
  }));
  return registry;
}

function setAll(metric: Gauge, label: string, numbers: Numbers): void {
  for (const [value, count] of Object.entries(numbers)) metric.set({ [label]: value }, count);
}
