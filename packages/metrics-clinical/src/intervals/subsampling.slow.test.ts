import { Random } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { binaryRecords } from '../binary/records.js';
import { resampledFigures } from '../binary/resampling.js';
import { compareModels, evaluate, type Predictions } from '../index.js';
import { fewestForSamples } from './subsampling.js';

const options = { draws: 1000, seed: 3 };

describe('intervals by samples', () => {
  const patients = fewestForSamples;

  /** Scores rounded to tenths, so that many are equal. */
  function simulated(seed: string, share = 0.3): Predictions {
    const random = new Random(seed);
    const labels = Float32Array.from({ length: patients }, () => Number(random.bernoulli(share)));
    const outputs = labels.map((y) => Math.round(10 * (y - 0.5 + random.normal())) / 10);
    return { loss: 'sigmoid-cross-entropy', outputs, labels };
  }

  it('are as wide as those of a bootstrap', () => {
    const { outputs, labels } = simulated('width');
    const records = binaryRecords(Float64Array.from(outputs), labels);
    const samples = resampledFigures(records, 0.9, options);
    // One patient fewer than samples are for.
    const fewer = binaryRecords(Float64Array.from(outputs.subarray(1)), labels.subarray(1));
    const draws = resampledFigures(fewer, 0.9, options);
    for (const [name, { figure }] of Object.entries(samples)) {
      const other = draws[name as keyof typeof draws].figure;
      expect([figure.method, other.method], name).toEqual(['subsampling', 'bootstrap']);
      const width = ([low, high]: readonly [number, number]) => high - low;
      const ratio = width(figure.interval!) / width(other.interval!);
      // The standard deviation of 200 is known to 5 %; scores that are rounded make operating points jump.
      if (name.includes('At')) continue;
      expect(ratio, name).toBeGreaterThan(0.8);
      expect(ratio, name).toBeLessThan(1.2);
    }
  });

  it('compare two models on the same samples', () => {
    const ours = simulated('ours');
    const random = new Random('theirs');
    const theirs = { ...ours, outputs: ours.outputs.map((x) => x + 0.2 * random.normal()) };
    const one = { curves: false, bootstrap: options };
    const { f1 } = compareModels(ours, theirs, one);
    const alone = evaluate(ours, one).figures['f1']!;
    expect(f1!.method).toBe('subsampling');
    expect(f1!.interval![1] - f1!.interval![0]).toBeLessThan(0.7 * (alone.interval![1] - alone.interval![0]));
    expect(compareModels(ours, ours, one)['f1']!.interval).toBeNull();
  });

  it('of three classes are as wide as by the closed form of a mean', () => {
    const random = new Random('three');
    const labels = Float32Array.from({ length: patients }, (_, i) => i % 3);
    const outputs = Float32Array.from(
      { length: 3 * patients },
      (_, i) => random.normal() + (i % 3 === labels[Math.floor(i / 3)] ? 1 : 0),
    );
    const { figures } = evaluate({ loss: 'softmax-cross-entropy', outputs, labels }, { curves: false });
    // Classes of one size: balanced accuracy is accuracy, and has its error but for what the classes' sizes add.
    const [low, high] = figures['balancedAccuracy']!.interval!;
    const [from, to] = figures['accuracy']!.interval!;
    expect(figures['balancedAccuracy']!.method).toBe('subsampling');
    expect((high - low) / (to - from)).toBeGreaterThan(0.85);
    expect((high - low) / (to - from)).toBeLessThan(1.15);
  });
});
