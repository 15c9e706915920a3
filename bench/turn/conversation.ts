// Questions to a child process and their answers. Knows not what is asked.
import { fork } from 'node:child_process';
import { once } from 'node:events';

export interface Conversation {
  readonly pid: number;
  ask<T>(question: string, given?: object): Promise<T>;
  end(): Promise<void>;
}

interface Reply {
  readonly id: number;
  readonly answer?: unknown;
  readonly error?: string;
}

export interface ChildOptions {
  readonly argv?: readonly string[];
  readonly execArgv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Starts a Node process that answers `{ id, ask, … }` with `{ id, answer }`. It says `ready` first: what a loader hears
 * before the process listens is lost.
 */
export const converse = (file: string, { argv = [], execArgv = [], env = {} }: ChildOptions = {}): Conversation => {
  const child = fork(file, [...argv], { execArgv: [...execArgv], env: { ...process.env, ...env } });
  const waiting = new Map<number, { resolve: (answer: unknown) => void; reject: (error: Error) => void }>();
  let asked = 0;
  let isReady = (): void => undefined;
  const ready = new Promise<void>(resolve => (isReady = resolve));
  child.on('message', message => {
    if (message === 'ready') {
      isReady();
      return;
    }
    const { id, answer, error } = message as Reply;
    const asker = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) asker?.resolve(answer);
    else asker?.reject(new Error(error));
  });
  child.once('exit', code => {
    for (const { reject } of waiting.values()) reject(new Error(`${file} ended with ${code}.`));
    waiting.clear();
  });
  return {
    pid: child.pid ?? 0,
    ask: <T>(ask: string, given: object = {}) =>
      new Promise<T>((resolve, reject) => {
        const id = asked++;
        waiting.set(id, { resolve: answer => resolve(answer as T), reject });
        void ready.then(() => child.send({ id, ask, ...given }));
      }),
    end: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
};
