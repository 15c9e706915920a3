// A browser in a host of the lab, seen from the test: opens the page that embeds the element, reads what comes of it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { BrowserName } from '../support/browsers.ts';
import { until } from '../support/media.ts';
import type { DriverAnswer } from './driver.ts';
import { inHost, signalAll } from './network.ts';
import type { Host } from './network.ts';

export interface CallerView {
  status: string;
  words: string;
  participants: { id: string; displayName: string; connection: string; path?: string; videoPaused?: string }[];
}

export interface Caller {
  evaluate: <Value>(expression: string) => Promise<Value>;
  /** Joins as `displayName`, with further attributes such as `relay-only`. */
  join: (displayName: string, attributes?: string[]) => Promise<void>;
  view: () => Promise<CallerView>;
  until: (what: string, condition: (view: CallerView) => boolean, timeoutMs?: number) => Promise<void>;
  /** Candidate types of the selected pair, how its own relay is reached, and what has arrived over the open connections. */
  inbound: () => Promise<{ pair: string[]; relayProtocol: string; frames: number; audioPackets: number }>;
  /** To the browser with all its processes, and whatever else runs in this host: nothing in it hears of the end. */
  kill: () => Promise<void>;
  /** As a laptop that sleeps: the system holds its connections, and nobody looks after them. */
  freeze: () => void;
  thaw: () => void;
  close: () => Promise<void>;
}

const element = `document.querySelector('video-call')`;

export async function openCaller(
  host: Host,
  browser: BrowserName,
  url: string,
  /** PEM file of a certificate that the browser shall trust for TURN over TLS. */
  certificateAuthority?: string,
): Promise<Caller> {
  const driver = join(import.meta.dirname, 'driver.ts');
  const [command, ...rest] = [
    ...inHost(host),
    process.execPath,
    '--import',
    'tsx',
    driver,
    browser,
    url,
    ...(certificateAuthority ? [certificateAuthority] : []),
  ];
  const child = spawn(command, rest, { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const waiting = new Map<number, (answer: DriverAnswer) => void>();
  child.stdin.on('error', () => undefined);
  void exited.then(() => {
    for (const [id, answer] of waiting) answer({ id, error: `The driver in ${host.name} ended` });
  });
  const ready = new Promise<void>((resolve, reject) => {
    void exited.then(() => reject(new Error(`The driver in ${host.name} ended`)));
    createInterface({ input: child.stdout }).on('line', line => {
      if (line === 'ready') {
        resolve();
        return;
      }
      const answer = JSON.parse(line) as DriverAnswer;
      waiting.get(answer.id)?.(answer);
      waiting.delete(answer.id);
    });
  });
  let requests = 0;
  const evaluate = async <Value>(expression: string): Promise<Value> => {
    const id = requests++;
    const answer = await new Promise<DriverAnswer>(resolve => {
      waiting.set(id, resolve);
      child.stdin.write(`${JSON.stringify({ id, expression })}\n`);
    });
    if ('error' in answer) throw new Error(answer.error);
    return answer.value as Value;
  };
  await ready;

  const view = () =>
    evaluate<CallerView>(`(call => ({ status: call.status, participants: call.participants,
      words: call.shadowRoot.querySelector('section')?.innerText ?? '' }))(${element})`);
  return {
    evaluate,
    view,
    join: async (displayName, attributes = []) => {
      await evaluate(`customElements.whenDefined('video-call').then(() => {
        for (const name of ${JSON.stringify(attributes)}) ${element}.setAttribute(name, '');
        ${element}.displayName = ${JSON.stringify(displayName)};
        return ${element}.updateComplete;
      }).then(() => ${element}.join())`);
    },
    until: async (what, condition, timeoutMs = 20_000) => {
      let seen: CallerView | undefined;
      await until(async () => condition((seen = await view())), {
        timeoutMs,
        what: () => `${what} in ${host.name}: ${JSON.stringify(seen)}`,
      });
    },
    inbound: () =>
      evaluate(`(async () => {
        const seen = { pair: [], relayProtocol: '', frames: 0, audioPackets: 0 };
        for (const connection of probe.connections.filter(one => one.signalingState !== 'closed')) {
          const stats = [...(await connection.getStats()).values()];
          const transport = stats.find(one => one.selectedCandidatePairId);
          const pair = stats.find(one => transport ? one.id === transport.selectedCandidatePairId : one.type === 'candidate-pair' && one.selected);
          for (const one of stats) {
            if (pair && (one.id === pair.localCandidateId || one.id === pair.remoteCandidateId)) seen.pair.push(one.candidateType);
            if (pair && one.id === pair.localCandidateId) seen.relayProtocol = one.relayProtocol ?? '';
            if (one.type === 'inbound-rtp' && one.kind === 'video') seen.frames += one.framesDecoded ?? 0;
            if (one.type === 'inbound-rtp' && one.kind === 'audio') seen.audioPackets += one.packetsReceived ?? 0;
          }
        }
        return seen;
      })()`),
    kill: async () => {
      signalAll(host, 'SIGKILL');
      await exited;
    },
    freeze: () => signalAll(host, 'SIGSTOP'),
    thaw: () => signalAll(host, 'SIGCONT'),
    close: async () => {
      child.stdin.end();
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await exited;
      clearTimeout(late);
    },
  };
}
