import { addExampleGradients } from '../gradient/example-gradients.js';
import { addForward } from '../gradient/forward.js';
import { addGradients } from '../gradient/gradients.js';
import { Graph } from '../graph/graph.js';
import { batchFactor } from '../types/dims.js';
import { inferTypes } from '../types/infer.js';
import { draw, port, relativeDifference, uniform, type Example } from './compare.js';
import { count } from './float-array.js';
import { interpret } from './interpreter.js';
import { withGraph, type Numbers } from './run-graph.js';

/**
 * Differences of what is written for gradients by example from the plain gradients of one example at a time: alone in its
 * batch, so that nothing of the others can be in it. (Where the output has several rows an example, whose number no port can
 * say, it stands among the others, of whose rows none has a weight.)
 * @returns for each tensor, of each gradient, the squared norms, and the weighted sum
 */
export async function exampleDifferences({
  network,
  inputShape,
  examples,
  given,
}: Example): Promise<Record<string, number>> {
  const names = network.tensors.map((tensor) => tensor.name);
  const output = interpret(network, given).get(network.output)!;
  const weights = draw(output.shape, uniform(3));
  const factors = draw([examples], uniform(4), 0, 1);
  const graph = new Graph();
  const input = graph.input(port(network.input, ['N', ...inputShape]));
  const tensors = new Map(network.tensors.map(({ name, shape }) => [name, graph.input(port(name, shape))]));
  const types = inferTypes(network, inputShape);
  const { dims } = types.get(network.output)!;
  const axis = dims.findIndex((dim) => typeof dim !== 'number');
  const alone = axis >= 0 && batchFactor(dims[axis]!) === 1;
  const outputGradient = graph.input(
    port('weights', output.shape.map((size, at) => (alone && at === axis ? 'N' : size))), // prettier-ignore
  );
  const factor = graph.input(port('factors', ['N']));
  const forward = addForward(graph, network, types, { input, tensors });
  const byExample = addExampleGradients(network, types, forward, outputGradient, names);
  const plain = addGradients(network, types, forward, outputGradient, names);
  for (const name of names) {
    const gradient = byExample.get(name)!;
    const { shape } = given.get(name)!;
    graph.output(plain.get(name)!, port(`plain ${name}`, shape));
    graph.output(gradient.squaredNorms(), { ...port(`norms ${name}`, ['N']), type: 'float64' });
    graph.output(gradient.weighted(factor), port(`sum ${name}`, shape));
    graph.output(gradient.each(), port(`each ${name}`, ['N', ...shape]));
  }
  return withGraph(graph, async (run) => {
    const feeds = { ...Object.fromEntries(given), factors };
    const all = await run({ ...feeds, weights });
    const results: Record<string, Numbers>[] = [];
    const inner = count(output.shape.slice(axis + 1)) * (output.shape[axis]! / examples);
    for (let n = 0; n < examples; n++) {
      const isOwn = (place: number): boolean => Math.floor(place / inner) % examples === n;
      if (alone) {
        const shape = output.shape.map((size, at) => (at === axis ? 1 : size));
        const own = { shape, values: Array.from(weights.values).filter((_, place) => isOwn(place)) };
        const x = exampleAt(given.get(network.input)!, n);
        results.push(await run({ ...feeds, [network.input]: x, weights: own, factors: { shape: [1], values: [1] } }));
      } else {
        const values = weights.values.map((weight, place) => (isOwn(place) ? weight : 0));
        results.push(await run({ ...feeds, weights: { shape: weights.shape, values } }));
      }
    }
    const eachOf = (name: string): number[][] => results.map((result) => Array.from(result[`plain ${name}`]!.values));
    // Of a shift before a normalization that takes it out again there is only what rounding left.
    const most = names.reduce((sofar, name) => Math.max(sofar, ...eachOf(name).flat().map(Math.abs)), 0);
    const least = Math.max(1e-3, 0.01 * most);
    return Object.fromEntries(
      names.flatMap((name) => {
        const each = eachOf(name);
        const norms = each.map((values) => values.reduce((sum, value) => sum + value * value, 0));
        const sum = each[0]!.map((_, place) => each.reduce((total, values, n) => total + values[place]! * factors.values[n]!, 0)); // prettier-ignore
        return [
          [`each ${name}`, relativeDifference(all[`each ${name}`]!.values, each.flat(), least)],
          [`norms ${name}`, relativeDifference(all[`norms ${name}`]!.values, norms)],
          [`sum ${name}`, relativeDifference(all[`sum ${name}`]!.values, sum, least)],
        ];
      }),
    );
  });
}

function exampleAt({ shape, values }: Numbers, n: number): Numbers {
  const width = values.length / shape[0]!;
  return { shape: [1, ...shape.slice(1)], values: Array.from(values).slice(n * width, (n + 1) * width) };
}
