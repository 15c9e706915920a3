// What a person can ask for. Requests bubble to the element and end there; what comes of them comes back as state.

import type { HostRequest } from '../session/session.ts';

/** The detail of each request. */
export interface RequestDetails {
  'request-preview': undefined;
  'request-join': { displayName?: string; withoutDevices?: boolean };
  /** Out of the call, or of the way into it. */
  'request-leave': undefined;
  'request-microphone': { on: boolean };
  'request-camera': { on: boolean };
  'request-screen': { on: boolean };
  /** The system took it. */
  'request-resume-microphone': undefined;
  /** It is paused for want of network. */
  'request-resume-video': undefined;
  'request-resume-audio': undefined;
  'request-retry': undefined;
  'request-rejoin': undefined;
  'request-name': { displayName: string };
  /** What a host asks for. */
  'request-as-host': HostRequest;
  /** A notice was read for long enough. */
  'request-dismiss-notice': undefined;
}

export type RequestName = keyof RequestDetails;

/** Names whose request carries nothing. */
export type PlainRequest = { [K in RequestName]: RequestDetails[K] extends undefined ? K : never }[RequestName];

type Detail<K extends RequestName> = RequestDetails[K] extends undefined ? [] : [detail: RequestDetails[K]];

/** Not composed: what happens inside the element is not the page's concern. */
export function request<K extends RequestName>(target: EventTarget, name: K, ...[detail]: Detail<K>): void {
  target.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
}

/** For the element: one handler for each request, until `signal` aborts. */
export function onRequests(
  root: EventTarget,
  handlers: { [K in RequestName]: (detail: RequestDetails[K]) => void },
  signal: AbortSignal,
): void {
  for (const [name, handle] of Object.entries(handlers) as [RequestName, (detail: unknown) => void][]) {
    root.addEventListener(name, event => handle((event as CustomEvent).detail), { signal });
  }
}

/** A listener for a template: asks for `name` from the element that was pressed. */
export function asks(name: PlainRequest): (event: Event) => void {
  return event => {
    if (event.currentTarget) request(event.currentTarget, name);
  };
}
