import type { ModelSpec } from '@fedward/core';
import { mlp } from './mlp.js';

/** Of `coxLinear`. */
export interface CoxLinearOptions {
  /** Any shape of features. */
  readonly inputShape: readonly number[];
}

/**
 * Cox's proportional hazards (Cox 1972): one dense layer without a constant, whose output is the log hazard ratio s = b x.
 * The baseline hazard is not a part of it, and a constant in s would be one of the baseline: the partial likelihood does
 * not hang on it. A label is the time of an event, or minus the time at which the record was censored (see `lossSchema`).
 *
 * Each hospital's risk sets are its own: what is averaged is a Cox model stratified by hospital.
 *
 * @throws {FedwardError} CONFIG_INVALID naming the key for a shape that is none
 */
export function coxLinear({ inputShape }: CoxLinearOptions): ModelSpec {
  return mlp({ inputShape, hidden: [], outputs: 1, loss: 'cox', bias: false });
}
