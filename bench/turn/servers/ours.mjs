// Our relay in a process of its own, as it was built. `RELAY_MODULE` names another build, or the sources.
import { serve } from './control.mjs';

const { createTurnServer, createTurnWorkers } = await import(process.env.RELAY_MODULE ?? '../../../dist/turn/index.js');

let relay;

serve(async (ask, { workers, options }) => {
  if (ask === 'counters') return relay.counters();
  relay = await (workers === undefined ? createTurnServer(options) : createTurnWorkers(options, workers));
  return relay.addresses.filter(({ transport }) => transport === 'udp').map(({ port }) => port);
});
