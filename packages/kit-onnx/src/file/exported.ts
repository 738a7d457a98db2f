import type { RawMessage } from './read-message.js';

/**
 * What PyTorch's exporter (`dynamo=True`) notes beside a network: what of it is learned. By these words roles and names of
 * tensors are chosen, and nothing else.
 */
export interface Exported {
  /** PyTorch's names of all parameters that the network had. */
  readonly parameters: ReadonlySet<string>;
  /** Of what it kept beside them, such as running statistics. */
  readonly buffers: ReadonlySet<string>;
  /** Of tensors that the exporter computed: the names of what they were computed of. */
  readonly madeOf: ReadonlyMap<string, readonly string[]>;
  /** Of nodes, by their first output: parameters and buffers that they were written for, in the order of PyTorch's operator. */
  readonly takes: ReadonlyMap<string, readonly string[]>;
}

const keys = {
  signature: 'pkg.torch.export.ExportedProgram.graph_signature',
  node: 'pkg.torch.onnx.fx_node',
  folded: 'pkg.onnxscript.optimizer.folded_from',
} as const;

/** Of one note; a longer one is left. */
const mostBytes = 2 ** 22;
const decoder = new TextDecoder();

function noteOf(message: RawMessage, key: string): string | undefined {
  const notes = message['metadata_props'] as readonly RawMessage[];
  const bytes = notes.find((one) => one['key'] === key)?.['note'] as Uint8Array | undefined;
  return bytes && bytes.length <= mostBytes ? decoder.decode(bytes) : undefined;
}

/** @returns undefined where the file has no such notes */
export function exportedOf(graph: RawMessage): Exported | undefined {
  const signature = noteOf(graph, keys.signature);
  if (signature === undefined) return undefined;
  const names = new Map<string, string>();
  const kinds = { PARAMETER: new Set<string>(), BUFFER: new Set<string>() };
  for (const [, node, kind, name] of signature.matchAll(/^(\S+): (PARAMETER|BUFFER) target='([^'\n]+)'/gm)) {
    names.set(node!, name!);
    kinds[kind as keyof typeof kinds].add(name!);
  }
  const madeOf = new Map<string, readonly string[]>();
  for (const value of graph['value_info'] as readonly RawMessage[]) {
    const folded = noteOf(value, keys.folded);
    if (folded !== undefined) madeOf.set(String(value['name'] ?? ''), Array.from(folded.matchAll(/'([^']*)'/g), ([, name]) => name!)); // prettier-ignore
  }
  const takes = new Map<string, readonly string[]>();
  for (const node of graph['node'] as readonly RawMessage[]) {
    const [output] = node['output'] as readonly string[];
    const text = noteOf(node, keys.node);
    if (output === undefined || text === undefined) continue;
    const taken = Array.from(text.matchAll(/%(\w+)/g), ([, name]) => names.get(name!)).filter((name) => name !== undefined); // prettier-ignore
    if (taken.length > 0) takes.set(output, taken);
  }
  return { parameters: kinds.PARAMETER, buffers: kinds.BUFFER, madeOf, takes };
}

/** Whether a tensor of a file is learned, or was computed of what is, by what the exporter noted. */
export function isLearned({ parameters, buffers, madeOf }: Exported, name: string): boolean {
  if (parameters.has(name)) return true;
  if (buffers.has(name)) return false;
  // What batch normalisation adds, where it was fused into a convolution without a bias.
  if (parameters.has(name.replace(/_bias$/, ''))) return true;
  return madeOf.get(name)?.some((source) => parameters.has(source)) ?? false;
}
