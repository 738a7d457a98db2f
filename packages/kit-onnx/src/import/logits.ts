import type { Draft } from './draft.js';

const squashing = new Set(['Softmax', 'LogSoftmax', 'Sigmoid']);

/** Without a Softmax or Sigmoid at its end: losses take logits. */
export function withLogits(draft: Draft): Draft {
  const last = draft.nodes.find(({ outputs }) => outputs.includes(draft.output));
  if (last?.op === 'Identity' && last.inputs[0] !== draft.input) {
    const [before] = last.inputs;
    const found = withLogits({ ...draft, output: before!, nodes: draft.nodes.filter((node) => node !== last) });
    if (found.output !== before) return found;
    return draft;
  }
  if (!last || !squashing.has(last.op)) return draft;
  const note = `The ${last.op} at its end (${last.name}) was left out: losses take what comes before it.`;
  return {
    ...draft,
    output: last.inputs[0]!,
    nodes: draft.nodes.filter((node) => node !== last),
    notes: [...draft.notes, note],
  };
}
