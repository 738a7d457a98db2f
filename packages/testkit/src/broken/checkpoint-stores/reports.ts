import { FedwardError, type Json } from '@fedward/core';
import type { CheckpointStoreUnderTest } from '../../checkpoint-store.js';
import type { Broken } from '../expect.js';
import { Store, using } from './reference.js';

/** What becomes of the list of reports. */
export const brokenReports: Record<string, Broken<Promise<CheckpointStoreUnderTest>>> = {
  'gives all reports that there are': {
    create: using(
      class extends Store {
        override async reports(runId: string, count: number): Promise<readonly Json[]> {
          await super.reports(runId, count);
          return (this.lists.get(runId) ?? []).map((json) => JSON.parse(json) as Json);
        }
      },
    ),
    fails: ['no more reports are given than were asked for'],
  },

  'gives as many reports as there are, and no error': {
    create: using(
      class extends Store {
        override async reports(runId: string, count: number): Promise<readonly Json[]> {
          return super.reports(runId, Math.min(count, this.lists.get(runId)?.length ?? 0));
        }
      },
    ),
    fails: [
      'fewer reports than were asked for are CHECKPOINT_INVALID',
      'a report takes the place of the one of its round and of all later ones',
    ],
  },

  'adds a report of a round that is there at the end': {
    create: using(
      class extends Store {
        override async appendReport(runId: string, round: number, report: Json): Promise<void> {
          const length = this.lists.get(runId)?.length ?? 0;
          await super.appendReport(
            runId,
            Number.isInteger(round) && round >= 0 && round < length ? length : round,
            report,
          );
        }
      },
    ),
    fails: ['a report takes the place of the one of its round and of all later ones'],
  },

  'keeps the later reports when one is written anew': {
    create: using(
      class extends Store {
        override async appendReport(runId: string, round: number, report: Json): Promise<void> {
          const before = this.lists.get(runId) ?? [];
          await super.appendReport(runId, round, report);
          this.lists.get(runId)!.push(...before.slice(round + 1));
        }
      },
    ),
    fails: ['a report takes the place of the one of its round and of all later ones'],
  },

  'takes a report for a later round than the next': {
    create: using(
      class extends Store {
        override async appendReport(runId: string, _round: number, report: Json): Promise<void> {
          const list = this.lists.get(runId) ?? [];
          this.lists.set(runId, [...list.slice(0, _round), JSON.stringify(report)]);
        }
      },
    ),
    fails: ['a report without the one before it is refused'],
  },

  'has one list for all runs': {
    create: using(
      class extends Store {
        override async appendReport(_runId: string, round: number, report: Json): Promise<void> {
          await super.appendReport('all', round, report);
        }
        override async reports(_runId: string, count: number): Promise<readonly Json[]> {
          return super.reports('all', count);
        }
      },
    ),
    fails: ['fewer reports than were asked for are CHECKPOINT_INVALID', 'reports of two runs are kept apart'],
  },

  'forgets the reports with its process': {
    create: using(
      class extends Store {
        override readonly lists = new Map<string, string[]>();
      },
    ),
    fails: ['a store that outlives its process still has the reports, and goes on with them'],
  },

  'clears the reports when a checkpoint is saved': {
    create: using(
      class extends Store {
        override async save(...given: Parameters<Store['save']>): Promise<void> {
          await super.save(...given);
          this.lists.delete(given[0].runId);
        }
      },
    ),
    fails: ['reports come back as they were appended, with and without a checkpoint'],
  },

  'keeps the object of a report': {
    create: using(
      class extends Store {
        private readonly kept = new Map<string, Json[]>();
        override async appendReport(runId: string, round: number, report: Json): Promise<void> {
          await super.appendReport(runId, round, report);
          this.kept.set(runId, [...(this.kept.get(runId) ?? []).slice(0, round), report]);
        }
        override async reports(runId: string, count: number): Promise<readonly Json[]> {
          const all = await super.reports(runId, count);
          return this.kept.get(runId)?.slice(0, count) ?? all;
        }
      },
    ),
    fails: [
      'a report is a copy, in and out',
      'a store that outlives its process still has the reports, and goes on with them',
    ],
  },

  'takes a report for the state of its run': {
    create: using(
      class extends Store {
        override async load(runId: string): ReturnType<Store['load']> {
          const loaded = await super.load(runId);
          if (!loaded && this.lists.has(runId)) throw new FedwardError('CHECKPOINT_INVALID', 'it holds no state');
          return loaded;
        }
      },
    ),
    fails: ['reports come back as they were appended, with and without a checkpoint'],
  },
};
