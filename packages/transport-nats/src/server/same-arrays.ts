import { sha256, type Task } from '@fedward/core';
import type { ArraysEncoder } from '@fedward/core/wire';

/** Arrays of a round, as bytes. */
interface Encoded {
  readonly runId: string;
  readonly round: number;
  readonly arrays: readonly unknown[];
  readonly bytes: Uint8Array;
}

/**
 * What a whole cohort is sent in a round is encoded, hashed and held once, however many it is sent to. In another round the
 * very same object may hold other numbers: it is encoded anew.
 */
export class SameArrays {
  /** By payload, for as long as that is used. */
  readonly #encoded = new WeakMap<Task['payload'], Encoded>();
  /** Of what was encoded here, which nobody changes. */
  readonly #digests = new WeakMap<Uint8Array, string>();

  encoder({ runId, round, payload }: Task): ArraysEncoder {
    return (arrays, encode) => {
      const known = this.#encoded.get(payload);
      if (known?.runId === runId && known.round === round && areSame(known.arrays, arrays)) return known.bytes;
      const bytes = encode();
      this.#encoded.set(payload, { runId, round, arrays, bytes });
      return bytes;
    };
  }

  /** SHA-256 of what was encoded. */
  digestOf(bytes: Uint8Array): string {
    const digest = this.#digests.get(bytes) ?? sha256(bytes);
    this.#digests.set(bytes, digest);
    return digest;
  }
}

function areSame(some: readonly unknown[], others: readonly unknown[]): boolean {
  return some.length === others.length && some.every((array, n) => array === others[n]);
}
