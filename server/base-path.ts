// Lets the server live below a path, whether or not the proxy in front strips it. It knows no route.
import type { IncomingMessage, Server } from 'node:http';

/** Takes `basePath` off the beginning of every request's path; other paths stay as they are. */
export function stripBasePath(server: Server, basePath = '/'): void {
  const base = basePath.replace(/\/+$/, '');
  if (base === '') return;
  const strip = (request: IncomingMessage) => {
    const { url = '' } = request;
    if (url.startsWith(`${base}/`)) request.url = url.slice(base.length);
  };
  // Before everybody else who listens, Engine.IO included.
  server.prependListener('request', strip);
  server.prependListener('upgrade', strip);
}
