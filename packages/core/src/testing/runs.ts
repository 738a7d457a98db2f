import { FedwardError } from '../base/errors.js';
import type { Checkpoint, CheckpointStore } from '../interfaces/stores.js';
import { memoryCheckpointStore } from '../memory/stores.js';
import { digestTensors } from '../parameters/parameters.js';
import { exampleFederation, fakeAccountant, fakeMechanism, type MeanState } from './fakes.js';
import { examplePlan, examplePrivacy } from './plan.js';
import type { Federation, FederationResult } from '../server/federation.js';

export const rounds = 5;
export const plan = examplePlan({ rounds, privacy: examplePrivacy, cohort: { select: 'uniform', size: 2 } });
export const evaluate: NonNullable<Federation['evaluate']> = async (model, round) => ({
  first: model.values[0]!,
  round,
});
export const federationOf = (changes: Partial<Federation<MeanState>> = {}) =>
  exampleFederation({ plan, mechanisms: [fakeMechanism()], accountant: fakeAccountant, evaluate, ...changes });

/** What two runs must have in common. */
export const essence = ({ model, ...rest }: FederationResult) => ({ ...rest, digest: digestTensors(model) });

/** A store that gives and takes as usual until `fails`. */
export function failingStore(
  fails: (checkpoint: Checkpoint) => boolean,
  store = memoryCheckpointStore(),
): CheckpointStore {
  return {
    ...store,
    save: (checkpoint) =>
      fails(checkpoint) ? Promise.reject(new FedwardError('STORAGE_FAILED', 'disk full')) : store.save(checkpoint),
  };
}
