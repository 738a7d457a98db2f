import {
  changeOf,
  createParameters,
  FedwardError,
  findNonFinite,
  simulatedRandomness,
  type GradientPrivacy,
  type LocalTrainer,
  type Parameters,
  type Trained,
  type TrainingData,
  type TrainingPlan,
} from '@fedward/core';

export interface TrainAlone {
  /** As `planAlone` makes it. */
  readonly plan: TrainingPlan;
  readonly clientId: string;
  readonly runId: string;
  readonly data: TrainingData;
  readonly initial: Parameters;
  readonly trainer: LocalTrainer;
  /** As `clippingAlone` makes it. */
  readonly gradientPrivacy?: GradientPrivacy | undefined;
}

/**
 * What one hospital reaches with its own data only: the same rounds and steps as in the federation, each round starting
 * from the model that the one before gave. That is a federation of one; nothing leaves, so that nothing needs to be
 * logged or averaged. Whichever thread does it, the bits are the same.
 *
 * @returns the last round's model and metrics, and the steps of all
 * @throws {FedwardError} UPDATE_NOT_FINITE naming hospital and tensor, ABORTED, and what the trainer throws
 */
export async function trainAlone(
  { plan, clientId, runId, data, initial, trainer, gradientPrivacy }: TrainAlone,
  signal: AbortSignal,
): Promise<Trained> {
  const randomness = simulatedRandomness(plan.seed);
  let trained: Trained = { payload: initial, steps: 0, metrics: {} };
  for (let round = 0; round < plan.rounds; round++) {
    const context = {
      ...{ clientId, runId, round, plan, wishes: {} },
      random: randomness.random(clientId, round),
      noise: randomness.noise(clientId, round),
      ...(gradientPrivacy && { gradientPrivacy }),
    };
    const next = await trainer.train(trained.payload, data, context, signal);
    const tensor = findNonFinite(next.payload)?.name;
    if (tensor !== undefined) {
      const message = `${clientId}, trained alone, has a NaN or Infinity in tensor ${tensor} after round ${round}`;
      throw new FedwardError('UPDATE_NOT_FINITE', `${message}; a smaller learning rate may help`, clientId);
    }
    trained = { ...next, payload: moved(trained.payload, next.payload), steps: trained.steps + next.steps };
  }
  return trained;
}

/** What a federation makes of the change of one site: its sum with the model, which rounds once more than the training did. */
function moved(model: Parameters, trained: Parameters): Parameters {
  const change = changeOf(trained, model).values;
  return createParameters(
    model.layout,
    model.values.map((weight, i) => weight + change[i]!),
  );
}

/** The plan under which a hospital trains alone: as in the federation. */
export function planAlone(plan: TrainingPlan): TrainingPlan {
  const { deadlineSeconds, quorumShare, ...rest } = plan; // nobody waits for it
  return { ...rest, cohort: { select: 'all' }, quorum: 1 };
}

/**
 * Nothing leaves a hospital that trains alone, so that it needs no noise. It clips as in the federation: the learning
 * rate is one for clipped gradients, with which others may grow without end.
 */
export function clippingAlone(gradient: GradientPrivacy | undefined): GradientPrivacy | undefined {
  return gradient && { ...gradient, noiseMultiplier: 0 };
}
