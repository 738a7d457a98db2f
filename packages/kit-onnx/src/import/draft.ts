import { FedwardError } from '@fedward/core';
import { elementTypes } from '../graph/graph.js';
import { isLearned } from '../file/exported.js';
import type { OnnxAttribute, OnnxFile, OnnxNode } from '../file/onnx-file.js';
import type { OnnxTensor } from '../file/tensor.js';
import { withCopies } from './copies.js';
import { shortened } from './shortened.js';

/** A node whose attributes a plan can hold. */
export interface DraftNode {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, number | string | readonly number[]>>;
}

/** A network while it is made out of a file; each step gives a new one. */
export interface Draft {
  readonly file: string;
  readonly opset: number;
  readonly input: string;
  readonly output: string;
  readonly nodes: readonly DraftNode[];
  /** What the file gives numbers for. */
  readonly given: ReadonlyMap<string, OnnxTensor>;
  /** Names of those that were written into nodes (`Constant`): never trained. */
  readonly written: ReadonlySet<string>;
  /** Names of those that stand once in the file, for several places, and have numbers of their own here. */
  readonly apart: readonly string[];
  /** Names of those that are not learned, by what the exporter noted. */
  readonly fixed: ReadonlySet<string>;
  /** Whether the exporter noted what is learned. */
  readonly noted: boolean;
  /** What was done that changes what the network is, in sentences. */
  readonly notes: readonly string[];
}

/** Of a layer in a plan. */
const mostNodes = 20_000;

/** Of what a file has and no plan can hold, or no trainer trains. @param subject the node or the value */
export function refused(file: string, why: string, subject: string): FedwardError {
  return new FedwardError('CONFIG_INCOMPATIBLE', `${file}: ${why}`, subject);
}

/**
 * The nodes that the output needs, `Constant` nodes as constants.
 *
 * PyTorch writes weights that are equal when a network is exported (all scales of a new network are 1) once, with `Identity`
 * nodes for the others: trained, they would stay one. Each gets numbers of its own.
 * @param keepShared what stands once stays one
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming a node of another domain, or with an attribute that is no number, text or
 *   list of numbers
 */
export function draftOf(original: OnnxFile, input: string, output: string, keepShared = false): Draft {
  const { file: apart, copies, absent } = withCopies(original);
  const file = keepShared ? original : apart;
  const makers = new Map(file.nodes.flatMap((node) => node.outputs.map((value) => [value, node] as const)));
  const needed = new Set<OnnxNode>();
  const look = [output];
  for (let value = look.pop(); value !== undefined; value = look.pop()) {
    const maker = makers.get(value);
    if (!maker || needed.has(maker)) continue;
    needed.add(maker);
    look.push(...maker.inputs);
  }
  if (needed.size > mostNodes)
    throw refused(file.name, `it has ${needed.size} nodes; the most is ${mostNodes}`, output);
  const given = new Map(file.initializers);
  const written = new Set<string>();
  const parted = keepShared ? [] : [...copies];
  const nodes = file.nodes.flatMap((node) => {
    if (!needed.has(node)) return [];
    if (node.op === 'Constant' && node.domain === '') {
      const constant = constantOf(node, file.name);
      given.set(constant.name, constant);
      written.add(constant.name);
      return [];
    }
    const [own] = node.outputs;
    const shared = given.get(node.inputs[0] ?? '');
    if (node.op === 'Identity' && shared && !keepShared && own !== undefined && own !== output) {
      given.set(own, { ...shared, name: own });
      if (written.has(shared.name)) written.add(own);
      else parted.push(own);
      return [];
    }
    return [draftNode(node, file.name)];
  });
  const notes = [
    ...(absent.length > 0
      ? [
          `PyTorch's exporter left out (dynamo=True leaves out biases that are 0), so that they can't be trained: ${shortened(absent)}.`,
        ]
      : []),
  ];
  const { exported } = file;
  const fixed = new Set(
    exported
      ? [...file.initializers.keys()].filter((name) => !isLearned(exported, name) && !parted.includes(name))
      : [],
  );
  return {
    file: file.name,
    opset: file.opset,
    input,
    output,
    nodes,
    given,
    written,
    apart: parted,
    fixed,
    noted: exported !== undefined,
    notes,
  };
}

