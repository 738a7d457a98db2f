import type { Draft, DraftNode } from './draft.js';

const squashing = new Set(['Softmax', 'LogSoftmax', 'Sigmoid']);

/** Without a Softmax or Sigmoid at its end: losses take logits. */
export function withLogits(draft: Draft): Draft {
  const makers = new Map(draft.nodes.flatMap((node) => node.outputs.map((value) => [value, node] as const)));
  const left = new Set<DraftNode>();
  let last = makers.get(draft.output);
  while (last?.op === 'Identity') {
    left.add(last);
    last = makers.get(last.inputs[0] ?? '');
  }
  if (!last || !squashing.has(last.op)) return draft;
  left.add(last);
  const note = `The ${last.op} at its end (${last.name}) was left out: losses take what comes before it.`;
  return {
    ...draft,
    output: last.inputs[0]!,
    nodes: draft.nodes.filter((node) => !left.has(node)),
    notes: [...draft.notes, note],
  };
}
