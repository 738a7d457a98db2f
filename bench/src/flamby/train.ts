import {
  createSite,
  inMemoryTransport,
  parsePlan,
  PluginRegistry,
  Random,
  runFederation,
  simulatedRandomness,
  type LocalTrainer,
  type Parameters,
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

/** A plan but for what all have alike. */
export type Study = Pick<TrainingPlanInput, 'aggregator' | 'cohort' | 'model' | 'rounds' | 'seed'> & {
  readonly training: Omit<TrainingPlanInput['training'], 'trainer'>;
};

/** What a training may be told beside its plan. */
export interface Watch {
  /** Default: as PyTorch draws them, by the seed. */
  readonly initial?: Parameters;
  /** Called after each round with the model as it then is. */
  readonly onModel?: (model: Parameters, round: number) => Promise<void>;
}

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
  const strategy = strategies.site(plan.aggregator);
  const sites = hospitals.map(({ id, train }) =>
    createSite({
      ...{ id, plan, trainer: local, data: train, randomness: simulatedRandomness(plan.seed) },
      ...(strategy && { strategy }),
    }),
  );
  const { model } = await runFederation({
    ...{ runId: 'benchmark', plan, transport: inMemoryTransport(sites), simulationOnly: true, concurrency: 1 },
    aggregator: strategies.create('aggregator', plan.aggregator),
    initial: initial ?? initialParameters(plan.model, new Random(plan.seed).fork('initial')),
    ...(onModel && {
      evaluate: async (after, round) => {
        await onModel(after, round);
        return {};
      },
    }),
  });
  return model;
}
