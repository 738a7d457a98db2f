import {
  assertInteger,
  modelSpecSchema,
  parseWith,
  placeLayers,
  type LossName,
  type ModelSpec,
  type ModelSpecInput,
} from '@fedward/core';

/** Of `mlp`. */
export interface MlpOptions {
  /** Shape of one example. More than one dimension is flattened first. */
  readonly inputShape: readonly number[];
  /** Units of each hidden layer, in order; none gives a linear model. */
  readonly hidden: readonly number[];
  /** Rate of the dropout after each hidden layer, in [0, 1); 0 (the default) leaves the layers out. */
  readonly dropout?: number;
  /** Number of outputs, >= 1. */
  readonly outputs: number;
  readonly loss: LossName;
  /** Whether the last layer has a bias. Default true. */
  readonly bias?: boolean;
}

/**
 * A multilayer perceptron: for each hidden layer dense, relu and dropout, then one dense layer of outputs.
 *
 * @throws {FedwardError} ARGUMENT_INVALID for `outputs` below 1, CONFIG_INVALID naming the key for any other
 * option that makes no model, such as two outputs under `sigmoid-cross-entropy`
 */
export function mlp({ inputShape, hidden, dropout = 0, outputs, loss, bias = true }: MlpOptions): ModelSpec {
  assertInteger('outputs', outputs, 1);
  const layers: ModelSpecInput['layers'] = [
    ...(inputShape.length > 1 ? [{ type: 'flatten' as const }] : []),
    ...hidden.flatMap((units): ModelSpecInput['layers'] => [
      { type: 'dense', units },
      { type: 'activation', function: 'relu' },
      ...(dropout === 0 ? [] : [{ type: 'dropout' as const, rate: dropout }]),
    ]),
    { type: 'dense', units: outputs, bias },
  ];
  const spec = parseWith(modelSpecSchema, { inputShape: [...inputShape], layers, loss }, 'the model');
  placeLayers(spec);
  return spec;
}
