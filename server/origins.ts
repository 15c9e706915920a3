// Whose pages may open a connection. It knows no request: header values in, yes or no out.
export interface OriginPolicy {
  readonly allowedOrigins: '*' | readonly string[];
  /** The address that visitors use, when the operator told us. */
  readonly publicUrl: URL | undefined;
}

/**
 * CORS does not guard WebSockets; this does. Our own origin always may. Whoever sends no Origin is no browser and may
 * only where everybody may.
 */
export function isOriginAllowed(
  origin: string | undefined,
  host: string | undefined,
  { allowedOrigins, publicUrl }: OriginPolicy,
): boolean {
  if (allowedOrigins === '*') return true;
  if (origin === undefined || !URL.canParse(origin)) return false;
  const url = new URL(origin);
  // `null`, `file:` and the like have no origin that anybody could list.
  if (url.origin === 'null') return false;
  return allowedOrigins.includes(url.origin) || isOwn(url, host, publicUrl);
}

/** The scheme is left aside unless we know it: a proxy may speak HTTPS for us. */
function isOwn(origin: URL, host: string | undefined, publicUrl: URL | undefined): boolean {
  if (publicUrl) return origin.origin === publicUrl.origin;
  return host !== undefined && origin.host === new URL(`${origin.protocol}//${host}`).host;
}
