// A site of another origin that embeds the element: nothing but the script tag and the element.
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

export interface Site {
  url: string;
  close: () => Promise<void>;
}

/** Serves `body` as a page of its own origin. */
export async function startSite(body: string, headers: Record<string, string> = {}): Promise<Site> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers });
    response.end(`<!doctype html><html lang="en"><title>A site</title>${body}`);
  }).listen(0, 'localhost');
  await once(server, 'listening');
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    close: async () => {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

/** The tag that README tells a site to paste. */
export function tag(serverUrl: string, attributes: string): string {
  return `<script type="module" src="${serverUrl}/video-call.js"></script><video-call ${attributes}></video-call>`;
}
