import type { LossName } from '@fedward/core';
import {
  addExampleGradients,
  addForward,
  addGradients,
  emittedOpset,
  encodeModel,
  Graph,
  type Forward,
  type Value,
} from '@fedward/kit-onnx';
import { addClipFactors } from './clip-graph.js';
import type { Compiled } from './compiled.js';
import { addLossGradient } from './loss-graph.js';

/**
 * What a graph computes beside the outputs:
 * - `outputs`: nothing;
 * - `gradient`: the sum of the examples' gradients, of a loss that is by example;
 * - `given`: the same, of a gradient by the outputs that is given;
 * - `clipped`: the sum of the examples' clipped gradients, of a loss that is by example.
 */
export type Mode = 'outputs' | 'gradient' | 'given' | 'clipped';

/** One of a model's graphs. */
export interface GraphKind {
  readonly mode: Mode;
  /** With masks, as while training. */
  readonly masked: boolean;
  /** Names of tensors without a gradient. */
  readonly frozen: ReadonlySet<string>;
  /** Of the generalized cross-entropy. */
  readonly q?: number | undefined;
  /** Of `clipped`: relative error of one product. Default: that of float32. */
  readonly rounding?: number | undefined;
}

/** Names of the graph's inputs and outputs. */
export const ports = {
  input: 'x',
  outputs: 'z',
  targets: 'targets',
  weights: 'weights',
  given: 'z/gradient',
  most: 'most',
  norms: 'squared-norms',
  tensor: (name: string) => `tensor ${name}`,
  mask: (output: string) => `mask ${output}`,
  gradient: (name: string) => `gradient ${name}`,
} as const;

/** Of ONNX's files; 10 has the operators of version 21. */
const irVersion = 10;

/** Of two graphs of a model that are the same. */
export function keyOf({ digest, spec }: Compiled, { mode, masked, frozen, q, rounding }: GraphKind): string {
  return JSON.stringify([digest, spec.loss, mode, masked, [...frozen].sort(), q ?? null, rounding ?? null]);
}

/** The tensors that a graph gives gradients of, in the layout's order. */
export function trainedTensors({ layout }: Compiled, frozen: ReadonlySet<string>) {
  return layout.tensors.filter(({ name }) => !frozen.has(name));
}

/** A graph as an ONNX file. */
export function fileOf(graph: Graph): Uint8Array {
  return encodeModel({
    ir_version: irVersion,
    producer_name: 'fedward',
    graph: graph.toMessage('fedward', ''),
    opset_import: [{ domain: '', version: emittedOpset }],
  });
}

/**
 * One of a model's graphs.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE naming operator and node where one has no gradient, or none by example
 */
export function writeGraph(compiled: Compiled, kind: GraphKind): Graph {
  const { network, types, spec, width, layout, dropouts } = compiled;
  const graph = new Graph();
  const float = (name: string, shape: readonly (number | 'N')[], meaning: string): Value =>
    graph.input({ name, type: 'float32', shape, meaning });
  const input = float(ports.input, ['N', ...spec.inputShape], 'examples');
  const tensors = new Map(layout.tensors.map(({ name, shape }) => [name, float(ports.tensor(name), shape, 'weights')]));
  const masks = new Map(
    kind.masked
      ? dropouts.map(({ output, shape }) => [output, float(ports.mask(output), ['N', ...shape], 'of dropout')])
      : [],
  );
  const withGradient = kind.mode !== 'outputs';
  const forward = addForward(graph, network, types, { input, tensors, masks }, withGradient);
  graph.output(forward.output, { name: ports.outputs, type: 'float32', shape: ['N', width], meaning: 'outputs' });
  if (withGradient) {
    const wanted = trainedTensors(compiled, kind.frozen);
    const gradients = addWanted(
      graph,
      compiled,
      kind,
      forward,
      wanted.map(({ name }) => name),
    );
    for (const { name, shape } of wanted)
      graph.output(gradients.get(name)!, { name: ports.gradient(name), type: 'float32', shape, meaning: 'gradient' });
  }
  return graph;
}

function addWanted(
  graph: Graph,
  { network, types, spec, width }: Compiled,
  { mode, q, rounding }: GraphKind,
  forward: Forward,
  wanted: readonly string[],
): ReadonlyMap<string, Value> {
  const rows = (name: string, shape: readonly (number | 'N')[], meaning: string): Value =>
    graph.input({ name, type: 'float32', shape, meaning });
  if (mode === 'given') {
    const given = rows(ports.given, ['N', width], 'gradient by the outputs');
    return addGradients(network, types, forward, given, wanted);
  }
  const targets = rows(ports.targets, ['N', width], 'what the outputs should say');
  const weights = rows(ports.weights, ['N'], 'of the examples');
  const loss = spec.loss as Exclude<LossName, 'cox'>;
  const outputGradient = addLossGradient(graph, loss, { outputs: forward.output, targets, weights }, q);
  if (mode === 'gradient') return addGradients(network, types, forward, outputGradient, wanted);

  const examples = [...addExampleGradients(network, types, forward, outputGradient, wanted)];
  const sum = (values: readonly Value[]): Value => values.reduce((one, other) => graph.node('Add', [one, other]));
  const squares = examples.map(([, gradient]) => gradient.squaredNorms());
  const magnitudes = examples.map(([, gradient], i) => gradient.squaredMagnitudes?.() ?? squares[i]!);
  const norms = sum(squares);
  const most = graph.input({ name: ports.most, type: 'float64', shape: [], meaning: 'the longest that one may be' });
  const factors = addClipFactors(graph, norms, sum(magnitudes), most, rounding);
  graph.output(norms, { name: ports.norms, type: 'float64', shape: ['N'], meaning: 'squared norms before clipping' });
  return new Map(examples.map(([name, gradient]) => [name, gradient.weighted(factors)]));
}
