import { batchFactor, type Dim } from '../types/dims.js';
import type { Types } from '../types/infer.js';
import type { OnnxTensor } from '../file/tensor.js';
import { namesIn, unlike, type Draft, type DraftNode } from './draft.js';

/** Of one constant: larger ones, such as masks, are less text as the nodes that make them. */
const mostNumbers = 100;

const arrays = { float32: Float32Array, float64: Float64Array, int32: Int32Array, int64: Float64Array, bool: Int32Array } as const; // prettier-ignore

/**
 * What follows from shapes becomes a constant, so that a plan has no more nodes than compute: `x.view(x.shape[0], 4, -1)` is
 * eight nodes as PyTorch's older exporter writes it. Of a shape to which data are brought, the examples' size becomes what is
 * left over (-1).
 */
export function withKnown(draft: Draft, types: Types): Draft {
  const taken = namesIn(draft);
  const given = new Map(draft.given);
  const written = new Set(draft.written);
  const put = (
    name: string,
    values: readonly number[],
    { type, shape }: Pick<OnnxTensor, 'type' | 'shape'>,
  ): string => {
    given.set(name, { name, type, shape, values: arrays[type].from(values) });
    written.add(name);
    return name;
  };
  const nodes = draft.nodes.flatMap((node): DraftNode[] => {
    if (node.op === 'Reshape') return [withLeftOver(node)];
    const known = node.outputs.map((name) => (name === '' ? [] : plain(types.get(name)?.contents)));
    if (node.outputs.includes(draft.output) || known.some((values) => values === undefined)) return [node];
    node.outputs.forEach((name, index) => {
      if (name === '') return;
      const { type, dims } = types.get(name)!;
      put(name, known[index]!, { type: type as OnnxTensor['type'], shape: dims as readonly number[] });
    });
    return [];
  });
  return { ...draft, nodes: neededNodes(nodes, draft.output), given, written };

  function withLeftOver(node: DraftNode): DraftNode {
    const [data, shape, ...rest] = node.inputs;
    const asked = types.get(shape ?? '')?.contents;
    if (!asked || draft.given.has(shape!) || asked.length > 8) return node;
    const open = asked.filter((dim) => batchFactor(dim) > 0 || dim === -1);
    if (open.length > 1 || asked.includes(0)) return node;
    const values = asked.map((dim) => (typeof dim === 'number' ? dim : -1));
    const name = unlike(taken, `${shape} as it is known`);
    taken.add(name);
    put(name, values, { type: 'int64', shape: [values.length] });
    return { ...node, inputs: [data!, name, ...rest] };
  }
}

/** Numbers without the number of examples, and few. */
function plain(contents: readonly Dim[] | undefined): readonly number[] | undefined {
  if (!contents || contents.length > mostNumbers) return undefined;
  return contents.every((dim) => typeof dim === 'number') ? contents : undefined;
}

/** Without nodes that nothing takes. */
export function neededNodes(nodes: readonly DraftNode[], output: string): readonly DraftNode[] {
  const taken = new Set([output]);
  return nodes
    .toReversed()
    .filter(({ inputs, outputs }) => {
      if (!outputs.some((value) => taken.has(value))) return false;
      for (const value of inputs) taken.add(value);
      return true;
    })
    .toReversed();
}
