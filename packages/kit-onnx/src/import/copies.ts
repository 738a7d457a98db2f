import { isLearned, type Exported } from '../file/exported.js';
import type { OnnxFile, OnnxNode } from '../file/onnx-file.js';
import type { OnnxTensor } from '../file/tensor.js';

/** A file with its copies apart. */
export interface Apart {
  readonly file: OnnxFile;
  /** Names of the copies. */
  readonly copies: readonly string[];
  /** Parameters of PyTorch's that are not in the file: its exporter leaves out biases that are 0. */
  readonly absent: readonly string[];
}

/**
 * PyTorch's exporter (`dynamo=True`) writes parameters of equal values once: all scales of layer norms of a new network, and
 * all weights of encoder layers that began as copies. Trained, they would stay one. Where parameters are missing from the file
 * by what it notes of itself, each use of a shared array gets the parameter that was there in PyTorch, under its name where the
 * notes tell it. Uses of one parameter stay one.
 */
export function withCopies(file: OnnxFile): Apart {
  const { exported, initializers } = file;
  if (!exported) return { file, copies: [], absent: [] };
  const missing = missingIn(exported, initializers);
  const shared = missing.size === 0 ? new Set<string>() : sharedIn(file);
  const absent = () => [...missing].filter((name) => exported.parameters.has(name) && !copies.includes(name));
  const copies: string[] = [];
  if (shared.size === 0) return { file, copies, absent: absent() };
  const given = new Map(initializers);
  const used = new Set<string>();
  const nodes = file.nodes.map((node) => {
    if (!node.inputs.some((value) => shared.has(value))) return node;
    const inputs = node.inputs.map((value, position) => {
      if (!shared.has(value)) return value;
      const name = nameOf(node, position, exported, initializers, missing, used);
      used.add(name);
      if (name === value) return value;
      if (!given.has(name)) copies.push(name);
      given.set(name, { ...initializers.get(value)!, name });
      return name;
    });
    return { ...node, inputs };
  });
  return { file: { ...file, nodes, initializers: given }, copies, absent: absent() };
}

/** Parameters and buffers that the network had, of which the file has nothing. */
function missingIn(
  { parameters, buffers, madeOf }: Exported,
  initializers: ReadonlyMap<string, OnnxTensor>,
): ReadonlySet<string> {
  const sources = new Set([...madeOf.values()].flat());
  const names = [...parameters, ...buffers].filter((name) => !name.endsWith('num_batches_tracked'));
  return new Set(names.filter((name) => !initializers.has(name) && !sources.has(name)));
}

/** Float32 arrays that are taken in several places, of learned ones and buffers: numbers of the exporter's may stay one. */
function sharedIn({ nodes, initializers, exported }: OnnxFile): ReadonlySet<string> {
  const once = new Set<string>();
  const twice = new Set<string>();
  for (const { inputs } of nodes)
    for (const value of inputs) {
      const tensor = initializers.get(value);
      if (tensor?.type !== 'float32' || !exported) continue;
      if (isLearned(exported, value) || exported.buffers.has(value)) (once.has(value) ? twice : once).add(value);
    }
  return twice;
}

const lastPart = (name: string, parts: number): string => name.split('.').slice(-parts).join('.');

/** The parameter that stood in the place of a shared array. */
function nameOf(
  { inputs, outputs }: OnnxNode,
  position: number,
  { takes }: Exported,
  initializers: ReadonlyMap<string, OnnxTensor>,
  missing: ReadonlySet<string>,
  used: ReadonlySet<string>,
): string {
  const value = inputs[position]!;
  const taken = takes.get(outputs[0] ?? '') ?? [];
  const arrays = inputs.flatMap((name, at) => (initializers.get(name)?.type === 'float32' ? [at] : []));
  const fits = (name: string | undefined): name is string =>
    name === value || (name !== undefined && missing.has(name));
  const placed = taken[arrays.indexOf(position)];
  if (arrays.length === taken.length && fits(placed)) return placed;
  const alike = taken.filter((name) => fits(name) && lastPart(name, 1) === lastPart(value, 1));
  if (alike.length === 1) return alike[0]!;
  // Nodes that the exporter put together have no notes: the next one that is called so.
  if (!used.has(value)) return value;
  for (const name of missing) if (!used.has(name) && lastPart(name, 2) === lastPart(value, 2)) return name;
  for (let k = 2; ; k++) if (!used.has(`${value} (${k})`)) return `${value} (${k})`;
}
