import { describe, expect, it } from 'vitest';
import { Graph } from '../graph/graph.js';
import { array } from '../testing/float-array.js';
import { exampleOf, port, runGradients } from '../testing/compare.js';
import { NetworkBuilder } from '../testing/network-builder.js';
import { withGraph, type Numbers } from '../testing/run-graph.js';
import { inferTypes } from '../types/infer.js';
import { addExampleGradients } from './example-gradients.js';
import { addForward } from './forward.js';
import { addGradients } from './gradients.js';

function written(b: NetworkBuilder, output: string, inputShape: number[]) {
  const network = b.build(output);
  const graph = new Graph();
  const types = inferTypes(network, inputShape);
  const input = graph.input(port('x', ['N', ...inputShape]));
  const tensors = new Map(network.tensors.map(({ name, shape }) => [name, graph.input(port(name, shape))]));
  const { dims } = types.get(output)!;
  const outputGradient = graph.input(port('weights', dims.map((dim) => (typeof dim === 'number' ? dim : 'N')))); // prettier-ignore
  return { network, graph, types, input, tensors, outputGradient };
}

describe('gradients', () => {
  it('of equal numbers in a window go to the first, and add up where windows overlap', async () => {
    const b = new NetworkBuilder();
    const network = b.build(b.node('MaxPool', ['x'], { kernel_shape: [3], strides: [1] }));
    const given = new Map([['x', array([1, 1, 6], [1, 2, 2, 2, 0, 2])]]);
    const { gradients, weights } = await runGradients({ network, inputShape: [1, 6], examples: 1, given });
    const [a, c, d, e] = [...weights.values] as [number, number, number, number];
    const expected = [0, a + c, d, e, 0, 0].map(Math.fround);
    expect([...Array.from(gradients.get('x')!.values)]).toEqual(
      expected.map((value) => expect.closeTo(value, 6) as number),
    );
  });

  it('of a power of 0 are zeros, where what is raised is 0 too', async () => {
    const b = new NetworkBuilder();
    const network = b.build(b.node('Pow', ['x', b.constant('float32', [2], [0, 2])]));
    const given = new Map([['x', array([2, 2], [0, 0, 3, 3])]]);
    const { gradients, weights } = await runGradients({ network, inputShape: [2], examples: 2, given });
    expect(Array.from(gradients.get('x')!.values, (value) => value + 0)).toEqual([
      0,
      0,
      0,
      Math.fround(6 * weights.values[3]!),
    ]);
  });

  it('of what the output does not depend on are zeros', async () => {
    const b = new NetworkBuilder();
    b.tensor(2, 2);
    const network = b.build(b.node('Relu', ['x']));
    const { gradients } = await runGradients(exampleOf(network, [3], 1));
    expect(gradients.get('w0')).toMatchObject({ shape: [2, 2], values: new Float32Array(4) });
  });

  it('pass a mask of a Dropout as its values do', async () => {
    const b = new NetworkBuilder();
    const dropped = b.node('Dropout', [b.node('Mul', ['x', b.tensor(3)])]);
    const { network, graph, types, input, tensors, outputGradient } = written(b, dropped, [3]);
    const masks = new Map([[dropped, graph.input(port('mask', ['N', 3]))]]);
    const forward = addForward(graph, network, types, { input, tensors, masks });
    graph.output(forward.output, port('out', ['N', 3]));
    graph.output(addGradients(network, types, forward, outputGradient, ['w0']).get('w0')!, port('by w', [3]));
    const row = (...values: number[]): Numbers => ({ shape: [1, 3], values });
    const feeds = {
      x: row(1, 2, 3),
      w0: { shape: [3], values: [5, 6, 7] },
      mask: row(0, 2, 2),
      weights: row(1, 10, 100),
    };
    const results = await withGraph(graph, (run) => run(feeds));
    expect([...Array.from(results['out']!.values)]).toEqual([0, 24, 42]);
    expect([...Array.from(results['by w']!.values)]).toEqual([0, 40, 600]);
  });

  it('are refused by name where an operator on the way has none, and only there', () => {
    const b = new NetworkBuilder();
    const [w, v] = [b.tensor(3), b.tensor(3)];
    const statistics = [b.constant('float32', [3], [1, 1, 1]), w, b.constant('float32', [3], [0, 0, 0]), b.tensor(3)];
    const normal = b.node('BatchNormalization', [b.node('Mul', ['x', v]), ...statistics]);
    const { network, graph, types, input, tensors, outputGradient } = written(b, normal, [3]);
    const forward = addForward(graph, network, types, { input, tensors });
    expect([...addGradients(network, types, forward, outputGradient, [w, v]).keys()]).toEqual([w, v]);
    expect(() => addGradients(network, types, forward, outputGradient, [statistics[3]!])).toThrow(
      expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject: normal }),
    );
  });
});

