import type { ServerOptimizer } from '@fedward/core';
import { moved } from './exact.js';

/** All in float64, [size] each. */
export type AdaptiveState = {
  /** Steps that were taken: rounds that released something. */
  readonly steps: number;
  /** m: decaying mean of the changes. */
  readonly first: Float64Array;
  /** v: accumulated squares of the changes. */
  readonly second: Float64Array;
  /** What float32 took of the model. */
  readonly rest: Float64Array;
};

/** What the adaptive methods differ in, and their settings. */
export interface AdaptiveRule {
  /** eta */
  readonly learningRate: number;
  /** beta_1 */
  readonly beta1: number;
  readonly tau: number;
  /** v before the first step. Default: tau^2. */
  readonly initialAccumulator?: number | undefined;
  /** Writes v_t over v_{t-1}, given Delta_t. */
  accumulate(second: Float64Array, change: Float64Array): void;
  /** Factors of eta, and of v below the root, in step t = 1, 2, ... Default: 1. */
  correct?(t: number): { readonly rate: number; readonly second: number };
}

/**
 * Reddi et al. 2021, algorithm 2, with Delta_t the mean change:
 * m_t = beta_1 m_{t-1} + (1 - beta_1) Delta_t; v_t by the rule; x_{t+1} = x_t + eta m_t / (sqrt(v_t) + tau).
 */
export function adaptive(rule: AdaptiveRule): ServerOptimizer<AdaptiveState> {
  const { learningRate, beta1, tau, initialAccumulator = tau ** 2, correct } = rule;
  return {
    init: (size) => ({
      steps: 0,
      first: new Float64Array(size),
      second: new Float64Array(size).fill(initialAccumulator),
      rest: new Float64Array(size),
    }),
    step(model, change, state) {
      const steps = state.steps + 1;
      const first = decayed(state.first, change, beta1);
      const second = state.second.slice();
      rule.accumulate(second, change);
      const factors = correct?.(steps) ?? { rate: 1, second: 1 };
      const step = scaled(first, second, learningRate * factors.rate, factors.second, tau);
      const { model: next, rest } = moved(model, step, state.rest);
      return { model: next, state: { steps, first, second, rest } };
    },
  };
}

function decayed(mean: Float64Array, change: Float64Array, beta: number): Float64Array {
  const next = new Float64Array(mean.length);
  for (let i = 0; i < next.length; i++) next[i] = beta * mean[i]! + (1 - beta) * change[i]!;
  return next;
}

function scaled(first: Float64Array, second: Float64Array, rate: number, factor: number, tau: number): Float64Array {
  const step = new Float64Array(first.length);
  for (let i = 0; i < step.length; i++) step[i] = (rate * first[i]!) / (Math.sqrt(factor * second[i]!) + tau);
  return step;
}
