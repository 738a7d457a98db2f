import type { State } from '../base/state.js';

/**
 * How the mean of a cohort's changes moves the global model. Plain FedAvg adds it; the adaptive ones
 * take it for minus a gradient (Reddi et al. 2021, algorithm 2).
 */
export interface ServerOptimizer<S extends State = State> {
  /** @param size number of values of the model */
  init(size: number): S;
  /**
   * @param model the global model before the round; left as it is
   * @param change the weighted mean of the cohort's changes, same length; it may be written to
   * @returns a new model, which shares no memory with either, and a new state
   */
  step(model: Float32Array, change: Float64Array, state: S): { readonly model: Float32Array; readonly state: S };
}

/**
 * The next model is the old one and the mean change, and so the mean of what the cohort trained: McMahan et al. 2017,
 * algorithm 1, w_{t+1} = w_t + sum_k (n_k / n) (w^k_{t+1} - w_t).
 */
export const addMean: ServerOptimizer<null> = {
  init: () => null,
  step: (model, change) => ({ model: added(model, change), state: null }),
};

function added(model: Float32Array, change: Float64Array): Float32Array {
  const next = new Float32Array(model.length);
  for (let i = 0; i < next.length; i++) next[i] = model[i]! + change[i]!;
  return next;
}
