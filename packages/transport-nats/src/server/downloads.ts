import { reached } from '@fedward/kit-daemon';
import type { NatsConnection } from '@nats-io/nats-core';
import type { BlobRef } from '../blobs/chunks.js';
import { chunkSize, countOf } from '../blobs/chunks.js';
import { partsOf, purgeBlob } from '../blobs/list.js';
import { putBlob } from '../blobs/put.js';
import { bytesSource } from '../blobs/source.js';
import { ensureDown } from '../streams/ensure.js';
import { untilDone } from '../retry.js';

/** Arrays that sites can get at the hub. */
interface Offered {
  readonly bytes: Uint8Array;
  readonly ref: BlobRef;
  /** How many questions need them. */
  needed: number;
  stored: Promise<void>;
}

/** What hospitals download: in the federation's own space once, however many of them are asked. */
export class Downloads {
  readonly #offered = new Map<string, Offered>();

  constructor(
    private readonly hub: NatsConnection,
    private readonly signal: AbortSignal,
  ) {}

  /** @returns once they are there; `release` is to be called when the question is over */
  async offer(bytes: Uint8Array, ref: BlobRef): Promise<void> {
    const digest = ref.sha256;
    let offered = this.#offered.get(digest);
    if (!offered) {
      const stored = this.#store(bytes, ref);
      stored.catch(() => undefined); // whoever waits hears of it
      offered = { bytes, ref, needed: 0, stored };
      this.#offered.set(digest, offered);
      this.#clear(digest);
    }
    offered.needed++;
    await offered.stored;
  }

  release(digest: string): void {
    const offered = this.#offered.get(digest);
    if (offered) offered.needed--;
  }

  /** Puts again what the hub has lost. */
  async reconcile(): Promise<void> {
    for (const { bytes, ref, needed, stored } of this.#offered.values()) {
      if (needed <= 0) continue;
      await stored;
      const there = await partsOf(this.hub, 'down', ref.sha256, this.signal);
      if (there.size <= countOf(ref.size, chunkSize)) await this.#store(bytes, ref); // the manifest is a part, too
    }
  }

  /** Takes back what no question needs. */
  async close(): Promise<void> {
    const rest = [...this.#offered.values()].filter(({ needed }) => needed <= 0);
    await Promise.all(rest.map(({ ref }) => purgeBlob(this.hub, 'down', ref).catch(() => undefined)));
  }

  /** What nobody needs goes when something newer has come: until then another site may be asked the same. */
  #clear(newest: string): void {
    for (const [digest, { needed, ref }] of this.#offered) {
      if (needed > 0 || digest === newest) continue;
      this.#offered.delete(digest);
      void purgeBlob(this.hub, 'down', ref).catch(() => undefined);
    }
  }

  async #store(bytes: Uint8Array, { sha256: digest, size }: BlobRef): Promise<void> {
    await untilDone(async () => {
      await ensureDown(this.hub);
      const source = { ...bytesSource(bytes), digest: () => Promise.resolve(digest) };
      await putBlob(this.hub, 'down', source, { signal: this.signal });
    }, this.signal);
    reached('coordinator.payload-stored', { sha256: digest, size });
  }
}
