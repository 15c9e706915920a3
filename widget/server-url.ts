// Where the server is: what the page says, else where the script came from.

let scriptUrl: string | undefined;

/** Said by the entry that our server serves. A page that bundles the element has no such origin. */
export function setScriptUrl(url: string): void {
  scriptUrl = url;
}

/** The server's address with a slash at its end; undefined when there is none, or what was given is no address. */
export function resolveServerUrl(attribute: string | null | undefined): string | undefined {
  const given = attribute ? parse(attribute, globalThis.location.href) : scriptUrl && parse('.', scriptUrl);
  if (!given) return undefined;
  if (!given.pathname.endsWith('/')) given.pathname += '/';
  given.search = given.hash = '';
  return given.href;
}

function parse(url: string, base: string): URL | undefined {
  const parsed = URL.canParse(url, base) ? new URL(url, base) : undefined;
  return parsed && /^https?:$/.test(parsed.protocol) ? parsed : undefined;
}
