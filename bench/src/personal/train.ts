import { createParameters, layoutOf, type Parameters } from '@fedward/core';
import type { Hospital, PreparedSet } from '../flamby/choose/data.js';
import { federated, type Study } from '../flamby/train.js';
import { personalSettings, type Candidate } from './settings.js';

/** A model for each hospital, in their order. */
export type Models = readonly Parameters[];

/** The global model, as the scenario trains it by default. */
export async function globalModels(data: PreparedSet, hospitals: readonly Hospital[]): Promise<Models> {
  const { global, rounds } = personalSettings;
  const model = await federated(hospitals, studyOf(data, hospitals, global, rounds), startOf(data));
  return hospitals.map(() => model);
}

/** The models of each candidate, in the order of the candidates; trainings that several share are made once. */
export async function candidateModels(
  data: PreparedSet,
  hospitals: readonly Hospital[],
  candidates: readonly Candidate[],
): Promise<readonly Models[]> {
  const models = new Map<Candidate, Models>();
  for (const group of groupsOf(candidates)) {
    const { aggregator } = group[0]!;
    if (!aggregator) for (const one of group) models.set(one, await alone(data, hospitals, one.rounds));
    else
      await federated(hospitals, studyOf(data, hospitals, aggregator, Math.max(...group.map(({ rounds }) => rounds))), {
        ...startOf(data),
        async onModel(_, round, personal) {
          for (const one of group) if (one.rounds === round + 1) models.set(one, await personal(one.aggregator));
        },
      });
  }
  return candidates.map((one) => models.get(one)!);
}

/** Those that can be made of one federation: with the same options, or of a strategy that does nothing during its rounds. */
function groupsOf(candidates: readonly Candidate[]): Candidate[][] {
  const groups = new Map<string, Candidate[]>();
  for (const one of candidates) {
    const { aggregator } = one;
    const key = aggregator?.name === 'fine-tuning' ? 'fine-tuning' : JSON.stringify(aggregator ?? 'local');
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()];
}

/** Each hospital trained on its own records, as a federation of one that has one long round. */
async function alone(data: PreparedSet, hospitals: readonly Hospital[], steps: number): Promise<Models> {
  const models: Parameters[] = [];
  for (const hospital of hospitals) {
    const study = studyOf(data, [hospital], { name: 'fedavg' }, 1);
    const batches = { kind: 'steps' as const, size: hospital.train.count, steps };
    models.push(await federated([hospital], { ...study, training: { ...study.training, batches } }, startOf(data)));
  }
  return models;
}

function studyOf(
  { model }: PreparedSet,
  hospitals: readonly Hospital[],
  aggregator: Study['aggregator'],
  rounds: number,
): Study {
  const size = Math.max(...hospitals.map(({ train }) => train.count));
  const optimizer = { name: 'sgd' as const, learningRate: personalSettings.learningRate };
  return {
    ...{ seed: 0, aggregator, model, rounds },
    training: { batches: { kind: 'shuffle' as const, size, epochs: 1 }, optimizer },
  };
}

const startOf = ({ model }: PreparedSet) => ({ initial: createParameters(layoutOf(model)) });
