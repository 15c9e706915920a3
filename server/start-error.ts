// Reasons not to start that the operator can act on. It knows no setting beside the names it is given.

/** The message is one sentence, or one on each line. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** The sentence for what the system said to a listener; anything else comes back as it is. */
export function startErrorOf(error: unknown, variable: string, what: string): unknown {
  const { port, address } = error as { port?: number; address?: string };
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new StartError(`Port ${port} is in use, so ${what} cannot start: set ${variable} to another one.`);
    case 'EACCES':
      return new StartError(`Port ${port} may not be opened by this user: set ${variable} to one above 1023.`);
    case 'EADDRNOTAVAIL':
      return new StartError(`${what} cannot listen on ${address}: not an address of this machine.`);
    default:
      return error;
  }
}

export const codeOf = (error: unknown): string | undefined => (error as { code?: string }).code;
