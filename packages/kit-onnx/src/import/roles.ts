import type { GraphLayer } from '@fedward/core';
import type { OnnxTensor } from '../file/tensor.js';
import { refused, type Draft } from './draft.js';

/** Inputs that say how an operator works, by their position: no numbers that are learned. */
const settings: Readonly<Record<string, readonly number[]>> = {
  Clip: [1, 2],
  Dropout: [1, 2],
  Pad: [1, 2, 3],
  Pow: [1],
  Resize: [1, 2, 3],
  Reshape: [1],
  Tile: [1],
  Trilu: [1],
};
/** Positions of a batch normalisation's running statistics. */
const statistics = [3, 4];
/** Of one constant in a plan; larger tables are no settings. */
const mostConstants = 100_000;

/** Beyond this many, what is not learned is a frozen tensor, so that plans stay small. */
const mostFixed = 10_000;

/** Numbers that exporters made: PyTorch's own names of parameters have neither of these. */
const namedByExporter = /^(onnx::|\/)/;

/** What attention leaves out, as numbers that are added: 0 and minus infinity. */
function isMask({ type, values }: OnnxTensor): boolean {
  return (
    type === 'float32' && values.includes(-Infinity) && values.every((value) => value === 0 || value === -Infinity)
  );
}

/** What each of a file's numbers is in a plan. */
export interface Roles {
  readonly constants: GraphLayer['constants'];
  /** In the order in which the network uses them. */
  readonly tensors: readonly OnnxTensor[];
  /** Names of tensors that no gradient is to move: running statistics, buffers. */
  readonly frozen: readonly string[];
  /** Float32 numbers that stay as they are, by name. */
  readonly kept: readonly string[];
}

/**
 * Float32 arrays that the network computes with are tensors, which are trained; whole numbers, numbers that stand alone, masks
 * and settings of operators are constants. What is not learned by what the exporter noted is a constant, or frozen.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming a table that is neither; FILE_INVALID for a weight that is not finite
 */
export function rolesOf(draft: Draft): Roles {
  const used = new Map<string, { setting: boolean; statistic: boolean; learned: boolean }>();
  for (const { op, inputs } of draft.nodes)
    for (const [position, value] of inputs.entries()) {
      if (!draft.given.has(value)) continue;
      const use = used.get(value) ?? { setting: false, statistic: false, learned: false };
      used.set(value, use);
      if (settings[op]?.includes(position)) use.setting = true;
      else if (op === 'BatchNormalization' && statistics.includes(position)) use.statistic = true;
      else use.learned = true;
    }
  const constants: GraphLayer['constants'][number][] = [];
  const tensors: OnnxTensor[] = [];
  const frozen: string[] = [];
  const kept: string[] = [];
  for (const [name, use] of used) {
    const value = draft.given.get(name)!;
    const isTensor =
      value.type === 'float32' &&
      value.shape.length > 0 &&
      value.values.length > 0 &&
      !draft.written.has(name) &&
      !use.setting &&
      !isMask(value) &&
      !(!draft.noted && value.values.length === 1 && namedByExporter.test(name)) &&
      !(draft.fixed.has(name) && !use.statistic && value.values.length <= mostFixed);
    if (isTensor) {
      if (!value.values.every(Number.isFinite))
        throw refused(draft.file, `the tensor ${JSON.stringify(name)} has a value that is not finite`, name);
      tensors.push(value);
      if (!use.learned || draft.fixed.has(name)) frozen.push(name);
      continue;
    }
    if (value.values.length > mostConstants)
      throw refused(
        draft.file,
        `${JSON.stringify(name)} is a table of ${value.values.length} ${value.type}, which is neither trained nor small enough for a plan (${mostConstants})`,
        name,
      );
    if (value.type === 'float32' && !draft.written.has(name)) kept.push(name);
    constants.push({ name, type: value.type, shape: value.shape, values: Array.from(value.values, spelled) });
  }
  return { constants, tensors, frozen, kept };
}

function spelled(value: number): GraphLayer['constants'][number]['values'][number] {
  return Number.isFinite(value) ? value : (String(value) as 'NaN');
}
