import { refused, type Draft } from './draft.js';
import { howToExport, type ChosenInput } from './choose-ports.js';

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
  const nodes = draft.nodes.map((node) => {
    const follows = node.inputs.some((value) => ofData.has(value));
    if (!follows) return node;
    for (const value of node.outputs) ofData.add(value);
    const [data, shape] = node.inputs;
    const constant = shape === undefined ? undefined : given.get(shape);
    if (node.op !== 'Reshape' || !ofData.has(data!) || !constant || constant.values[0] !== fixed) return node;
    const sizes = Array.from(constant.values);
    // 0 copies the dimension, which is the examples' in what a layer before it gave.
    sizes[0] = sizes.includes(-1) ? 0 : -1;
    if (sizes[0] === 0 && node.attributes['allowzero'])
      throw refused(
        draft.file,
        `node ${JSON.stringify(node.name)} (Reshape) is for ${fixed} examples; export with ${howToExport}`,
        node.name,
      );
    const called = `${shape} for any number of examples`;
    given.set(called, { ...constant, name: called, values: Float64Array.from(sizes) });
    written.add(called);
    return { ...node, inputs: [data!, called, ...node.inputs.slice(2)] };
  });
  const note = `The file was made for ${fixed} example${fixed === 1 ? '' : 's'} at a time; it is read for any number.`;
  return { ...draft, nodes, given, written, notes: [...draft.notes, note] };
}
