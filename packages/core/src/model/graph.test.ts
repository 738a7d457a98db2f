import { describe, expect, it } from 'vitest';
import { parseWith } from '../base/parse.js';
import { frozenTensors } from '../training/frozen.js';
import { graphRefused, assertNoGraph } from '../training/graph-refused.js';
import { layoutOf, outputSize, placeLayers } from './shapes.js';
import { modelSpecSchema, type ModelSpecInput } from './spec.js';

const spec: ModelSpecInput = {
  inputShape: [3],
  layers: [
    {
      type: 'graph',
      opset: 17,
      input: 'x',
      output: 'y',
      outputShape: [2],
      nodes: [{ op: 'Gemm', inputs: ['x', '0.w', 'b'], outputs: ['y'], attributes: { transB: 1 } }],
      tensors: [
        { name: '0.w', shape: [2, 3], initial: { normal: 0.1 } },
        { name: 'b', shape: [2], initial: 'zeros' },
      ],
    },
    { type: 'dense', units: 1 },
  ],
  loss: 'squared-error',
};
const parse = (value: unknown) => parseWith(modelSpecSchema, value, 'the model');

describe('a graph as a layer', () => {
  it('brings its tensors under its position, and other layers follow it', () => {
    const model = parse(spec);
    expect(layoutOf(model).tensors.map(({ name }) => name)).toEqual([
      '0.graph.0.w',
      '0.graph.b',
      '1.dense.kernel',
      '1.dense.bias',
    ]);
    expect(placeLayers(model)[1]!.inputShape).toEqual([2]);
    expect(outputSize(model)).toBe(1);
  });

  it('keeps its tensors in its own order, whatever they are called', () => {
    const [graph, head] = spec.layers as [{ tensors: object[]; nodes: object[] }, object];
    const nodes = [{ op: 'Gemm', inputs: ['x', '12', '3'], outputs: ['y'], attributes: { transB: 1 } }];
    const tensors = [
      { name: '12', shape: [2, 3] },
      { name: '__proto__', shape: [1] },
      { name: '3', shape: [2] },
    ];
    const [first] = placeLayers(parse({ ...spec, layers: [{ ...graph, nodes, tensors }, head] }));
    expect(first!.tensors).toEqual(tensors.map(({ name, shape }) => ({ name: `0.graph.${name}`, shape })));
  });

  it('is frozen by its position', () => {
    expect(frozenTensors([0], layoutOf(parse(spec)))).toEqual(['0.graph.0.w', '0.graph.b']);
  });

  it('has no two tensors of one name', () => {
    const [graph, head] = spec.layers as [{ tensors: object[] }, object];
    const twice = { ...spec, layers: [{ ...graph, tensors: [...graph.tensors, graph.tensors[0]] }, head] };
    expect(() => parse(twice)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });

  it('is refused by a trainer of layers, by its name', () => {
    expect(() => assertNoGraph(parse(spec), 'wasm')).toThrow(/the trainer wasm can't train/);
    expect(graphRefused('wasm').code).toBe('CONFIG_INCOMPATIBLE');
    expect(() => assertNoGraph({ ...parse(spec), layers: [] }, 'wasm')).not.toThrow();
  });
});
