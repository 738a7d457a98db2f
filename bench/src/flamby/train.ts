import {
  createSite,
  inMemoryTransport,
  memoryClientStore,
  parsePlan,
  personalModelOf,
  PluginRegistry,
  Random,
  runFederation,
  simulatedRandomness,
  type LocalTrainer,
  type Parameters,
  type SiteOptions,
  type TrainingData,
  type TrainingPlanInput,
} from '@fedward/core';
import { plugins as fedavg } from '@fedward/aggregator-fedavg';
import { plugins as fedopt } from '@fedward/aggregator-fedopt';
import { plugins as robust } from '@fedward/aggregator-robust';
import { plugins as scaffold } from '@fedward/aggregator-scaffold';
import { plugins as personal } from '@fedward/personalization';
import { initialParameters } from '@fedward/models-medical';
import { wasmTrainer } from '@fedward/trainer-wasm';

/** The strategies that benchmarks name. */
export const strategies = new PluginRegistry([...fedavg, ...fedopt, ...scaffold, ...robust, ...personal]);

let trainer: Promise<LocalTrainer> | undefined;
/** One for all trainings of this process. */
export const sharedTrainer = (): Promise<LocalTrainer> => (trainer ??= Promise.resolve(wasmTrainer()));

const runId = 'benchmark';

/** A plan but for what all have alike. */
export type Study = Pick<TrainingPlanInput, 'aggregator' | 'cohort' | 'model' | 'rounds' | 'seed'> & {
  readonly training: Omit<TrainingPlanInput['training'], 'trainer'>;
};

/** What a training may be told beside its plan. */
export interface Watch {
  /** Default: as PyTorch draws them, by the seed. */
  readonly initial?: Parameters;
  /** Called after each round with the model as it then is, and with what makes the hospitals' personal models of it. */
  readonly onModel?: (model: Parameters, round: number, personal: PersonalModels) => Promise<void>;
}

/**
 * The personal model of each hospital after a round, in the order of the hospitals, made there as core makes it.
 * @param aggregator whose half at the sites makes them; default that of the study, and another only where it makes of the
 *   model alone what it makes, and remembers nothing
 */
export type PersonalModels = (aggregator?: Study['aggregator']) => Promise<readonly Parameters[]>;

/**
 * A federation of hospitals in this thread, through core as any other: gate, strategy, rounds.
 * @returns the global model after the last round
 */
export async function federated(
  hospitals: readonly { readonly id: string; readonly train: TrainingData }[],
  study: Study,
  { initial, onModel }: Watch = {},
): Promise<Parameters> {
  const local = await sharedTrainer();
  const plan = parsePlan({
    schemaVersion: 1,
    name: 'benchmark',
    ...study,
    training: { ...study.training, trainer: local.name },
  });
  const store = memoryClientStore();
  const optionsOf = (under: typeof plan): SiteOptions[] => {
    const strategy = strategies.site(under.aggregator);
    return hospitals.map(({ id, train }) => ({
      ...{ id, plan: under, trainer: local, data: train, store, randomness: simulatedRandomness(under.seed) },
      ...(strategy && { strategy }),
    }));
  };
  const personalAt =
    (payload: Parameters, round: number): PersonalModels =>
    async (aggregator = plan.aggregator) => {
      const models: Parameters[] = [];
      for (const site of optionsOf(parsePlan({ ...plan, aggregator })))
        // Every hospital takes part in every round, so that its newest update was taken.
        models.push(await personalModelOf(site, { runId, round, payload, taken: round }));
      return models;
    };
  const { model } = await runFederation({
    ...{ runId, plan, simulationOnly: true, concurrency: 1 },
    transport: inMemoryTransport(optionsOf(plan).map(createSite)),
    aggregator: strategies.create('aggregator', plan.aggregator),
    initial: initial ?? initialParameters(plan.model, new Random(plan.seed).fork('initial')),
    ...(onModel && {
      evaluate: async (after, round) => {
        await onModel(after, round, personalAt(after, round));
        return {};
      },
    }),
  });
  return model;
}
