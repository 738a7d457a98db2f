import {
  assertInteger,
  decodeCheckpoint,
  encodeCheckpoint,
  FedwardError,
  type Checkpoint,
  type CheckpointStore,
  type Json,
} from '@fedward/core';
import type { CheckpointStoreUnderTest } from '../../checkpoint-store.js';

export const write = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A correct store, as small as it can be: the bytes of a file, put in place once they are whole. */
export class Store implements CheckpointStore {
  constructor(
    readonly files = new Map<string, Uint8Array>(),
    readonly lists = new Map<string, string[]>(),
  ) {}

  async save(checkpoint: Checkpoint): Promise<void> {
    const bytes = encodeCheckpoint(checkpoint);
    await write();
    this.files.set(this.key(checkpoint.runId), bytes);
  }

  async load(runId: string): Promise<Checkpoint | undefined> {
    const bytes = this.files.get(this.key(runId));
    return bytes && decodeCheckpoint(bytes);
  }

  async appendReport(runId: string, round: number, report: Json): Promise<void> {
    const list = this.lists.get(this.key(runId)) ?? [];
    assertInteger('round', round, 0, list.length);
    this.lists.set(this.key(runId), [...list.slice(0, round), JSON.stringify(report)]);
  }

  async reports(runId: string, count: number): Promise<readonly Json[]> {
    const list = this.lists.get(this.key(runId)) ?? [];
    if (list.length < count) throw new FedwardError('CHECKPOINT_INVALID', `there are ${list.length} reports`);
    return list.slice(0, count).map((json) => JSON.parse(json) as Json);
  }

  key(runId: string): string {
    return runId;
  }
}

type Create = () => Promise<CheckpointStoreUnderTest>;
export const using =
  (store: new (files?: Map<string, Uint8Array>, lists?: Map<string, string[]>) => Store): Create =>
  async () => {
    const opened = new store();
    return {
      store: opened,
      reopen: async () => new store(opened.files, opened.lists),
      async damage(runId) {
        const bytes = opened.files.get(opened.key(runId))!;
        bytes[bytes.length - 1]! ^= 1;
      },
    };
  };

export const referenceCheckpointStore: Create = using(Store);

/** Keeps objects, copied by these functions on their way in and out. */
export const keeping =
  (copyIn: (c: Checkpoint) => Checkpoint, copyOut: (c: Checkpoint) => Checkpoint): Create =>
  async () => {
    const kept = new Map<string, Checkpoint>();
    const lists = new Store();
    return {
      store: {
        appendReport: (...given) => lists.appendReport(...given),
        reports: (...given) => lists.reports(...given),
        save: async (checkpoint) => void kept.set(checkpoint.runId, copyIn(checkpoint)),
        async load(runId) {
          const found = kept.get(runId);
          return found && copyOut(found);
        },
      },
    };
  };

export const same = (checkpoint: Checkpoint): Checkpoint => checkpoint;

/** A copy whose arrays are replaced. */
export function mapArrays<T>(value: T, replace: (array: Float32Array | Float64Array) => unknown): T {
  const map = (part: unknown): unknown => {
    if (part instanceof Float32Array || part instanceof Float64Array) return replace(part);
    if (Array.isArray(part)) return part.map(map);
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, member]) => [key, map(member)]));
  };
  return map(value) as T;
}
