import { describe, expect, it } from 'vitest';
import { parseWith } from '../base/parse.js';
import { normalisationTensors } from './normalisation.js';
import { modelSpecSchema, type ModelSpec } from './spec.js';

type Node = readonly [op: string, inputs: string, output: string];

/** A graph of nodes in front of a dense layer; each input that is written in capitals is a tensor. */
function graphOf(nodes: readonly Node[], constants: readonly string[] = []): ModelSpec {
  const tensors = [...new Set(nodes.flatMap(([, inputs]) => inputs.split(' ')).filter((name) => /^[A-Z]/.test(name)))];
  return parseWith(
    modelSpecSchema,
    {
      inputShape: [2, 4],
      layers: [
        { type: 'group-norm', groups: 2 },
        {
          ...{ type: 'graph', opset: 21, input: 'x', output: nodes.at(-1)![2], outputShape: [4] },
          nodes: nodes.map(([op, inputs, output]) => ({ op, inputs: inputs.split(' '), outputs: [output] })),
          constants: constants.map((name) => ({ name, type: 'float32', shape: [1], values: [1] })),
          tensors: tensors.map((name) => ({ name, shape: [4] })),
        },
        { type: 'dense', units: 1 },
      ],
      loss: 'squared-error',
    },
    'the model',
  );
}
const layers = ['0.group-norm.scale', '0.group-norm.shift'];
const named = (...names: string[]) => [...layers, ...names.map((name) => `1.graph.${name}`)];

describe('the tensors of normalisations', () => {
  it.each(['BatchNormalization', 'GroupNormalization', 'InstanceNormalization', 'LayerNormalization'])(
    'are scale and shift of %s, and of group-norm layers',
    (op) => {
      const statistics = op === 'BatchNormalization' ? ' Mean Variance' : '';
      const model = graphOf([
        ['Conv', 'x Kernel Bias', 'a'],
        [op, `a Scale Shift${statistics}`, 'b'],
        ['Relu', 'b', 'y'],
      ]);
      expect(normalisationTensors(model)).toEqual(named('Scale', 'Shift'));
    },
  );

  it('are in the order of the layout, each once, also where they come in another form, and without a shift', () => {
    const model = graphOf([
      ['Mul', 'x Late', 'a'],
      ['Unsqueeze', 'First axes', 'first'],
      ['LayerNormalization', 'a first', 'b'],
      ['LayerNormalization', 'b Late First', 'c'],
      ['LayerNormalization', 'c a', 'y'],
    ]);
    expect(normalisationTensors(model)).toEqual(named('Late', 'First'));
  });

  it('are what stands behind an instance normalisation between reshapes, and nothing behind others', () => {
    const written = (op: string, ...rest: Node[]) =>
      graphOf([['Reshape', 'x groups', 'a'], [op, 'a one zero', 'b'], ['Reshape', 'b apart', 'c'], ...rest], ['one', 'zero']); // prettier-ignore
    const scaled: Node[] = [
      ['Reshape', 'Scale column', 'scale'],
      ['Mul', 'scale c', 'd'],
      ['Add', 'd Shift', 'e'],
      ['Add', 'e Other', 'f'],
      ['Mul', 'f Gate', 'y'],
    ];
    expect(normalisationTensors(written('InstanceNormalization', ...scaled))).toEqual(named('Scale', 'Shift'));
    expect(normalisationTensors(written('LayerNormalization', ...scaled))).toEqual(layers);
    // A residual connection: what is added is no tensor, or goes two ways.
    expect(normalisationTensors(written('InstanceNormalization', ['Add', 'c x', 'd'], ['Add', 'd Other', 'y']))).toEqual(layers); // prettier-ignore
    const both: Node[] = [
      ['Mul', 'c Scale', 'd'],
      ['Add', 'd Shift', 'e'],
      ['Add', 'd e', 'y'],
    ];
    expect(normalisationTensors(written('InstanceNormalization', ...both))).toEqual(named('Scale'));
  });

  it('come to an end for a graph that goes in circles, which trainers refuse', () => {
    const model = graphOf([
      ['Reshape', 'b s', 'a'],
      ['Reshape', 'a s', 'b'],
      ['InstanceNormalization', 'x a b', 'c'],
      ['Reshape', 'c s', 'd'],
      ['Reshape', 'd s', 'c'],
      ['LayerNormalization', 'x Scale Shift', 'y'],
    ]);
    expect(normalisationTensors(model)).toEqual(named('Scale', 'Shift'));
  });

  it('are none of a model without normalisation', () => {
    const { layers: all, ...rest } = graphOf([['MatMul', 'x Kernel', 'y']]);
    expect(normalisationTensors({ ...rest, layers: all.slice(1) })).toEqual([]);
  });
});