function draftNode({ name, op, domain, inputs, outputs, attributes }: OnnxNode, file: string): DraftNode {
  if (domain !== '')
    throw refused(
      file,
      `node ${JSON.stringify(name)} is the operator ${op} of ${domain}, which is none of ONNX's own`,
      name,
    );
  const kept = [...attributes].flatMap(([key, value]): [string, DraftNode['attributes'][string]][] => {
    if (isPlain(value)) return [[key, value]];
    // A plan has it as the number, beside the type of elements.
    if (op === 'ConstantOfShape' && key === 'value' && isTensor(value) && value.values.length === 1)
      return [[key, value.values[0]!], ['type', elementTypes[value.type]]]; // prettier-ignore
    throw refused(file, `node ${JSON.stringify(name)} (${op}) has an attribute ${key} that no plan can hold`, name);
  });
  return { name, op, inputs, outputs, attributes: Object.fromEntries(kept) };
}

function isPlain(value: OnnxAttribute): value is number | string | readonly number[] {
  if (Array.isArray(value)) return value.every((one) => typeof one === 'number');
  return typeof value !== 'object';
}

function isTensor(value: OnnxAttribute): value is OnnxTensor {
  return typeof value === 'object' && 'values' in value && !Array.isArray(value);
}

function constantOf({ name, outputs, attributes }: OnnxNode, file: string): OnnxTensor {
  const refuse = (): never => {
    throw refused(file, `node ${JSON.stringify(name)} (Constant) holds what is neither a tensor nor a number`, name);
  };
  const [called] = outputs;
  const [entry] = attributes;
  if (called === undefined || !entry) return refuse();
  const [key, value] = entry;
  if (isTensor(value)) return { ...value, name: called };
  const numbers = [value].flat();
  if (!numbers.every((one) => typeof one === 'number')) return refuse();
  const shape = Array.isArray(value) ? [value.length] : [];
  return key.startsWith('value_int')
    ? { name: called, type: 'int64', shape, values: Float64Array.from(numbers) }
    : { name: called, type: 'float32', shape, values: Float32Array.from(numbers) };
}

/** Names of all that a draft has. */
export function namesIn({ input, given, nodes }: Draft): Set<string> {
  return new Set([input, ...given.keys(), ...nodes.flatMap(({ outputs }) => outputs)]);
}

/** A name that is not taken. */
export function unlike(taken: ReadonlySet<string>, wanted: string): string {
  for (let i = 0; ; i++) {
    const name = i === 0 ? wanted : `${wanted} ${i}`;
    if (!taken.has(name)) return name;
  }
}

/** A name that no value of the draft has. */
export function freshName(draft: Draft, wanted: string): string {
  return unlike(namesIn(draft), wanted);
}

/** With a constant of whole numbers more. */
export function withWholeNumbers(draft: Draft, wanted: string, values: readonly number[]): [Draft, string] {
  const name = freshName(draft, wanted);
  const constant = { name, type: 'int64', shape: [values.length], values: Float64Array.from(values) } as const;
  const given = new Map(draft.given).set(name, constant);
  return [{ ...draft, given, written: new Set(draft.written).add(name) }, name];
}

/** A file's float32 arrays, by all names under which a network may have them: of copies too. */
export function weightsIn(file: OnnxFile): OnnxTensor[] {
  const { initializers, nodes } = withCopies(file).file;
  const given = new Map([...file.initializers, ...initializers].filter(([, { type }]) => type === 'float32'));
  for (const { op, domain, inputs, outputs } of nodes) {
    const shared = op === 'Identity' && domain === '' ? given.get(inputs[0] ?? '') : undefined;
    if (shared && outputs[0]) given.set(outputs[0], { ...shared, name: outputs[0] });
  }
  return [...given.values()];
}
