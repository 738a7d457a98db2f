import {
  FedwardError,
  isTrainingPlan,
  layoutOf,
  Random,
  SeededNoise,
  type AuditSink,
  type CheckpointStore,
  type Federation,
  type RoundReport,
  type TrainingPlan,
} from '@fedward/core';
import { certificateStore, openAuditLog, openWitness } from '@fedward/audit';
import { reached } from '@fedward/kit-daemon';
import { fileCheckpointStore, firstWeights, type Plugins } from '@fedward/sim-healthcare';
import type { Study } from '@fedward/transport-nats';
import packageJson from '../../package.json' with { type: 'json' };
import type { AttentiveTransport } from './attentive.js';
import type { StudyParts } from './parts.js';
import { keepKeys, readStart, type StudyPaths } from './study-folder.js';

/** A study's run, its logs open. */
export interface OpenRun {
  readonly federation: Federation;
  readonly audit: AuditSink;
  close(): Promise<void>;
}

/** Who watches a run. */
export interface RunWatch {
  readonly onRound: (report: RoundReport) => Promise<void>;
  readonly signal: AbortSignal;
}

/** @throws {FedwardError} CONFIG_INCOMPATIBLE for a plan that is none of a training */
export function trainingPlanOf({ plan, id }: Study): TrainingPlan {
  if (isTrainingPlan(plan)) return plan;
  throw new FedwardError('CONFIG_INCOMPATIBLE', `study ${id}: its plan asks a query; studies train models`, 'plan');
}

/**
 * Opens the logs of a study and puts its federation together, as a simulation of its plan would be: the same plugins, first
 * weights, cohorts. The folder's lock is held by whoever calls this.
 * @throws {FedwardError} as `openAuditLog`, `openWitness`, `readStart` and `firstWeights`
 */
export async function openRun(
  study: Study,
  paths: StudyPaths,
  transport: AttentiveTransport,
  parts: StudyParts,
  watch: RunWatch,
): Promise<OpenRun> {
  const runId = study.id;
  const plan = trainingPlanOf(study);
  const { signer, members, settings } = parts;
  const plugins = await parts.pluginsOf(plan);
  const start = await readStart(paths, study, layoutOf(plan.model));
  const initial = start ?? firstWeights(plan, undefined).parameters;
  const software = [{ name: packageJson.name, version: packageJson.version }];
  const theirs = study.members.flatMap((id) => members.verifierKeyOf(id) ?? []);
  await keepKeys(paths, [signer.verifierKey, ...theirs]);
  // A lock that nobody can tell the holder of is one of this folder's coordinator from before the machine was started again.
  const audit = await openAuditLog(paths.audit, { signer, role: 'coordinator', software, runId, breakLock: true });
  try {
    const witness = await openWitness(paths.witness, { signer, known: (who) => members.verifierKeyOf(who) });
    const federation: Federation = {
      ...{ runId, plan, transport, initial, audit, witness, resume: true, ...watch },
      ...pluginsIn(plugins),
      certificates: certificateStore(paths.certificates),
      checkpoints: telling(fileCheckpointStore(paths.checkpoints)),
      concurrency: underWay(study, initial.values.byteLength, settings.roomForUpdates),
      ...(settings.deadlineSeconds !== undefined && { deadlineSeconds: settings.deadlineSeconds }),
      ...(settings.noise === 'seeded' && {
        simulationOnly: plan.privacy !== null,
        noise: (round: number) => new SeededNoise(new Random(plan.seed).fork('server-noise', round)),
      }),
    };
    return {
      ...{ federation, audit },
      async close() {
        await witness.close();
        await audit.close();
      },
    };
  } catch (error) {
    await audit.close();
    throw error;
  }
}

function pluginsIn({ aggregator, mechanisms, accountant, collector, compression }: Plugins) {
  return {
    ...{ aggregator, mechanisms },
    ...(accountant && { accountant }),
    ...(collector && { collector }),
    ...(compression && { compression }),
  };
}

/** What updates may take up at a time where nothing else is said, bytes. */
const defaultRoom = 2 ** 28;

/** How many members' updates are held at a time. All are at work at once in any case (`Transport.announce`). */
function underWay({ members }: Study, bytesOfUpdate: number, room = defaultRoom): number {
  return Math.max(1, Math.min(members.length, Math.max(2, Math.floor(room / Math.max(bytesOfUpdate, 1)))));
}

/** Tells the points of a round at which its outcome comes to last. */
function telling(store: CheckpointStore): CheckpointStore {
  return {
    ...store,
    async save(checkpoint) {
      const about = { runId: checkpoint.runId, round: checkpoint.nextRound - 1 };
      if (!checkpoint.charged) reached('coordinator.update-taken', about);
      await store.save(checkpoint);
      if (!checkpoint.charged) reached('coordinator.checkpoint-saved', about);
    },
  };
}
