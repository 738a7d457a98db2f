import { Random } from '@fedward/core';
import { lossOf, partedBy } from '../flamby/choose/cross-validate.js';
import type { PreparedSet } from '../flamby/choose/data.js';
import { personalSettings, type Candidate } from './settings.js';
import { candidateModels } from './train.js';

/** A candidate, and the mean log loss of its models on records of their hospitals that were not trained on. */
export interface Judged extends Candidate {
  readonly loss: number;
}

/**
 * Of each method the candidate with the lowest loss, averaged over hospitals and folds of their training parts; of equals the
 * first. No test part is looked at.
 *
 * @param seed deals records out to folds
 * @returns in the order in which methods first come
 */
export async function chooseByMethod(
  data: PreparedSet,
  candidates: readonly Candidate[],
  seed: number,
): Promise<readonly Judged[]> {
  const { folds } = personalSettings;
  const sums = candidates.map(() => 0);
  for (const hospitals of partedBy(data, folds, new Random(seed).fork('folds', 0)))
    for (const [i, models] of (await candidateModels(data, hospitals, candidates)).entries())
      sums[i]! += await lossOf(data, hospitals, (k) => models[k]!);
  const best = new Map<string, Judged>();
  candidates.forEach((one, i) => {
    const loss = sums[i]! / folds;
    const before = best.get(one.method);
    if (!before || loss < before.loss) best.set(one.method, { ...one, loss });
  });
  return [...best.values()];
}
