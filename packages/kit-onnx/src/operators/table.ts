import { FedwardError } from '@fedward/core';
import type { NetworkNode } from '../network/network.js';
import { activations } from './activations.js';
import { convolution } from './convolution.js';
import { einsum } from './einsum.js';
import { elementwise } from './elementwise.js';
import { extremes } from './extremes.js';
import { furtherActivations } from './further-activations.js';
import { logic } from './logic.js';
import { matrix } from './matrix.js';
import { normalizations } from './normalization.js';
import type { Operator } from './operator.js';
import { parts } from './parts.js';
import { pooling } from './pooling.js';
import { tables } from './gather.js';
import { groupNormalizations } from './group-normalization.js';
import { reductions } from './reductions.js';
import { resizing } from './resize.js';
import { reshapes } from './shapes.js';
import { scattering } from './scatter.js';
import { repetition } from './tile.js';

/** Every operator that a network may have, by ONNX's name. */
export const operators: ReadonlyMap<string, Operator> = new Map<string, Operator>(
  [
    activations,
    furtherActivations,
    convolution,
    einsum,
    elementwise,
    extremes,
    logic,
    matrix,
    normalizations,
    groupNormalizations,
    parts,
    pooling,
    reductions,
    repetition,
    resizing,
    scattering,
    reshapes,
    tables,
  ].flatMap((family) => Object.entries<Operator>(family)),
);

/** @throws {FedwardError} CONFIG_INCOMPATIBLE naming operator and node */
export function operatorOf(node: NetworkNode): Operator {
  const operator = operators.get(node.op);
  if (operator) return operator;
  throw new FedwardError('CONFIG_INCOMPATIBLE', `${node.op} (${node.outputs[0]}) is not in the set of operators that are known here (README of @fedward/kit-onnx)`, node.outputs[0]); // prettier-ignore
}
