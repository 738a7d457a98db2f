import type { ObjectiveSpec } from '../plan/objective.js';

/** The plan's objective as it is in one round; what changes nothing is left out. See `objectiveSchema` for the formulas. */
export interface RoundObjective {
  readonly classWeights?: readonly number[];
  /** In (0, 1). */
  readonly labelSmoothing?: number;
  readonly generalizedCrossEntropy?: { readonly q: number };
  /** Share of each batch that counts, in (0, 1). */
  readonly keepSmallest?: number;
}

/** @returns undefined where the loss of that round is the model's own */
export function objectiveOf(objective: ObjectiveSpec | undefined, round: number): RoundObjective | undefined {
  if (!objective) return undefined;
  const { classWeights, labelSmoothing = 0, generalizedCrossEntropy, keepSmallest } = objective;
  const share = keepSmallest ? keptShare(keepSmallest, round) : 1;
  const own: RoundObjective = {
    ...(classWeights && { classWeights }),
    ...(labelSmoothing > 0 && { labelSmoothing }),
    ...(generalizedCrossEntropy && { generalizedCrossEntropy }),
    ...(share < 1 && { keepSmallest: share }),
  };
  return Object.keys(own).length > 0 ? own : undefined;
}

/** R(t) of Han et al. 2018, in (0, 1]: see `objectiveSchema`. @param round from 0 on */
export function keptShare(
  { fraction, warmUpRounds }: NonNullable<ObjectiveSpec['keepSmallest']>,
  round: number,
): number {
  return 1 - (1 - fraction) * (warmUpRounds === undefined ? 1 : Math.min(round / warmUpRounds, 1));
}

/**
 * Who of a batch counts under `keepSmallest`.
 * @param losses [n], without the weights of classes
 * @param share of them that is kept, in (0, 1]
 * @returns [n]: n / kept for the ceil(share n) smallest, so that the sum over them, divided as the batch's is, is their
 *   mean; 0 for the others. Of equals the earlier is kept, and a NaN before all, so that it is not hidden
 */
export function smallestKept(losses: Float64Array, share: number): Float64Array {
  const n = losses.length;
  // 0.7 * 10 may come out a little above 7.
  const kept = Math.min(n, Math.ceil(share * n - 1e-9));
  const rank = (i: number): number => (Number.isNaN(losses[i]!) ? -Infinity : losses[i]!);
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) =>
    rank(a) === rank(b) ? a - b : rank(a) < rank(b) ? -1 : 1,
  );
  const factors = new Float64Array(n);
  for (let i = 0; i < kept; i++) factors[order[i]!] = n / kept;
  return factors;
}
