import { hasCode, layoutOf, placeLayers, type ModelSpec } from '@fedward/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coxLinear, imagingCnn, imagingCnnSmall, lowRank, signalCnn, wideLinear } from './index.js';

const classes = { outputs: 2, loss: 'softmax-cross-entropy' } as const;
const typesOf = ({ layers }: ModelSpec): string[] => layers.map(({ type }) => type);
const shapesOf = (spec: ModelSpec): string[] => placeLayers(spec).map(({ outputShape }) => outputShape.join(' x '));

function codeAndSubject(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    const { code, subject } = error as { code?: string; subject?: string };
    return `${code} ${subject}`;
  }
  return undefined;
}

describe('imagingCnn', () => {
  it('has three blocks for 28 x 28 pixels, each half as wide and with more filters', () => {
    const spec = imagingCnn({ inputShape: [28, 28, 1], ...classes });
    const block = ['conv2d', 'group-norm', 'activation', 'max-pool2d'];
    expect(typesOf(spec)).toEqual([...block, ...block, ...block, 'flatten', 'dense']);
    expect(shapesOf(spec).filter((_, i) => i % 4 === 3)).toEqual(['14 x 14 x 8', '7 x 7 x 16', '3 x 3 x 32']);
    // 3*3*1*8+8 + 2*8, 3*3*8*16+16 + 2*16, 3*3*16*32+32 + 2*32, 3*3*32*2+2
    expect(layoutOf(spec).size).toBe(80 + 16 + 1168 + 32 + 4640 + 64 + 578);
  });

  it('has as many blocks as the size allows, and a network for the smallest images', () => {
    const blocks = (side: number): number =>
      typesOf(imagingCnn({ inputShape: [side, side, 1], ...classes })).filter((type) => type === 'conv2d').length;
    expect([1, 2, 8, 28, 64, 224].map(blocks)).toEqual([1, 1, 1, 3, 4, 6]);
    fc.assert(
      fc.property(fc.tuple(...[1, 2, 3].map(() => fc.integer({ min: 1, max: 300 }))), ([height, width, channels]) => {
        const spec = imagingCnn({ inputShape: [height!, width!, channels!], ...classes });
        expect(placeLayers(spec).at(-1)!.outputShape).toEqual([2]);
      }),
    );
  });

  it('takes filters, dropout, an average over positions, and leaves group norm out', () => {
    const spec = imagingCnn({
      ...{ inputShape: [12, 8, 3], outputs: 1, loss: 'squared-error', filters: [6], groups: 0 },
      ...{ activation: 'elu', dropout: 0.5, average: true },
    });
    expect(typesOf(spec)).toEqual([
      'conv2d',
      'activation',
      'max-pool2d',
      'average-pool2d',
      'flatten',
      'dropout',
      'dense',
    ]);
    expect(shapesOf(spec)[3]).toBe('1 x 1 x 6');
    expect(layoutOf(spec).size).toBe(3 * 3 * 3 * 6 + 6 + 6 + 1);
  });

  it('refuses what is no image, and filters that groups do not divide', () => {
    expect(codeAndSubject(() => imagingCnn({ inputShape: [28, 28], ...classes }))).toBe('ARGUMENT_INVALID inputShape');
    expect(codeAndSubject(() => imagingCnn({ inputShape: [28, 28, 1], filters: [6], ...classes }))).toBe(
      'CONFIG_INVALID model.layers.1',
    );
  });
});

describe('imagingCnnSmall', () => {
  it('has few weights, tanh, and nothing that mixes the examples of a batch', () => {
    const spec = imagingCnnSmall({ inputShape: [28, 28, 1], ...classes });
    expect(layoutOf(spec).size).toBe(80 + 16 + 1168 + 32 + 7 * 7 * 16 * 2 + 2);
    expect(spec.layers.filter((layer) => layer.type === 'activation').map((layer) => layer.function)).toEqual([
      'tanh',
      'tanh',
    ]);
  });
});

describe('signalCnn', () => {
  it('averages over the samples that are left where it is told to, so that the last layer is small', () => {
    expect(typesOf(signalCnn({ inputShape: [96, 1], ...classes }))).not.toContain('average-pool1d');
    const spec = signalCnn({ inputShape: [96, 1], ...classes, average: true });
    expect(shapesOf(spec).filter((_, i) => i % 4 === 3)).toEqual(['48 x 16', '24 x 32', '12 x 64']);
    expect(shapesOf(spec).at(-2)).toBe('64');
    expect(layoutOf(spec).size).toBe(7 * 16 + 16 + 32 + 7 * 16 * 32 + 32 + 64 + 7 * 32 * 64 + 64 + 128 + 64 * 2 + 2);
  });

  it('has a network for any length and number of channels', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 12 }), (samples, channels) => {
        const spec = signalCnn({ inputShape: [samples, channels], outputs: 3, loss: 'softmax-cross-entropy' });
        expect(placeLayers(spec).at(-1)!.outputShape).toEqual([3]);
      }),
    );
  });

  it('refuses what is no signal', () => {
    expect(codeAndSubject(() => signalCnn({ inputShape: [96], ...classes }))).toBe('ARGUMENT_INVALID inputShape');
  });
});

describe('wideLinear and lowRank', () => {
  it('give a record of features of size 1 a norm of 1, whatever their number', () => {
    for (const features of [4, 7129]) {
      const [scale] = wideLinear({ inputShape: [features], ...classes }).layers;
      expect(scale!.type === 'scale' && scale.factor * Math.sqrt(features)).toBeCloseTo(1, 12);
    }
    expect(wideLinear({ inputShape: [7129], ...classes }).layers.slice(1)).toEqual([
      { type: 'dense', units: 2, bias: true },
    ]);
  });

  it('has rank * (features + outputs) weights and the biases of the outputs', () => {
    const spec = lowRank({ inputShape: [7129], outputs: 5, loss: 'softmax-cross-entropy', rank: 3 });
    expect(layoutOf(spec).size).toBe(3 * 7129 + 3 * 5 + 5);
    expect(typesOf(spec)).toEqual(['scale', 'dense', 'dense']);
  });

  it('refuses a rank of nothing', () => {
    expect(codeAndSubject(() => lowRank({ inputShape: [10], ...classes, rank: 0 }))).toBe('ARGUMENT_INVALID rank');
  });
});

describe('coxLinear', () => {
  it('has a weight a feature and no constant, which the partial likelihood does not know', () => {
    const spec = coxLinear({ inputShape: [11] });
    expect(layoutOf(spec).tensors.map(({ name, shape }) => [name, shape])).toEqual([['0.dense.kernel', [11, 1]]]);
    expect(spec.loss).toBe('cox');
  });

  it('refuses a shape that is none', () => {
    try {
      coxLinear({ inputShape: [0] });
      expect.unreachable();
    } catch (error) {
      expect(hasCode(error, 'CONFIG_INVALID')).toBe(true);
    }
  });
});
