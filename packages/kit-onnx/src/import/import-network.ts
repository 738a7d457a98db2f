import { graphLayerSchema, parseWith, type GraphLayer, type NamedTensor } from '@fedward/core';
import type { OnnxFile } from '../file/onnx-file.js';
import type { Network } from '../network/network.js';
import { inferTypes, type Types } from '../types/infer.js';
import { withGroupNorm } from './batch-norm.js';
import { chooseInput, chooseOutput, howToExport } from './choose-ports.js';
import { draftOf, freshName, refused, withWholeNumbers, type Draft } from './draft.js';
import { withAnyBatch } from './fixed-batch.js';
import { withKnown } from './known.js';
import { withLogits } from './logits.js';
import { namingFile } from './naming-file.js';
import { rolesOf } from './roles.js';
import { withRowsApart } from './rows.js';
import { shortened } from './shortened.js';

/** Of `importNetwork`. */
export interface ImportOptions {
  /** SHA-256 of the file, hexadecimal: the layer's `source`. */
  readonly sha256?: string;
  /** The output that is trained, where the file has several. */
  readonly output?: string;
  /**
   * Where the file has channels in its input of three dimensions or more. `first` (default), as PyTorch has them: examples,
   * which have them last, are turned round before the network.
   */
  readonly channels?: 'first' | 'last';
  /** `keep` (default): running statistics stay as they are, frozen. */
  readonly batchNorm?: 'keep' | 'group-norm';
  /** The most groups of such a group norm. Default 32. */
  readonly groups?: number;
  /** Keep a Softmax or Sigmoid at the end. Default: it is left out, since losses take logits. */
  readonly keepActivation?: boolean;
  /** Keep as one what the file has once for several places. Default: each place has weights of its own (see `draftOf`). */
  readonly keepShared?: boolean;
}

/** A file as a layer of a model. */
export interface ImportedNetwork {
  readonly layer: GraphLayer;
  /** Of one example, channels last. */
  readonly inputShape: readonly number[];
  /** The file's weights, by the names of the layer's tensors, in their order. */
  readonly parameters: readonly (NamedTensor & { readonly values: Float32Array })[];
  /** Names of tensors that must be frozen: running statistics. */
  readonly frozen: readonly string[];
  /** What was changed or left out, in sentences. */
  readonly notes: readonly string[];
}

/** The versions of ONNX's operators that are read. */
const opsets = { first: 13, last: 25 };

/**
 * An ONNX file as a layer that can be trained: its graph as data, its float32 arrays as named tensors.
 *
 * @throws {FedwardError} CONFIG_INCOMPATIBLE, naming the node, value or tensor: an operator that is not in the set or does not
 *   fit, inputs and outputs that are no examples and answers, another number of examples in than out; CONFIG_INVALID for what
 *   no plan can hold, such as 20,001 nodes
 */
export function importNetwork(file: OnnxFile, options: ImportOptions = {}): ImportedNetwork {
  return namingFile(file.name, () => networkIn(file, options));
}

function networkIn(file: OnnxFile, options: ImportOptions): ImportedNetwork {
  if (file.opset < opsets.first || file.opset > opsets.last)
    throw refused(
      file.name,
      `it uses version ${file.opset} of ONNX's operators; read are ${opsets.first} to ${opsets.last}: export with ${howToExport}`,
      'opset',
    );
  const input = chooseInput(file);
  const wanted = chooseOutput(file, options.output);
  let draft = withAnyBatch(draftOf(file, input.name, wanted, options.keepShared), input);
  if (!options.keepActivation) draft = withLogits(draft);
  draft = withInput(draft, input.shape, options.channels ?? 'first');
  if (draft.nodes.length === 0) throw refused(file.name, 'its output is its input or a constant', wanted);
  const inputShape = options.channels === 'last' ? input.shape : channelsLast(input.shape);
  if (options.batchNorm === 'group-norm') {
    const types = inferTypes(networkOf(draft), inputShape);
    draft = withGroupNorm(draft, options.groups ?? 32, (value) => types.get(value)?.dims.length);
  }
  draft = withKnown(draft, inferTypes(networkOf(draft), inputShape));
  draft = withRowsApart(draft, inferTypes(networkOf(draft), inputShape));
  const { draft: ended, shape: outputShape } = withAnswers(draft, inferTypes(networkOf(draft), inputShape));
  const { constants, tensors, frozen, kept } = rolesOf(ended);
  const layer = parseWith(
    graphLayerSchema,
    {
      ...{ type: 'graph', opset: ended.opset, input: ended.input, output: ended.output, outputShape },
      nodes: ended.nodes.map(({ op, inputs, outputs, attributes }) => {
        const some = Object.keys(attributes).length > 0;
        return { op, inputs, outputs, ...(some && { attributes }) };
      }),
      constants,
      tensors: tensors.map(({ name, shape }) => ({ name, shape })),
      ...(options.sha256 !== undefined && { source: { sha256: options.sha256 } }),
    },
    file.name,
  );
  const parameters = tensors.map(({ name, shape, values }) => ({ name, shape, values: values as Float32Array }));
  const names = tensors.map(({ name }) => name).filter((name) => !frozen.includes(name));
  const notes = [...ended.notes, ...otherNotes(file, ended, { names, kept, frozen })];
  return { layer, inputShape, parameters, frozen, notes };
}

