import { openNote, verifierOf, verifyRotation } from '@fedward/kit-keys';
import { reasonOf } from './event.js';
import type { Leaf } from './entry.js';
import type { Noted } from './snapshot.js';
import type { LogSignature } from './verification.js';

/** The keys by which a log was signed, as its own entries name them. */
export class LogKeys {
  readonly #keys: { readonly verifierKey: string; readonly from: number }[] = [];

  /** The key that signs now; undefined for a log that is not signed. */
  get current(): string | undefined {
    return this.#keys.at(-1)?.verifierKey;
  }

  /** Takes notice of an entry. @returns what is wrong with it, if it speaks of keys */
  see({ event, index }: Pick<Leaf, 'event' | 'index'>): string | undefined {
    const { type, details } = event;
    if (type === 'log-opened') {
      const { key } = details;
      if (key === this.current) return undefined;
      if (this.current !== undefined) return 'the log was opened with another key, and was not handed over to it';
      return this.#add(key, index);
    }
    if (type !== 'key-rotated') return undefined;
    // Where entries were let go, the one that names the first key may be among them.
    if (this.current !== undefined && details['from'] !== this.current)
      return 'the key that hands over is not the one that signs';
    return wrongStatement(details) ?? this.#add(details['to'], index);
  }

  #add(key: unknown, index: number): string | undefined {
    try {
      this.#keys.push({ verifierKey: verifierOf(String(key)).verifierKey, from: index + 1 });
      return undefined;
    } catch (error) {
      return reasonOf(error);
    }
  }

  /**
   * Whether the right key has signed a checkpoint: that which signed at its size, or one that came after it.
   * @returns why not
   */
  faultOf({ note, size, origin }: Noted): string | undefined {
    const first = this.#keys[0];
    // The entry that names the first key is itself the first that it signs; one that hands over is the last.
    const inForce = this.#keys.findLastIndex(({ from }, n) => (n === 0 ? from <= size : from < size));
    const unsigned = !note.includes('\n\n');
    if (inForce < 0) return unsigned || first ? undefined : 'it is signed with a key that the log does not name';
    if (unsigned) return 'it is not signed, and the log is';
    const verifiers = this.#keys.slice(inForce).map(({ verifierKey }) => verifierOf(verifierKey));
    try {
      const { verified } = openNote(note, verifiers);
      return verified.some(({ name }) => name === origin) ? undefined : 'its origin is not the name of the key';
    } catch (error) {
      return reasonOf(error);
    }
  }

  /** @param trusted verifier keys; who comes after one of them was handed over to by it */
  signatures(trusted: readonly string[] = []): LogSignature[] {
    const first = this.#keys.findIndex(({ verifierKey }) => trusted.includes(verifierKey));
    return this.#keys.map((key, n) => ({ ...key, trusted: first >= 0 && n >= first }));
  }
}

/** Whoever writes an entry can name any two keys: the one that hands over must have signed for the next. @returns what is wrong */
function wrongStatement({ from, to, statement }: Leaf['event']['details']): string | undefined {
  try {
    const said = verifyRotation(String(statement));
    return said.from === from && said.to === to ? undefined : 'its statement of rotation is of other keys';
  } catch (error) {
    return `the key that hands over has not signed for the next: ${reasonOf(error)}`;
  }
}
