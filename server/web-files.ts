// Serves the built element to every site and the demo to visitors, each with its headers. It knows no signalling.
import { join, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';

export interface WebFolders {
  /** What the bundler wrote: `video-call.js` and hashed files in `chunks/`. */
  readonly widget: string;
  readonly demo: string;
}

const aYearSec = 31_536_000;

/** Where we are, as this visitor sees it. */
export interface Place {
  readonly host: string | undefined;
  /** Servers that ask for no credential. */
  readonly stunUrls: readonly string[];
}

export async function serveWebFiles(
  app: FastifyInstance,
  folders: WebFolders,
  placeOf: (reply: FastifyReply) => Place,
): Promise<void> {
  const chunks = join(folders.widget, 'chunks', sep);
  await app.register(fastifyStatic, {
    root: [folders.widget, folders.demo],
    prefix: '/',
    dotfiles: 'ignore',
    cacheControl: false,
    // The build lays `.br` and `.gz` beside a file.
    preCompressed: true,
    // Its own index fails where compressed files are looked for: a browser would get 404 where curl gets the page.
    index: false,
    setHeaders(reply, path) {
      if (path.startsWith(folders.widget + sep)) {
        // A module script of another site is fetched with CORS, and may be on a page that isolates itself.
        reply.header('access-control-allow-origin', '*').header('cross-origin-resource-policy', 'cross-origin');
        // A hash in the name means: the content of this address never changes.
        const lasting = path.startsWith(chunks);
        if (!lasting) {
          // What the script's first connection needs to know comes with the script, and so costs no round trip.
          const stun = placeOf(reply).stunUrls.join(' ');
          reply.header('timing-allow-origin', '*').header('server-timing', `stun;desc="${stun}"`);
        }
        reply.header('cache-control', lasting ? `public, max-age=${aYearSec}, immutable` : 'no-cache');
      } else {
        reply.header('cache-control', 'no-cache').headers(demoHeaders(placeOf(reply).host));
      }
    },
  });
  app.get('/', (_request, reply) => reply.sendFile('index.html'));
}

/** As strict as a site can be: what the element needs, it must get from this. */
function demoHeaders(host: string | undefined): Record<string, string> {
  // `'self'` covers WebSockets too since CSP 3; Safari before 15.4 wants them named.
  const sockets = host === undefined ? '' : ` ws://${host} wss://${host}`;
  return {
    'content-security-policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      `connect-src 'self'${sockets}`,
      "img-src 'self' data:",
      "media-src 'self' blob:",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'self'",
      "require-trusted-types-for 'script'",
      "trusted-types lit-html 'allow-duplicates'",
    ].join('; '),
    'permissions-policy': 'camera=(self), microphone=(self), display-capture=(self)',
  };
}
