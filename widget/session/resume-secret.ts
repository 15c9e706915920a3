// The secret by which a participant proves, after a reload, that they are the same. It knows no server.
import { secretPattern } from '../../protocol/limits.ts';
import { randomId } from './random-id.ts';

/** The part of `sessionStorage` that is used here. */
export type SecretStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/**
 * A secret lies in storage only while its page is away: taken out when the call starts, put back when the page hides.
 * So a duplicated tab, or a second element for the same room, never finds a secret that is in use.
 */
export class ResumeSecret {
  readonly value: string;
  readonly #storage: SecretStorage | undefined;
  readonly #key: string;

  constructor(scope: string, storage: SecretStorage | undefined) {
    this.#storage = storage;
    this.#key = `video-call:${scope}`;
    const stored = storage?.getItem(this.#key);
    storage?.removeItem(this.#key);
    this.value = stored && secretPattern.test(stored) ? stored : randomId(32);
  }

  /** Keeps the secret for the page that is loaded next in this tab. */
  keep(): void {
    try {
      this.#storage?.setItem(this.#key, this.value);
    } catch {
      // Full or forbidden: after the reload it is somebody new.
    }
  }
}

/** `sessionStorage`, or undefined where the page may not use it. */
export function sessionStorageIfAllowed(): SecretStorage | undefined {
  try {
    return globalThis.sessionStorage;
  } catch {
    return undefined;
  }
}