/** With the examples' input: channels last in, and where the file has them first, turned round. */
function withInput(draft: Draft, shape: readonly number[], channels: 'first' | 'last'): Draft {
  if (shape.length === 1 || channels === 'last') return draft;
  const name = freshName(draft, 'examples');
  const perm = [0, shape.length, ...shape.slice(1).map((_, axis) => axis + 1)];
  const turn = { name, op: 'Transpose', inputs: [name], outputs: [draft.input], attributes: { perm } };
  return { ...draft, input: name, nodes: [turn, ...draft.nodes] };
}

function channelsLast([channels, ...positions]: readonly number[]): readonly number[] {
  return [...positions, channels!];
}

/** The draft with an output of [N, ...]; [N] becomes [N, 1]. */
function withAnswers(draft: Draft, types: Types): { readonly draft: Draft; readonly shape: readonly number[] } {
  const { type, dims } = types.get(draft.output)!;
  const called = `its output ${JSON.stringify(draft.output)}`;
  if (type !== 'float32') throw refused(draft.file, `${called} is ${type}, and answers are float32`, draft.output);
  const [batch, ...rest] = dims;
  const whole = rest.every((dim) => typeof dim === 'number');
  if (typeof batch !== 'object' || batch.batch !== 1 || !whole || rest.length > 4)
    throw refused(draft.file, `${called} is not [N, ...] for N examples: export with ${howToExport}`, draft.output);
  if (rest.length > 0) return { draft, shape: rest as number[] };
  const [withShape, shape] = withWholeNumbers(draft, 'one value', [-1, 1]);
  const output = freshName(withShape, `${draft.output} as a column`);
  const column = { name: output, op: 'Reshape', inputs: [draft.output, shape], outputs: [output], attributes: {} };
  return { draft: { ...withShape, output, nodes: [...withShape.nodes, column] }, shape: [1] };
}

/** As types are inferred from. */
function networkOf(draft: Draft): Network {
  const { constants, tensors } = rolesOf(draft);
  return { opset: draft.opset, input: draft.input, output: draft.output, nodes: draft.nodes, constants, tensors };
}

/** @param names of the tensors that are trained */
function otherNotes(
  file: OnnxFile,
  draft: Draft,
  { names, kept, frozen }: { readonly [list in 'names' | 'kept' | 'frozen']: readonly string[] },
): string[] {
  const trained = new Set(names);
  const apart = draft.apart.filter((name) => trained.has(name));
  const used = new Set(draft.nodes.flatMap(({ inputs }) => inputs));
  const unused = [...file.initializers.keys()].filter((name) => !used.has(name));
  return [
    ...(apart.length > 0
      ? [`Stand in the file as copies of others, and are trained apart from them: ${shortened(apart)}.`]
      : []),
    ...(frozen.length > 0
      ? [`Running statistics and what else is not learned stay as they are, frozen: ${shortened(frozen)}.`]
      : []),
    ...(kept.length > 0 ? [`Stay as they are, as constants: ${shortened(kept)}.`] : []),
    ...(unused.length > 0 ? [`Left out, since the output does not need it: ${shortened(unused)}.`] : []),
  ];
}
