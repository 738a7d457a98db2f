import type { RoundObjective } from '@fedward/core';

/**
 * Cross-entropies as a plan changes them, in float64 and from the definitions in core's `objectiveSchema`.
 * @param outputs logits of all classes, one array an example; of a sigmoid, 0 and its logit
 * @param sigmoid whether the gradient is to be that by the second logit alone
 */
export function shapedGradients(
  { classWeights, labelSmoothing = 0, generalizedCrossEntropy, keepSmallest = 1 }: RoundObjective,
  outputs: readonly Float64Array[],
  labels: ArrayLike<number>,
  sigmoid: boolean,
): { losses: number[]; gradients: Float64Array[] } {
  const each = outputs.map((logits, i) =>
    generalizedCrossEntropy
      ? generalized(logits, labels[i]!, generalizedCrossEntropy.q)
      : smoothed(logits, labels[i]!, labelSmoothing),
  );
  const kept = smallest(
    each.map(({ loss }) => loss),
    keepSmallest,
  );
  const factors = each.map((_, i) => (kept.has(i) ? each.length / kept.size : 0) * (classWeights?.[labels[i]!] ?? 1));
  return {
    losses: each.map(({ loss }, i) => factors[i]! * loss),
    gradients: each.map(({ gradient }, i) => (sigmoid ? gradient.slice(1) : gradient).map((g) => factors[i]! * g)),
  };
}

/** log p_k of each class. */
function logSoftmax(logits: Float64Array): Float64Array {
  const most = logits.reduce((largest, z) => Math.max(largest, z), -Infinity);
  const logSum = most + Math.log(logits.reduce((sum, z) => sum + Math.exp(z - most), 0));
  return logits.map((z) => z - logSum);
}

interface ExampleLoss {
  readonly loss: number;
  readonly gradient: Float64Array;
}

/** -sum_k t_k log p_k, whose gradient is p - t. */
function smoothed(logits: Float64Array, label: number, smoothing: number): ExampleLoss {
  const logs = logSoftmax(logits);
  const targets = logs.map((_, k) => (1 - smoothing) * (k === label ? 1 : 0) + smoothing / logs.length);
  return {
    loss: -logs.reduce((sum, log, k) => sum + targets[k]! * log, 0),
    gradient: logs.map((log, k) => Math.exp(log) - targets[k]!),
  };
}

/** (1 - p_y^q) / q: by the chain rule -p_y^(q - 1) times the gradient of p_y, which is p_y ([k = y] - p_k). */
function generalized(logits: Float64Array, label: number, q: number): ExampleLoss {
  const logs = logSoftmax(logits);
  const own = logs[label]!;
  return {
    loss: (1 - Math.exp(q * own)) / q,
    gradient: logs.map((log, k) => -Math.exp(q * own) * ((k === label ? 1 : 0) - Math.exp(log))),
  };
}

/** The numbers of the share of examples with the smallest losses, rounded up. */
function smallest(losses: readonly number[], share: number): ReadonlySet<number> {
  const order = losses.map((_, i) => i).sort((a, b) => losses[a]! - losses[b]! || a - b);
  return new Set(order.slice(0, Math.ceil(Number((share * losses.length).toFixed(6)))));
}
