import { shortened } from './shortened.js';
import { refused, withWholeNumbers, type Draft, type DraftNode } from './draft.js';

/** Of ONNX's operators: the first in which a group normalisation has a scale for each channel. */
const opsetOfGroups = 21;

/**
 * Every batch normalisation as a group normalisation (Wu and He 2018) with its scale and shift: what an example gives then
 * hangs on no other example, and there are no running statistics. Over vectors, where there are no positions to normalise
 * over, as a layer normalisation.
 * @param most groups of a layer: gcd(most, channels) of them, or, where that is 1, the largest number up to `most` that divides
 *   the channels
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming a node whose scale and shift are not in the file
 */
export function withGroupNorm(draft: Draft, most: number, rankOf: (value: string) => number | undefined): Draft {
  if (!draft.nodes.some(({ op }) => op === 'BatchNormalization')) return draft;
  const raised = raiseOpset(draft, opsetOfGroups);
  const converted: string[] = [];
  const nodes = raised.nodes.map((node): DraftNode => {
    if (node.op !== 'BatchNormalization') return node;
    const [data, scale, shift] = node.inputs;
    const tensors = [scale, shift].map((value) => raised.given.get(value ?? ''));
    const channels = tensors[0]?.values.length;
    if (channels === undefined || tensors.some((tensor) => tensor?.shape.join() !== String(channels)))
      throw refused(
        draft.file,
        `node ${JSON.stringify(node.name)} (BatchNormalization): its scale and shift are not in the file`,
        node.name,
      );
    const { epsilon = 1e-5 } = node.attributes;
    const vectors = rankOf(data!) === 2;
    const groups = vectors ? 1 : groupsOf(channels, most);
    converted.push(`${node.name} (${vectors ? 'a layer' : `${groups} group${groups === 1 ? '' : 's'}`})`);
    return {
      name: node.name,
      op: vectors ? 'LayerNormalization' : 'GroupNormalization',
      inputs: [data!, scale!, shift!],
      outputs: [node.outputs[0]!],
      attributes: vectors ? { axis: -1, epsilon } : { num_groups: groups, epsilon },
    };
  });
  const note =
    `Batch normalisation became group normalisation at ${converted.length} node${converted.length === 1 ? '' : 's'}: ` +
    `${shortened(converted)}. Until it is trained it gives other values than the file.`;
  return { ...raised, nodes, notes: [...raised.notes, note] };
}

/** See `withGroupNorm`. */
export function groupsOf(channels: number, most: number): number {
  const common = gcd(most, channels);
  if (common > 1) return common;
  let groups = Math.min(most, channels);
  while (channels % groups !== 0) groups--;
  return groups;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/** Operators that take their axes as an input since version 18, and had them as an attribute. */
const reductions = new Set(
  ['L1', 'L2', 'LogSum', 'LogSumExp', 'Max', 'Mean', 'Min', 'Prod', 'SumSquare'].map((kind) => `Reduce${kind}`),
);

/** The same network by a later version of the operators. @see ONNX's changelog of operators */
function raiseOpset(draft: Draft, opset: number): Draft {
  if (draft.opset >= opset) return draft;
  let raised: Draft = { ...draft, opset };
  const nodes = draft.nodes.map((node): DraftNode => {
    const { axes, ...attributes } = node.attributes;
    if (draft.opset < 18 && reductions.has(node.op) && Array.isArray(axes)) {
      const [next, name] = withWholeNumbers(raised, `${node.outputs[0]} axes`, axes as readonly number[]);
      raised = next;
      return { ...node, inputs: [node.inputs[0]!, name], attributes };
    }
    if (draft.opset < 18 && node.op === 'Split' && node.inputs.length < 2)
      return { ...node, attributes: { ...node.attributes, num_outputs: node.outputs.length } };
    return node;
  });
  return { ...raised, nodes };
}
