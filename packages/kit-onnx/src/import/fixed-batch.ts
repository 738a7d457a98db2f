import { refused, type Draft, type DraftNode } from './draft.js';
import { howToExport, type ChosenInput } from './choose-ports.js';

/** Nodes by their first output. */
type Makers = ReadonlyMap<string, DraftNode>;

/**
 * A file that was exported for a fixed number of examples, for any number: where a shape that data take begins with that
 * number, it becomes what is left over. Whether all of it fits any number is seen when types are inferred: the output must be
 * [N, ...] then.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming the node where no dimension can be left over
 */
export function withAnyBatch(draft: Draft, { name, fixed }: ChosenInput): Draft {
  if (fixed === undefined) return draft;
  const ofData = new Set([name]);
  const given = new Map(draft.given);
  const written = new Set(draft.written);
  const makers: Makers = new Map(draft.nodes.map((node) => [node.outputs[0] ?? '', node]));
  const nodes = draft.nodes.map((node) => {
    const follows = node.inputs.some((value) => ofData.has(value));
    if (!follows) return node;
    for (const value of node.outputs) ofData.add(value);
    if (node.op === 'Resize') return resized(node);
    const [data, shape] = node.inputs;
    if (node.op !== 'Reshape' || shape === undefined || !ofData.has(data!)) return node;
    const sizes = numbersOf(draft, makers, shape);
    if (sizes?.[0] !== fixed) return node;
    // 0 copies the dimension, which is the examples' in what a layer before it gave.
    sizes[0] = sizes.includes(-1) ? 0 : -1;
    if (sizes[0] === 0 && node.attributes['allowzero'])
      throw refused(
        draft.file,
        `node ${JSON.stringify(node.name)} (Reshape) is for ${fixed} examples; export with ${howToExport}`,
        node.name,
      );
    const called = `${shape} for any number of examples`;
    given.set(called, { name: called, type: 'int64', shape: [sizes.length], values: Float64Array.from(sizes) });
    written.add(called);
    return { ...node, inputs: [data!, called, ...node.inputs.slice(2)] };
  });
  /** Sizes without that of the examples. */
  function resized(node: DraftNode): DraftNode {
    const [data, roi, scales, sizes] = node.inputs;
    const all = node.attributes['axes'] === undefined && sizes ? numbersOf(draft, makers, sizes) : undefined;
    if (!all || all[0] !== fixed) return node;
    const called = `${sizes} of one example`;
    const values = Float64Array.from(all.slice(1));
    given.set(called, { name: called, type: 'int64', shape: [values.length], values });
    written.add(called);
    const axes = Array.from(values, (_, at) => at + 1);
    return { ...node, inputs: [data!, roi!, scales!, called], attributes: { ...node.attributes, axes } };
  }

  const note = `The file was made for ${fixed} example${fixed === 1 ? '' : 's'} at a time; it is read for any number.`;
  return { ...draft, nodes, given, written, notes: [...draft.notes, note] };
}

/** Of a shape. */
const mostDimensions = 8;
/** Exporters put shapes together in a few steps. */
const mostSteps = 10;

/**
 * Whole numbers that the file has, or puts together out of such: undefined where they come of anything else, are more than a
 * shape has, or are put together in more steps than a shape needs.
 */
function numbersOf(draft: Draft, makers: Makers, value: string, steps = mostSteps): number[] | undefined {
  const given = draft.given.get(value);
  if (given) {
    const small = given.type === 'int64' && given.values.length <= mostDimensions;
    return small ? Array.from(given.values) : undefined;
  }
  const maker = makers.get(value);
  if (!maker || steps === 0 || maker.inputs.length > mostDimensions) return undefined;
  if (maker.op === 'Concat') {
    const parts: number[] = [];
    for (const input of maker.inputs) {
      const part = numbersOf(draft, makers, input, steps - 1);
      if (!part || parts.length + part.length > mostDimensions) return undefined;
      parts.push(...part);
    }
    return parts;
  }
  const sameNumbers = ['Identity', 'Squeeze', 'Unsqueeze'].includes(maker.op);
  return sameNumbers ? numbersOf(draft, makers, maker.inputs[0]!, steps - 1) : undefined;
}