describe('gradients by example are refused', () => {
  const refused: [string, number[], (b: NetworkBuilder) => string, string][] = [
    ['over a softmax of examples', [3], (b) => b.node('Softmax', [b.node('Mul', ['x', b.tensor(3)])], { axis: 0 }), 'it goes over examples'], // prettier-ignore
    ['of a mean over examples', [3], (b) => b.node('Sub', ['x', b.node('ReduceSum', [b.node('Mul', ['x', b.tensor(3)]), b.ints(0)])]), 'does not keep the examples to one axis'], // prettier-ignore
    ['of products of examples', [3], (b) => b.node('MatMul', [b.node('Mul', ['x', b.tensor(3)]), b.node('Transpose', ['x'])]), '[N, N] does not keep the examples to one axis'], // prettier-ignore
    ['where a shape moves elements between them', [2, 3], (b) => b.node('Reshape', [b.node('Transpose', [b.node('Mul', ['x', b.tensor(3)])], { perm: [1, 0, 2] }), b.ints(-1, 3)]), 'moves elements between examples'], // prettier-ignore
    ['of tensors that are computed with first', [3], (b) => b.node('Mul', ['x', b.node('Exp', [b.tensor(3)])]), 'a tensor that is computed with'], // prettier-ignore
    ['of what is divided by ones that were added up over examples', [3], (b) => {
      const ones = b.node('ConstantOfShape', [b.node('Shape', ['x'])], { value: 1 });
      return b.node('Div', [b.node('Mul', ['x', b.tensor(3)]), b.node('ReduceSum', [ones, b.ints(0)])]);
    }, 'does not keep the examples to one axis'], // prettier-ignore
    ['of what is divided by the number of examples', [3], (b) => {
      const rows = b.node('Cast', [b.node('Gather', [b.node('Shape', ['x']), b.constant('int64', [], [0])])], { to: 1 });
      return b.node('Div', [b.node('Mul', ['x', b.tensor(3)]), rows]);
    }, 'computes with the number of examples'], // prettier-ignore
    ['of what is multiplied by the number of examples, repeated for each', [3], (b) => {
      const rows = b.node('Cast', [b.node('Shape', ['x'], { start: 0, end: 1 })], { to: 1 });
      return b.node('Mul', [b.node('Mul', ['x', b.tensor(3)]), b.node('Expand', [rows, b.node('Shape', ['x'])])]);
    }, 'computes with the number of examples'], // prettier-ignore
  ];

  it.each(refused)('%s', (_, inputShape, write, why) => {
    const b = new NetworkBuilder();
    const { network, graph, types, input, tensors, outputGradient } = written(b, write(b), inputShape);
    const forward = addForward(graph, network, types, { input, tensors });
    const names = network.tensors.map((tensor) => tensor.name);
    // The plain gradient is there.
    expect(addGradients(network, types, forward, outputGradient, names).size).toBe(1);
    expect(() => addExampleGradients(network, types, forward, outputGradient, names)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', message: expect.stringContaining(why) as string }),
    );
  });
});
