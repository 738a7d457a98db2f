import { batchFactor, equalDims, multiply } from '../types/dims.js';
import type { Types } from '../types/infer.js';
import { neededNodes } from './known.js';
import { namesIn, unlike, type Draft, type DraftNode } from './draft.js';

/** Nodes that take a value. */
type Users = ReadonlyMap<string, readonly DraftNode[]>;

/**
 * Layers of sequences whose examples come second ([time, N, features], as PyTorch's attention has them inside): exporters
 * write them as a Gemm of [time * N, features], in which no axis is the examples'. They become a MatMul of what was there
 * before, so that each example has a gradient of its own; the numbers are the same.
 */
export function withRowsApart(draft: Draft, types: Types): Draft {
  const makers = new Map(draft.nodes.map((node) => [node.outputs[0] ?? '', node]));
  const users = new Map<string, DraftNode[]>();
  for (const node of draft.nodes)
    for (const value of node.inputs) {
      const others = users.get(value);
      if (others) others.push(node);
      else users.set(value, [node]);
    }
  const taken = namesIn(draft);
  const fresh = (wanted: string): string => {
    const name = unlike(taken, wanted);
    taken.add(name);
    return name;
  };
  const given = new Map(draft.given);
  const written = new Set(draft.written);
  const replaced = new Map<DraftNode, readonly DraftNode[]>();
  for (const gemm of draft.nodes) {
    const found = gemm.op === 'Gemm' ? placeOf(gemm, draft, types, makers, users) : undefined;
    if (!found) continue;
    const { back } = found;
    const [, weights, bias] = gemm.inputs;
    const name = (what: string): string => fresh(`${gemm.outputs[0]} ${what}`);
    const turned = gemm.attributes['transB'] === 1;
    const matrix = turned ? name('turned') : weights!;
    const product = bias ? name('product') : back.outputs[0]!;
    const node = (op: string, inputs: string[], output: string, attributes: DraftNode['attributes'] = {}): DraftNode => ({ name: gemm.name, op, inputs, outputs: [output], attributes }); // prettier-ignore
    // Heads are put side by side first, where they still stand apart.
    const shape = found.wide ? name('rows') : '';
    if (found.wide) {
      given.set(shape, {
        name: shape,
        type: 'int64',
        shape: [found.wide.length],
        values: Float64Array.from(found.wide),
      });
      written.add(shape);
    }
    const rows = found.wide ? name('by example') : found.data;
    replaced.set(gemm, found.wide ? [node('Reshape', [found.data, shape], rows)] : []);
    replaced.set(back, [
      ...(turned ? [node('Transpose', [weights!], matrix, { perm: [1, 0] })] : []),
      node('MatMul', [rows, matrix], product),
      ...(bias ? [node('Add', [product, bias], back.outputs[0]!)] : []),
    ]);
  }
  if (replaced.size === 0) return draft;
  const nodes = draft.nodes.flatMap((node) => replaced.get(node) ?? [node]);
  return { ...draft, nodes: neededNodes(nodes, draft.output), given, written };
}

/** What a Gemm's rows were before they were put together, and the node that takes them apart again. */
function placeOf(
  gemm: DraftNode,
  draft: Draft,
  types: Types,
  makers: ReadonlyMap<string, DraftNode>,
  users: Users,
): { data: string; back: DraftNode; wide: readonly number[] | undefined } | undefined {
  const { transA = 0, alpha = 1, beta = 1 } = gemm.attributes;
  const before = makers.get(gemm.inputs[0] ?? '');
  const after = users.get(gemm.outputs[0]!) ?? [];
  const [back] = after;
  if (transA !== 0 || alpha !== 1 || beta !== 1 || before?.op !== 'Reshape' || back?.op !== 'Reshape') return undefined;
  if (after.length !== 1 || gemm.outputs[0] === draft.output) return undefined;
  const data = before.inputs[0]!;
  const [from, to] = [types.get(data)!.dims, types.get(back.outputs[0]!)!.dims];
  const lead = to.slice(0, -1);
  const fits = lead.length >= 2 && lead.length < from.length && lead.every((dim, axis) => equalDims(dim, from[axis]!));
  const inner = multiply(from.slice(lead.length));
  if (!fits || inner === undefined || !equalDims(inner, types.get(gemm.inputs[0]!)!.dims[1]!)) return undefined;
  // Only where the rows have no axis of the examples: they are in a later one, and in one alone.
  if (batchFactor(lead[0]!) > 0 || lead.filter((dim) => batchFactor(dim) > 0).length !== 1) return undefined;
  const wide = [...lead, inner].map((dim) => (typeof dim === 'number' ? dim : -1));
  return { data, back, wide: from.length > lead.length + 1 ? wide : undefined };
}
