import { modelSpecSchema, type GraphLayer, type ModelSpec } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { inferTypes } from '../types/infer.js';
import { networkOf } from './network-of.js';

/** A product with a matrix [4, 3], then one node more. */
const graph = (op: string, outputShape: number[], attributes: Record<string, number> = {}) => ({
  ...{ type: 'graph' as const, opset: 17, input: 'x', output: 'y', outputShape },
  nodes: [
    { op: 'MatMul', inputs: ['x', 'w'], outputs: ['z'] },
    { op, inputs: ['z'], outputs: ['y'], attributes },
  ],
  tensors: [{ name: 'w', shape: [4, 3] }],
});
const modelOf = (...layers: readonly object[]): ModelSpec =>
  modelSpecSchema.parse({ inputShape: [4], layers, loss: 'softmax-cross-entropy' });

describe('a graph among layers', () => {
  it('is held to the shape that it says it gives, by its name', () => {
    const [relu] = modelOf(graph('Relu', [3])).layers as [GraphLayer];
    expect(networkOf(modelOf(relu)).outputShape).toEqual([3]);
    // Examples in the place of classes: with as many of them as classes every operator of the loss would fit.
    for (const model of [modelOf(graph('Transpose', [3])), modelOf(graph('Transpose', [3]), { type: 'flatten' })])
      expect(() => networkOf(model)).toThrow(
        expect.objectContaining({
          code: 'CONFIG_INCOMPATIBLE',
          subject: '0.graph.y',
          message: expect.stringContaining('is float32 [3, N], and was said to be float32 [N, 3]') as string,
        }),
      );
    expect(() => networkOf(modelOf(graph('Relu', [2])))).toThrow(/said to be float32 \[N, 2\]/);
    expect(() => networkOf(modelOf(graph('Cast', [3], { to: 11 })))).toThrow(/is float64 \[N, 3\]/);
  });

  it('is held to it alone, too', () => {
    const [turned] = modelOf(graph('Transpose', [3])).layers as [GraphLayer];
    expect(() => inferTypes(turned, [4])).toThrow(/said to be/);
    expect(inferTypes({ ...turned, outputShape: undefined }, [4]).get('y')!.dims).toEqual([3, { batch: 1 }]);
  });
});
