// Sends at a steady pace and checks what comes out. Knows no relay: flows are given.
import { performance } from 'node:perf_hooks';
import type { Flow } from './flows.ts';
import type { Run, RunResult } from './messages.ts';

/** Datagrams under way at a time. A relay that is slow for a moment is waited for, instead of its buffers overflowing. */
const window = 64;

/** A timer that comes late is not made up for at once. */
const burstMax = 16;

/** What has not come by then is lost. */
const silenceMs = 400;

/** Number of the run, of the datagram and of the flow; the rest is filling. */
const stampBytes = 12;

const runs = { count: 0 };

/** Spreads the datagrams over the flows in turn. `heardByPeer` counts what came out at the echo so far. */
export const run = async (
  flows: readonly Flow[],
  { payloadBytes, datagrams, perSecond, topology }: Run,
  heardByPeer: () => number,
): Promise<RunResult> => {
  const runNumber = ++runs.count;
  const seen = new Uint8Array(datagrams);
  const peerHeardBefore = heardByPeer();
  const filling = Buffer.alloc(payloadBytes, 0xa5);
  let sent = 0;
  let delivered = 0;
  let wrong = 0;
  let lastHeardAt = performance.now();

  flows.forEach((flow, index) => {
    flow.hear = payload => {
      const isOurs = payload.length >= stampBytes && payload.readUInt32BE(0) === runNumber;
      // A straggler of a run that gave it up for lost is not this one's business.
      if (!isOurs && payload.length >= stampBytes && payload.readUInt32BE(0) < runNumber) return;
      lastHeardAt = performance.now();
      const number = isOurs ? payload.readUInt32BE(4) : datagrams;
      const isRight =
        number < datagrams &&
        seen[number] === 0 &&
        payload.length === payloadBytes &&
        payload.readUInt32BE(8) === index;
      if (isRight) {
        seen[number] = 1;
        delivered++;
      } else {
        wrong++;
      }
    };
  });

  const writeNext = (): void => {
    const index = sent % flows.length;
    const payload = Buffer.from(filling);
    payload.writeUInt32BE(runNumber, 0);
    payload.writeUInt32BE(sent++, 4);
    payload.writeUInt32BE(index, 8);
    flows[index]?.write(payload);
  };

  const startedAt = performance.now();
  await new Promise<void>(resolve => {
    const timer = setInterval(() => {
      const now = performance.now();
      const due = Math.min(datagrams, Math.ceil(((now - startedAt) / 1000) * perSecond));
      for (let burst = 0; burst < burstMax && sent < due && sent - delivered < window; burst++) writeNext();
      if (delivered + wrong < datagrams && now - lastHeardAt < silenceMs) return;
      clearInterval(timer);
      resolve();
    }, 1);
  });
  const echoed = topology === 'peer' ? heardByPeer() - peerHeardBefore : 0;
  return { sent, delivered, relayed: delivered + echoed, wrong, elapsedMs: lastHeardAt - startedAt };
};
