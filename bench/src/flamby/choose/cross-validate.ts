import { createParameters, layoutOf, Random, type Parameters } from '@fedward/core';
import { federated, sharedTrainer } from '../train.js';
import type { Hospital, LossSum, PreparedSet } from './data.js';
import type { Candidate, ChoiceGrid } from './settings.js';

/** A candidate, and its mean loss on records that were not trained on. */
export interface Judged extends Candidate {
  readonly loss: number;
}

/**
 * Each candidate of a grid, judged by cross-validation within the training parts of the hospitals: in each fold the whole
 * federation is trained without a part of each hospital's records, and judged by its loss on these. Of one training the
 * model is judged after each number of rounds that the grid names. No test part is looked at.
 *
 * @param seed deals records out to folds, at each hospital among those of one class, or with an event or without
 */
export async function crossValidate(
  data: PreparedSet,
  { aggregators, learningRates, rounds }: ChoiceGrid,
  { folds, repeats }: { readonly folds: number; readonly repeats: number },
  seed: number,
): Promise<readonly Judged[]> {
  const judged: Judged[] = [];
  const parted = Array.from({ length: repeats }, (_, r) =>
    partedBy(data, folds, new Random(seed).fork('folds', r)),
  ).flat();
  for (const aggregator of aggregators)
    for (const learningRate of learningRates) {
      const losses = new Map<number, number[]>(rounds.map((count) => [count, []]));
      for (const hospitals of parted) {
        const candidate = { aggregator, learningRate, rounds: Math.max(...rounds) };
        await trainCandidate(data, hospitals, candidate, async (model, round) => {
          losses.get(round + 1)?.push(await lossOf(data, hospitals, () => model));
        });
      }
      for (const [count, of] of losses)
        judged.push({ aggregator, learningRate, rounds: count, loss: of.reduce((sum, x) => sum + x, 0) / of.length });
    }
  return judged;
}

/** The rule: the lowest loss; of equals the first of the grid. */
export function chosenOf(judged: readonly Judged[]): Judged {
  return judged.reduce((best, one) => (one.loss < best.loss ? one : best));
}

/** A candidate's federation, from zeros, every hospital's records in each step. */
export function trainCandidate(
  { model }: PreparedSet,
  hospitals: readonly Hospital[],
  { aggregator, learningRate, rounds }: Candidate,
  onModel?: (model: Parameters, round: number) => Promise<void>,
): Promise<Parameters> {
  const size = Math.max(...hospitals.map(({ train }) => train.count));
  return federated(
    hospitals,
    {
      ...{ seed: 0, aggregator, model, rounds },
      training: { batches: { kind: 'shuffle', size, epochs: 1 }, optimizer: { name: 'sgd', learningRate } },
    },
    { initial: createParameters(layoutOf(model)), ...(onModel && { onModel }) },
  );
}

/** Per fold the hospitals as they are then: `test` is what is judged on, a part of what may be trained on. */
export function partedBy({ hospitals, stratum }: PreparedSet, folds: number, random: Random): Hospital[][] {
  const dealt = hospitals.map(({ id, train }) => {
    const order = [...random.fork(id).permutation(train.count)];
    order.sort((a, b) => stratum(train.labels[a]!) - stratum(train.labels[b]!)); // stable: at random within
    const fold = new Uint32Array(train.count);
    order.forEach((row, place) => (fold[row] = place % folds));
    return fold;
  });
  return Array.from({ length: folds }, (_, k) =>
    hospitals.map(({ id, train }, h) => {
      const rows = Array.from({ length: train.count }, (__, row) => row);
      return {
        id,
        train: train.subset(rows.filter((row) => dealt[h]![row] !== k)),
        test: train.subset(rows.filter((row) => dealt[h]![row] === k)),
      };
    }),
  );
}

/** @param modelOf the one that a hospital uses, by its position */
export async function lossOf(
  data: PreparedSet,
  hospitals: readonly Hospital[],
  modelOf: (hospital: number) => Parameters,
): Promise<number> {
  const trainer = await sharedTrainer();
  const all: LossSum[] = [];
  for (const [k, { test }] of hospitals.entries())
    if (test.count > 0) all.push(data.loss(await trainer.predict(data.model, modelOf(k), test), test.labels));
  const total = (of: (one: LossSum) => number): number => all.reduce((sum, one) => sum + of(one), 0);
  return data.averaged === 'terms'
    ? total(({ sum }) => sum) / total(({ terms }) => terms)
    : total(({ sum, terms }) => sum / terms) / all.length;
}
