/** How large the noise of a step is against what training tells. */
export interface SignalToNoise {
  /** Standard deviation of a step's noise in one coordinate of the averaged gradient, over the clip norm. */
  readonly noisePerCoordinate: number;
  /** Of one step at one hospital. */
  readonly step: number;
  /** Of all steps of all hospitals together. */
  readonly run: number;
}

/** Steps whose noise is to be compared with their signal. */
export interface NoisySteps {
  /** Units in a batch, on average. */
  readonly expectedBatchSize: number;
  readonly noiseMultiplier: number;
  /** Of the model: coordinates that each get noise. */
  readonly parameters: number;
  /** Over the whole run. */
  readonly steps: number;
  readonly hospitals: number;
}

/**
 * The greatest length that a step's sum of clipped gradients can have, B C, over the length of its noise,
 * z C sqrt(P) (the root of its mean square). Gradients never all agree, so a real step has less: it says where learning
 * is hopeless, not where it is sure. Noise of different steps and hospitals is independent: the ratio of all of them is
 * sqrt(steps x hospitals) times that of one.
 *
 * All arguments > 0.
 */
export function signalToNoise(given: NoisySteps): SignalToNoise {
  const { expectedBatchSize, noiseMultiplier, parameters, steps, hospitals } = given;
  const step = expectedBatchSize / (noiseMultiplier * Math.sqrt(parameters));
  return {
    noisePerCoordinate: noiseMultiplier / expectedBatchSize,
    step,
    run: step * Math.sqrt(steps * hospitals),
  };
}
