import { Graph, type Port } from '../graph/graph.js';
import type { Network } from '../network/network.js';
import { addForward } from '../gradient/forward.js';
import { addGradients } from '../gradient/gradients.js';
import { inferTypes } from '../types/infer.js';
import { array, count, type FloatArray } from './float-array.js';
import { directionalDerivative, interpret } from './interpreter.js';
import { withGraph, type Backend, type Numbers } from './run-graph.js';

/** Uniform in [0, 1), from a seed (mulberry32). */
export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Numbers that float32 has, so that both sides begin with the same. */
export function draw(shape: readonly number[], next: () => number, low = -1, high = 1): FloatArray {
  return array(
    shape,
    Float32Array.from({ length: count(shape) }, () => low + (high - low) * next()),
  );
}

/** An input or an output of float32. */
export function port(name: string, shape: readonly (number | 'N')[]): Port {
  return { name, type: 'float32', shape, meaning: '' };
}

export interface Example {
  readonly network: Network;
  /** Of one example. */
  readonly inputShape: readonly number[];
  readonly examples: number;
  /** The input and the tensors. */
  readonly given: ReadonlyMap<string, FloatArray>;
}

/** An example with values drawn between low and high. */
export function exampleOf(
  network: Network,
  inputShape: readonly number[],
  seed: number,
  [low, high] = [-1, 1],
  examples = 3,
): Example {
  // prettier-ignore
  const next = uniform(seed);
  const given = new Map([[network.input, draw([examples, ...inputShape], next, low, high)]]);
  for (const { name, shape } of network.tensors) given.set(name, draw(shape, next, low, high));
  return { network, inputShape, examples, given };
}

/** What is compared: output and gradients as the graph gives them on ONNX Runtime, and weights of the output. */
export interface Gradients {
  readonly output: Numbers;
  readonly weights: FloatArray;
  readonly gradients: ReadonlyMap<string, Numbers>;
}

/** Builds the graph of an example with gradients by all that is given, and runs it. */
export async function runGradients(
  { network, inputShape, given }: Example,
  seed = 1,
  wanted = [...given.keys()],
  backend: Backend = 'cpu',
): Promise<Gradients> {
  // prettier-ignore
  const expected = interpret(network, given).get(network.output)!;
  const weights = draw(expected.shape, uniform(seed));
  const graph = new Graph();
  const port = (name: string, shape: readonly (number | 'N')[]) =>
    ({ name, type: 'float32', shape, meaning: '' }) as const;
  const input = graph.input(port(network.input, ['N', ...inputShape]));
  const tensors = new Map(network.tensors.map(({ name, shape }) => [name, graph.input(port(name, shape))]));
  const outputGradient = graph.input(port('weights', expected.shape));
  const types = inferTypes(network, inputShape);
  const forward = addForward(graph, network, types, { input, tensors });
  const gradients = addGradients(network, types, forward, outputGradient, wanted);
  graph.output(forward.output, port('output of all', expected.shape));
  for (const [name, value] of gradients) graph.output(value, port(`by ${name}`, given.get(name)!.shape));
  const results = await withGraph(graph, (run) => run({ ...Object.fromEntries(given), weights }), backend);
  return {
    output: results['output of all']!,
    weights,
    gradients: new Map(wanted.map((name) => [name, results[`by ${name}`]!])),
  };
}

/** Largest difference, relative to the largest number of the second, or to `least`. */
export function relativeDifference(left: ArrayLike<number>, right: ArrayLike<number>, least = 1e-3): number {
  if (left.length !== right.length) return Number.POSITIVE_INFINITY;
  let most = 0;
  let scale = least;
  for (let at = 0; at < right.length; at++) {
    const difference = Math.abs(left[at]! - right[at]!);
    most = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(most, difference);
    scale = Math.max(scale, Math.abs(right[at]!));
  }
  return most / scale;
}

/** At most so many places of a tensor, spread over it. */
function somePlaces(length: number, most: number): number[] {
  if (length <= most) return Array.from({ length }, (_, place) => place);
  return Array.from({ length: most }, (_, at) => Math.floor((at * length) / most) + (at % 2));
}

/** What both sides of a comparison begin with: the output, and its gradient by all that is given. */
function checkedShapes({ network, given }: Example, { output, gradients }: Gradients): FloatArray {
  const expected = interpret(network, given).get(network.output)!;
  const shapes = [
    [output.shape, expected.shape],
    ...[...gradients].map(([name, { shape }]) => [shape, given.get(name)!.shape]),
  ] as const;
  for (const [is, right] of shapes)
    if (is!.join() !== right!.join()) throw new Error(`[${is!.join()}] where [${right!.join()}] is right`);
  return expected;
}

/**
 * Differences of the graph on ONNX Runtime (float32) from the interpreter (float64): of the output, and of gradients from
 * finite differences at up to `most` places of each tensor.
 */
export async function differences(example: Example, seed = 1, most = 40): Promise<Record<string, number>> {
  const { network, given } = example;
  const run = await runGradients(example, seed);
  const expected = checkedShapes(example, run);
  const result: Record<string, number> = { output: relativeDifference(run.output.values, expected.values) };
  for (const [name, { values }] of run.gradients) {
    const places = somePlaces(values.length, most);
    const right = places.map((moved) =>
      directionalDerivative(network, given, run.weights.values, name, (place) => Number(place === moved)),
    );
    result[name] = relativeDifference(places.map((place) => values[place]!), right); // prettier-ignore
  }
  return result;
}

/**
 * The same with every element of a gradient at once, by its product with two random directions of +1 and -1: relative to the
 * gradient's norm, or to a hundredth of the largest norm of the network's where a gradient is all but zero (a shift before a
 * normalization that takes it out again).
 */
export async function directionalDifferences(example: Example, seed = 1): Promise<Record<string, number>> {
  const { network, given } = example;
  const run = await runGradients(example, seed);
  const expected = checkedShapes(example, run);
  const norms = new Map([...run.gradients].map(([name, { values }]) => [name, Math.hypot(...Array.from(values))]));
  const least = Math.max(0.01 * Math.max(...norms.values()), 1e-3);
  const next = uniform(seed + 1);
  const result: Record<string, number> = { output: relativeDifference(run.output.values, expected.values) };
  for (const [name, { values }] of run.gradients)
    for (const which of ['first', 'second']) {
      const direction = Array.from({ length: values.length }, () => (next() < 0.5 ? -1 : 1));
      const along = direction.reduce((sum, sign, place) => sum + sign * values[place]!, 0);
      const right = directionalDerivative(network, given, run.weights.values, name, (place) => direction[place]!);
      result[`${name} ${which}`] = Math.abs(along - right) / Math.max(norms.get(name)!, least);
    }
  return result;
}
