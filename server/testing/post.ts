// Joins by HTTP, as the element makes them. For tests only.
import assert from 'node:assert/strict';
import type { JoinRequest, ServerToClientEvents } from '../../protocol/events.ts';
import { PROTOCOL_VERSION } from '../../protocol/version.ts';
import { join, joinRequest, listen } from './rig.ts';
import type { Rig } from './rig.ts';

type Entered = Parameters<ServerToClientEvents['entered']>[0];

export interface PostOptions {
  headers?: Record<string, string>;
  protocol?: unknown;
  body?: string;
}

/** Joins by HTTP; the lines of the answer come one by one. */
export async function post(rig: Rig, change: Partial<JoinRequest> = {}, options: PostOptions = {}) {
  const { headers, protocol = PROTOCOL_VERSION } = options;
  const abort = new AbortController();
  const request = joinRequest(change);
  const response = await fetch(`${rig.url}/join`, {
    method: 'POST',
    body: options.body ?? JSON.stringify({ protocol, join: request }),
    signal: abort.signal,
    ...(headers && { headers }),
  });
  assert.ok(response.body);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const lines: [string, unknown][] = [];
  let unread = '';
  /** The next line; undefined at the end. */
  const line = async (): Promise<[string, unknown] | undefined> => {
    while (lines.length === 0) {
      const { done, value } = await reader.read();
      if (done) return undefined;
      const parts = (unread + value).split('\n');
      unread = parts.pop() ?? '';
      lines.push(...parts.map(text => JSON.parse(text) as [string, unknown]));
    }
    return lines.shift();
  };
  const entered = async () => {
    const first = await line();
    assert.equal(first?.[0], 'entered');
    return first[1] as Entered;
  };
  return { request, response, line, entered, abort: () => abort.abort() };
}

/** The same, where a seat or a place in line must come of it. */
export async function posted(rig: Rig, change: Partial<JoinRequest> = {}) {
  const stream = await post(rig, change);
  const answer = await stream.entered();
  assert.ok(answer.ok);
  return { ...stream, self: answer.self, answer };
}

/** Somebody who sits there by a socket. */
export async function member(rig: Rig, change: Partial<JoinRequest> = {}) {
  const client = await rig.connect();
  const { self } = await join(client, change);
  return { client, self, heard: listen(client) };
}

export const namesOf = (heard: { name: string }[]) => heard.map(({ name }) => name);
