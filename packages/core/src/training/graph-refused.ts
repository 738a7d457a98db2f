import { incompatible, type FedwardError } from '../base/errors.js';
import type { ModelSpec } from '../model/spec.js';

/** What a trainer says to a model with a graph that trains layers alone. @param trainer its name */
export function graphRefused(trainer: string): FedwardError {
  return incompatible(
    `the model is a graph of ONNX operators, which the trainer ${trainer} can't train: take the trainer onnx (--trainer onnx)`,
    'training.trainer',
  );
}

/** @throws {FedwardError} CONFIG_INCOMPATIBLE for a model with a graph */
export function assertNoGraph({ layers }: ModelSpec, trainer: string): void {
  if (layers.some(({ type }) => type === 'graph')) throw graphRefused(trainer);
}
