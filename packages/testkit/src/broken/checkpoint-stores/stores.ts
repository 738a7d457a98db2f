import { decodeCheckpoint, encodeCheckpoint, type Checkpoint } from '@fedward/core';
import type { CheckpointStoreUnderTest } from '../../checkpoint-store.js';
import type { Broken } from '../expect.js';
import { Store, using, write } from './reference.js';

/** Which checkpoint is there, and when. */
export const brokenStores: Record<string, Broken<Promise<CheckpointStoreUnderTest>>> = {
  'overwrites before the new one is whole': {
    create: using(
      class extends Store {
        override async save(checkpoint: Checkpoint): Promise<void> {
          this.files.delete(checkpoint.runId);
          await super.save(checkpoint);
        }
      },
    ),
    fails: ['until a save is done, the old checkpoint is there, whole', 'a save that fails leaves the old checkpoint'],
  },

  'writes a file in two pieces': {
    create: using(
      class extends Store {
        override async save(checkpoint: Checkpoint): Promise<void> {
          const bytes = encodeCheckpoint(checkpoint);
          this.files.set(checkpoint.runId, bytes.subarray(0, bytes.length / 2));
          await write();
          this.files.set(checkpoint.runId, bytes);
        }
      },
    ),
    fails: ['until a save is done, the old checkpoint is there, whole'],
  },

  'writes state and round one after the other': {
    create: using(
      class extends Store {
        override async save(checkpoint: Checkpoint): Promise<void> {
          const old = await this.load(checkpoint.runId);
          if (old) await super.save({ ...checkpoint, state: old.state });
          await super.save(checkpoint);
        }
      },
    ),
    fails: ['until a save is done, the old checkpoint is there, whole', 'a save that fails leaves the old checkpoint'],
  },

  'writes every save through one temporary file': {
    create: using(
      class extends Store {
        private temporary: number[] = [];
        override async save(checkpoint: Checkpoint): Promise<void> {
          const bytes = encodeCheckpoint(checkpoint);
          this.temporary = [...bytes.subarray(0, 100)];
          await write();
          this.temporary.push(...bytes.subarray(100));
          this.files.set(checkpoint.runId, Uint8Array.from(this.temporary));
        }
      },
    ),
    fails: [
      'saves at once leave one of them, whole',
      'saves of several runs at once keep them all',
      'until a save is done, the old checkpoint is there, whole',
    ],
  },

  'makes up a checkpoint for a run that it does not know': {
    create: using(
      class extends Store {
        override async load(runId: string): Promise<Checkpoint | undefined> {
          return (await super.load(runId)) ?? { runId, planHash: '', nextRound: 0, state: null };
        }
      },
    ),
    fails: [
      'a run that was never saved has no checkpoint',
      'reports come back as they were appended, with and without a checkpoint',
    ],
  },

  'fails at a slash': {
    create: using(
      class extends Store {
        override key(runId: string): string {
          if (runId.includes('/')) throw new Error('ENOENT: no such directory');
          return runId;
        }
      },
    ),
    fails: ['run ids that are odd as file names are kept apart or refused'],
  },

  'refuses every save after one that failed': {
    create: using(
      class extends Store {
        private busy = false;
        override async save(checkpoint: Checkpoint): Promise<void> {
          if (this.busy) throw new Error('another save is under way');
          this.busy = true;
          const bytes = encodeCheckpoint(checkpoint);
          this.files.set(checkpoint.runId, bytes);
          this.busy = false;
        }
      },
    ),
    fails: ['a save that fails leaves the old checkpoint'],
  },

  'has room for one run': {
    create: using(
      class extends Store {
        override key(): string {
          return 'checkpoint';
        }
      },
    ),
    fails: [
      'a run that was never saved has no checkpoint',
      'two runs are kept apart',
      'run ids that are odd as file names are kept apart or refused',
      'a damaged checkpoint is CHECKPOINT_INVALID, where it can be damaged',
      'saves of several runs at once keep them all',
      'fewer reports than were asked for are CHECKPOINT_INVALID',
      'reports of two runs are kept apart',
    ],
  },

  'replaces what a file name can not have': {
    create: using(
      class extends Store {
        override key(runId: string): string {
          return runId.replaceAll(/[^\w.-]/g, '_');
        }
      },
    ),
    fails: ['run ids that are odd as file names are kept apart or refused'],
  },

  'keeps the first checkpoint': {
    create: using(
      class extends Store {
        override async save(checkpoint: Checkpoint): Promise<void> {
          if (!this.files.has(checkpoint.runId)) await super.save(checkpoint);
        }
      },
    ),
    fails: [
      'the newest checkpoint wins',
      'a smaller checkpoint leaves nothing of a larger one',
      'until a save is done, the old checkpoint is there, whole',
      'a save that fails leaves the old checkpoint',
    ],
  },

  'compares rounds as text': {
    create: using(
      class extends Store {
        override async save(checkpoint: Checkpoint): Promise<void> {
          const old = await this.load(checkpoint.runId);
          if (!old || String(old.nextRound) <= String(checkpoint.nextRound)) await super.save(checkpoint);
        }
      },
    ),
    fails: ['the newest checkpoint wins'],
  },

  'merges a checkpoint into the one before': {
    create: using(
      class extends Store {
        override async save(checkpoint: Checkpoint): Promise<void> {
          const state = (await this.load(checkpoint.runId))?.state;
          const plain = (value: unknown): value is object =>
            typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
          const merged =
            plain(state) && plain(checkpoint.state) ? Object.assign({}, state, checkpoint.state) : checkpoint.state;
          await super.save({ ...checkpoint, state: merged });
        }
      },
    ),
    fails: ['a smaller checkpoint leaves nothing of a larger one'],
  },

  'writes a date into the checkpoint that it is given': {
    create: using(
      class extends Store {
        override async save(checkpoint: Checkpoint): Promise<void> {
          await super.save(checkpoint);
          Object.assign(checkpoint, { savedAt: 0 });
        }
      },
    ),
    fails: [
      'a smaller checkpoint leaves nothing of a larger one',
      'two runs are kept apart',
      'run ids that are odd as file names are kept apart or refused',
      'save does not change its checkpoint',
      'a store that outlives its process still has the checkpoint',
      'saves at once leave one of them, whole',
      'saves of several runs at once keep them all',
      'until a save is done, the old checkpoint is there, whole',
      'a save that fails leaves the old checkpoint',
    ],
  },

  'holds the newest checkpoint back until the next one': {
    create: using(
      class extends Store {
        private readonly held = new Map<string, Uint8Array>();
        override async save(checkpoint: Checkpoint): Promise<void> {
          const bytes = encodeCheckpoint(checkpoint);
          const before = this.held.get(checkpoint.runId);
          if (before) this.files.set(checkpoint.runId, before);
          this.held.set(checkpoint.runId, bytes);
        }
        override async load(runId: string): Promise<Checkpoint | undefined> {
          const bytes = this.held.get(runId) ?? this.files.get(runId);
          return bytes && decodeCheckpoint(bytes);
        }
      },
    ),
    fails: [
      'a store that outlives its process still has the checkpoint',
      'a damaged checkpoint is CHECKPOINT_INVALID, where it can be damaged',
    ],
  },

  'takes a damaged checkpoint for none': {
    create: using(
      class extends Store {
        override load(runId: string): Promise<Checkpoint | undefined> {
          return super.load(runId).catch(() => undefined);
        }
      },
    ),
    fails: ['a damaged checkpoint is CHECKPOINT_INVALID, where it can be damaged'],
  },
};
