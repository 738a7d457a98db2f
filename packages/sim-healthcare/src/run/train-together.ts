import {
  changeOf,
  createParameters,
  FedwardError,
  findNonFinite,
  simulatedRandomness,
  type GradientPrivacy,
  type LocalTrainer,
  type Parameters,
  type TrainingPlan,
} from '@fedward/core';
import type { Hospital } from '../scenario/scenario.js';

export interface TrainTogether {
  /** As `planAlone` makes it. */
  readonly plan: TrainingPlan;
  readonly hospitals: readonly Hospital[];
  readonly runId: string;
  readonly initial: Parameters;
  readonly trainer: LocalTrainer;
  /** As `clippingAlone` makes it. */
  readonly gradientPrivacy?: GradientPrivacy | undefined;
}

/**
 * What some hospitals reach together by the plan's rounds and steps: federated averaging by number of records (McMahan et
 * al. 2017, algorithm 1), whatever the plan's aggregator, without noise and without a log, since nobody is shown the model.
 *
 * @returns the model after the last round
 * @throws {FedwardError} UPDATE_NOT_FINITE naming hospital and tensor, ABORTED, and what the trainer throws
 */
export async function trainTogether(
  { plan, hospitals, runId, initial, trainer, gradientPrivacy }: TrainTogether,
  signal: AbortSignal,
): Promise<Parameters> {
  const randomness = simulatedRandomness(plan.seed);
  const total = hospitals.reduce((sum, { train }) => sum + train.count, 0);
  let model = initial;
  for (let round = 0; round < plan.rounds; round++) {
    const from = model;
    const trained = await Promise.all(
      hospitals.map(({ id: clientId, train }) => {
        const context = {
          ...{ clientId, runId, round, plan, wishes: {} },
          random: randomness.random(clientId, round),
          noise: randomness.noise(clientId, round),
          ...(gradientPrivacy && { gradientPrivacy }),
        };
        return trainer.train(from, train, context, signal);
      }),
    );
    const sum = new Float64Array(from.values.length);
    for (const [i, { payload }] of trained.entries()) {
      const { id, train } = hospitals[i]!;
      const tensor = findNonFinite(payload)?.name;
      if (tensor !== undefined)
        throw new FedwardError(
          'UPDATE_NOT_FINITE',
          `${id} has a NaN or Infinity in tensor ${tensor} after round ${round}; a smaller learning rate may help`,
          id,
        );
      const share = train.count / total;
      changeOf(payload, from).values.forEach((change, j) => (sum[j]! += share * change));
    }
    model = createParameters(
      from.layout,
      from.values.map((weight, j) => weight + sum[j]!),
    );
  }
  return model;
}
