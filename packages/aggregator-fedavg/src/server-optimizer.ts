import type { State } from '@fedward/core';

/**
 * How the mean of a cohort's models moves the global model. Plain FedAvg goes all the way; the adaptive ones
 * take `model - mean` for a gradient (Reddi et al. 2021, algorithm 2).
 */
export interface ServerOptimizer<S extends State = State> {
  /** @param size number of values of the model */
  init(size: number): S;
  /**
   * @param model the global model before the round; left as it is
   * @param mean the weighted mean of the cohort's models, same length; it may be written to
   * @returns a new model, which shares no memory with either, and a new state
   */
  step(model: Float32Array, mean: Float64Array, state: S): { readonly model: Float32Array; readonly state: S };
}

/** The next model is the mean: McMahan et al. 2017, algorithm 1, w_{t+1} = sum_k (n_k / n) w^k_{t+1}. */
export const takeMean: ServerOptimizer<null> = {
  init: () => null,
  step: (_, mean) => ({ model: Float32Array.from(mean), state: null }),
};
