import { FedwardError } from '@fedward/core';
import { exportedOf } from './exported.js';
import type { OnnxAttribute, OnnxFile, OnnxNode, OnnxPort } from './onnx-file.js';
import { readMessage, type RawMessage } from './read-message.js';
import { sortNodes } from './sort-nodes.js';
import { dataTypeNames, tensorOf, type OnnxTensor } from './tensor.js';

/** What protobuf itself can hold. */
export const mostBytes = 2 ** 31 - 1;
/** More than any network that is trained here. */
const mostNodes = 100_000;

/**
 * Reads an ONNX file that anybody may have written. No other file is touched; memory is at most some times the file's size.
 *
 * @param name how messages call it, such as its path
 * @throws {FedwardError} FILE_INVALID saying what and where: what is no ONNX model, is cut short or damaged; values that are
 *   given twice, by nobody, or in a circle; shapes that do not fit their numbers; weights in other files, sparse weights,
 *   functions, graphs inside of nodes, and training graphs, none of which are read
 */
export function readOnnx(bytes: Uint8Array, name = 'the file'): OnnxFile {
  if (bytes.length > mostBytes) throw tooLarge(name, bytes.length);
  const refuse = (why: string, subject = name): never => {
    throw new FedwardError('FILE_INVALID', `${name}: ${why}`, subject);
  };
  const model = readMessage(bytes, 'ModelProto', name);
  const graph = model['graph'] as RawMessage | undefined;
  if (!graph) return refuse('it is no ONNX model: there is no graph in it');
  const lists = (message: RawMessage, member: string): readonly RawMessage[] => message[member] as RawMessage[];
  if (lists(model, 'training_info').length > 0) return refuse('it has a training graph, which is not read');
  if (lists(model, 'functions').length > 0)
    return refuse('it has functions of its own, which are not read: export with them written out (inlined)');
  if (lists(graph, 'sparse_initializer').length > 0) return refuse('it has sparse tensors, which are not read');
  const own = lists(model, 'opset_import').filter(({ domain = '' }) => domain === '' || domain === 'ai.onnx');
  if (own.length !== 1) return refuse("it does not say once which version of ONNX's operators it uses");

  const initializers = new Map<string, OnnxTensor>();
  for (const raw of lists(graph, 'initializer')) {
    const tensor = textOf(raw, 'name');
    if (tensor === '') return refuse('a tensor has no name');
    if (initializers.has(tensor)) return refuse(`two tensors are called ${JSON.stringify(tensor)}`, tensor);
    initializers.set(tensor, tensorOf(raw, tensor, name));
  }
  if (lists(graph, 'node').length > mostNodes) return refuse(`it has more than ${mostNodes} nodes`);
  const nodes = lists(graph, 'node').map((raw, index) => nodeOf(raw, index, name));
  const inputs = lists(graph, 'input').map(portOf).filter((port) => !initializers.has(port.name)); // prettier-ignore
  const outputs = lists(graph, 'output').map(portOf);
  const sorted = sortNodes(nodes, [...initializers.keys(), ...inputs.map((port) => port.name)], outputs, name);
  const producer = [textOf(model, 'producer_name'), textOf(model, 'producer_version')].filter(Boolean).join(' ');
  return {
    name,
    opset: Number(own[0]!['version'] ?? 0),
    producer,
    nodes: sorted,
    initializers,
    inputs,
    outputs,
    exported: exportedOf(graph),
  };
}

/** Of a file of so many bytes. */
export function tooLarge(name: string, size: number): FedwardError {
  return new FedwardError('FILE_INVALID', `${name}: it has ${size} bytes; the most is ${mostBytes} (2 GB)`, name);
}

function textOf(raw: RawMessage, member: string): string {
  return (raw[member] as string | undefined) ?? '';
}

const decoder = new TextDecoder();

function nodeOf(raw: RawMessage, index: number, file: string): OnnxNode {
  const outputs = raw['output'] as readonly string[];
  const op = textOf(raw, 'op_type');
  const name = textOf(raw, 'name') || outputs.find(Boolean) || `node ${index}`;
  const refuse = (why: string): never => {
    throw new FedwardError('FILE_INVALID', `${file}: node ${JSON.stringify(name)} (${op}) ${why}`, name);
  };
  if (op === '') return refuse('names no operator');
  const attributes = new Map<string, OnnxAttribute>();
  for (const one of raw['attribute'] as readonly RawMessage[]) {
    const key = textOf(one, 'name');
    if (key === '') return refuse('has an attribute without a name');
    if (attributes.has(key)) return refuse(`has the attribute ${key} twice`);
    attributes.set(key, attributeOf(one, `${name}.${key}`, file, refuse));
  }
  const domain = textOf(raw, 'domain');
  const inputs = raw['input'] as readonly string[];
  return { name, op, domain: domain === 'ai.onnx' ? '' : domain, inputs, outputs, attributes };
}

/** By their numbers in onnx.proto. */
const attributeTypes = { 1: 'f', 2: 'i', 3: 's', 4: 't', 5: 'g', 6: 'floats', 7: 'ints', 8: 'strings', 10: 'graphs' };

function attributeOf(raw: RawMessage, name: string, file: string, refuse: (why: string) => never): OnnxAttribute {
  const key = textOf(raw, 'name');
  // IR version 1 had no types: the member that is there says it.
  const there = Object.values(attributeTypes).find((member) => member in raw && !isEmptyList(raw[member]));
  const type = Number(raw['type'] ?? 0);
  const member = type === 0 ? there : attributeTypes[type as keyof typeof attributeTypes];
  if (textOf(raw, 'ref_attr_name')) return refuse(`has the attribute ${key} of a function, which is not read`);
  switch (member) {
    case 'f':
    case 'i': {
      const value = Number(raw[member] ?? 0);
      if (!Number.isFinite(value)) return refuse(`has ${value} for the attribute ${key}`);
      return value;
    }
    case 's':
      return decoder.decode((raw['s'] as Uint8Array | undefined) ?? new Uint8Array(0));
    case 't':
      if (!raw['t']) return refuse(`has no tensor in its attribute ${key}`);
      return tensorOf(raw['t'] as RawMessage, name, file);
    case 'floats':
    case 'ints': {
      const values = raw[member] as readonly number[];
      if (!values.every(Number.isFinite)) return refuse(`has a number that is not finite in its attribute ${key}`);
      return values;
    }
    case 'strings':
      return (raw['strings'] as readonly Uint8Array[]).map((text) => decoder.decode(text));
    case 'g':
    case 'graphs':
      return refuse(`has a graph inside of it (${key}), which is not read: branches and loops can't be trained`);
    default:
      return refuse(`has the attribute ${key} of a kind that is not read`);
  }
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function portOf(raw: RawMessage): OnnxPort {
  const tensor = (raw['type'] as RawMessage | undefined)?.['tensor_type'] as RawMessage | undefined;
  const shape = tensor?.['shape'] as RawMessage | undefined;
  const dims = shape?.['dim'] as readonly RawMessage[] | undefined;
  return {
    name: textOf(raw, 'name'),
    type: tensor ? (dataTypeNames[Number(tensor['elem_type'] ?? 0)] ?? 'unknown') : 'no tensor',
    shape: dims?.map((dim) => ('dim_value' in dim ? Number(dim['dim_value']) : textOf(dim, 'dim_param'))),
  };
}
