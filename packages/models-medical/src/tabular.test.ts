import { hasCode, layoutOf, outputSize, placeLayers } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { logisticRegression, mlp, models, tutorialMlp } from './index.js';

/** Code of the error that `run` throws. */
function codeOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return undefined;
}

describe('tutorialMlp', () => {
  it('has the layers of the tutorial, in order', () => {
    expect(tutorialMlp()).toEqual({
      inputShape: [100],
      layers: [
        { type: 'dense', units: 64, bias: true },
        { type: 'activation', function: 'relu' },
        { type: 'dropout', rate: 0.3 },
        { type: 'dense', units: 32, bias: true },
        { type: 'activation', function: 'relu' },
        { type: 'dropout', rate: 0.3 },
        { type: 'dense', units: 2, bias: true },
      ],
      loss: 'softmax-cross-entropy',
    });
  });

  it('has as many parameters as the PyTorch module: 100*64+64 + 64*32+32 + 32*2+2', () => {
    expect(layoutOf(tutorialMlp()).size).toBe(8610);
  });

  it('takes other sizes', () => {
    const spec = tutorialMlp({ inputSize: 13, classes: 5 });
    expect(spec.inputShape).toEqual([13]);
    expect(outputSize(spec)).toBe(5);
  });

  it('refuses what is no classifier, naming the option', () => {
    expect(() => tutorialMlp({ classes: 1 })).toThrow(/classes/);
    expect(() => tutorialMlp({ inputSize: 0 })).toThrow(/inputSize/);
    expect(codeOf(() => tutorialMlp({ inputSize: 2.5 }))).toBe('ARGUMENT_INVALID');
  });
});

describe('logisticRegression', () => {
  it('gives each class an output by default', () => {
    expect(logisticRegression({ inputSize: 13 })).toEqual({
      inputShape: [13],
      layers: [{ type: 'dense', units: 2, bias: true }],
      loss: 'softmax-cross-entropy',
    });
  });

  it('gives one output under a sigmoid, for two classes alone', () => {
    const spec = logisticRegression({ inputSize: 13, loss: 'sigmoid-cross-entropy' });
    expect(outputSize(spec)).toBe(1);
    expect(layoutOf(spec).size).toBe(14);
    expect(codeOf(() => logisticRegression({ inputSize: 13, classes: 3, loss: 'sigmoid-cross-entropy' }))).toBe(
      'ARGUMENT_INVALID',
    );
  });
});

describe('mlp', () => {
  it('flattens signals', () => {
    const spec = mlp({ inputShape: [3, 2], hidden: [], outputs: 2, loss: 'softmax-cross-entropy' });
    expect(layoutOf(spec).size).toBe(6 * 2 + 2);
  });

  it('leaves dropout out at rate 0', () => {
    const spec = mlp({ inputShape: [4], hidden: [3], outputs: 2, loss: 'softmax-cross-entropy' });
    expect(spec.layers.map(({ type }) => type)).toEqual(['dense', 'activation', 'dense']);
  });

  it('names the key of what makes no model', () => {
    try {
      mlp({ inputShape: [4], hidden: [3, 0], outputs: 2, loss: 'softmax-cross-entropy' });
      expect.unreachable();
    } catch (error) {
      expect(hasCode(error, 'CONFIG_INVALID') && error.subject).toBe('layers.2.units');
    }
    expect(() => mlp({ inputShape: [4], hidden: [], outputs: 2, loss: 'squared-error' })).toThrow(/squared-error/);
  });
});

describe('models', () => {
  it('has a factory for each name, that fits tables and images alike', () => {
    expect(Object.keys(models)).toEqual([
      ...['mlp', 'logistic', 'logistic-scaled', 'linear', 'cox'],
      ...['imaging-cnn', 'imaging-cnn-small', 'resnet18', 'signal-cnn', 'wide-linear', 'low-rank'],
    ]);
    expect(models['mlp']!({ inputShape: [100], classes: 2 })).toEqual(tutorialMlp());
    expect(models['logistic']!({ inputShape: [13], classes: 2 })).toEqual(logisticRegression({ inputSize: 13 }));
    expect(models['logistic-scaled']!({ inputShape: [100], classes: 2 }).layers).toEqual([
      { type: 'scale', factor: 0.2 },
      ...logisticRegression({ inputSize: 100 }).layers,
    ]);
    for (const [name, classes] of [
      ['mlp', 3],
      ['logistic', 3],
      ['logistic-scaled', 3],
      ['linear', 1],
    ] as const) {
      const placed = placeLayers(models[name]!({ inputShape: [28, 28, 1], classes }));
      expect(placed[0]!.outputShape).toEqual([784]);
      expect(placed.at(-1)!.outputShape).toEqual([classes]);
    }
  });

  it('has a value for data without classes, and classes for data that has them', () => {
    expect(models['linear']!({ inputShape: [19], classes: 1 })).toEqual({
      inputShape: [19],
      layers: [{ type: 'dense', units: 1, bias: true }],
      loss: 'squared-error',
    });
    for (const [name, classes] of [
      ['linear', 2],
      ['mlp', 1],
      ['logistic', 1],
    ] as const)
      expect(codeOf(() => models[name]!({ inputShape: [19], classes }))).toBe('ARGUMENT_INVALID');
  });
});
