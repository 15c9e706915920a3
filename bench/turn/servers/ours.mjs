// Our relay in a process of its own, as it was built. `RELAY_MODULE` names another build, or the sources.
import { serve } from './control.mjs';

const { createTurnServer, createTurnWorkers } = await import(
  process.env.RELAY_MODULE ?? '../../../dist/turn/index.js'
);

serve(async (ask, { workers, options }) => {
  const relay = workers > 1 ? await createTurnWorkers(options, workers) : await createTurnServer(options);
  return relay.addresses.map(({ port }) => port);
});
