import { definePlugin } from '@fedward/core';
import { dpSgd } from '@fedward/privacy-dp';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { runCanaries, type CanaryRunOptions } from './canary-run.js';

const settings = { scenario: 'tutorial', canaries: 500, confidence: 0.95, seed: 7 } as const;
const canaryRun = (options: Partial<CanaryRunOptions>) => runCanaries({ ...settings, ...options });

describe('runCanaries', () => {
  it('exposes tutorial-041: its epsilon is above the 1.0 that it claims, and below what it truly spends', async () => {
    const { claims, accounted, empirical, ...found } = await canaryRun({ privacy: 'tutorial-041', canaries: 1000 });
    expect(claims).toMatchObject([{ epsilon: 1, delta: 1e-5 }]);
    expect(empirical).toMatchObject({ canaries: 1000, confidence: 0.95, delta: 1e-5 });
    expect(empirical.epsilon).toBeGreaterThan(1.5); // 1.95 to 2.95 under ten seeds
    expect(accounted.epsilon).toBeCloseTo(8386.2, 0);
    expect(accounted).toMatchObject({ unit: 'record', adjacency: 'replace-one', delta: 1e-5 });
    expect(found).toMatchObject({ exposesClaim: true, contradiction: false, simulationOnly: true });
  });

  it('holds a claim against what is seen at the delta of that claim', async () => {
    const mechanism = { name: 'tutorial-041', options: { epsilon: 1, delta: 0.2, clipNorm: 1 } };
    const config = { privacy: { mechanisms: [mechanism], accountant: 'gaussian', delta: 1e-9 } };
    const batches = { kind: 'shuffle', size: 32, epochs: 3 };
    const optimizer = { name: 'adam', learningRate: 0.001 };
    const { claims, empirical } = await canaryRun({
      config: { ...config, training: { batches, optimizer } },
      rounds: 3,
    });
    expect(claims[0]).toMatchObject({ epsilon: 1, delta: 0.2 });
    // With so large a delta hundreds of canaries prove nothing.
    expect(claims[0]!.seen).toBeLessThan(empirical.epsilon);
  });

  it('does not contradict dp-sgd, under any of several seeds', async () => {
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const { accounted, empirical, ...found } = await canaryRun({ privacy: 'dp-sgd', seed });
      expect(accounted).toMatchObject({ unit: 'record', adjacency: 'add-or-remove-one' });
      expect(accounted.epsilon).toBeGreaterThan(2);
      expect(empirical.epsilon).toBeLessThan(accounted.epsilon!);
      expect(found).toMatchObject({ mechanism: 'dp-sgd', exposesClaim: false, contradiction: false });
    }
  });

  it('sees that noise is missing, where the accountant proves nothing', async () => {
    const { accounted, empirical, contradiction } = await canaryRun({ privacy: 'dp-sgd', noiseMultiplier: 0 });
    expect(accounted.epsilon).toBeNull();
    expect(empirical.epsilon).toBeGreaterThan(3); // 3.4 to 4.0 under five seeds; with its noise the accountant proves 2.69
    expect(contradiction).toBe(false);
  });

  it('contradicts a mechanism that is priced for a hundred times its noise', async () => {
    const options = { clipNorm: 1, noiseMultiplier: 4.845 };
    const weak = definePlugin({
      kind: 'mechanism',
      name: 'weak-noise',
      summary: 'noise that is a hundredth of what its price says',
      options: z.strictObject({}),
      create: () => ({
        ...dpSgd(options),
        name: 'weak-noise',
        gradient: () => ({ clip: 'per-example', clipNorm: 1, noiseMultiplier: 0.04845 }),
      }),
    });
    const plugins = [{ name: 'weak', plugins: [weak] }];
    const privacy = { mechanisms: [{ name: 'weak-noise' }], accountant: 'rdp', delta: 1e-5 };
    const batches = { kind: 'poisson', probability: 32 / 350, steps: 33, expectedSize: 32 };
    const optimizer = { name: 'sgd', learningRate: 0.1 };
    const config = { privacy, training: { batches, optimizer } };
    const found = await canaryRun({ config, plugins, model: 'logistic', rounds: 10 });
    expect(found.accounted.epsilon).toBeLessThan(2);
    expect(found.empirical.epsilon).toBeGreaterThan(3);
    expect(found).toMatchObject({ mechanism: 'weak-noise', contradiction: true });
  });

  it('repeats itself', async () => {
    const [one, other] = [await canaryRun({ rounds: 2, canaries: 60 }), await canaryRun({ rounds: 2, canaries: 60 })];
    expect(one).toEqual(other);
  });

  it('refuses what does not protect single records in training', async () => {
    await expect(canaryRun({ privacy: 'none' })).rejects.toMatchObject({
      code: 'CONFIG_INCOMPATIBLE',
      subject: '--privacy',
    });
    await expect(canaryRun({ scenario: 'many-clients', hospitals: 3, privacy: 'dp-sgd' })).rejects.toMatchObject({
      code: 'CONFIG_INCOMPATIBLE',
    });
  });

  it.skipIf(!process.env['FEDWARD_DATA'])(
    'refuses patients as unit, and values for labels (needs FEDWARD_DATA)',
    async () => {
      const options = { scenario: 'parkinsons', privacy: 'dp-sgd', dataDir: process.env['FEDWARD_DATA']! } as const;
      await expect(canaryRun(options)).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE', subject: 'model.loss' });
      await expect(canaryRun({ ...options, unit: 'patient' })).rejects.toMatchObject({
        code: 'CONFIG_INCOMPATIBLE',
        subject: '--privacy',
      });
    },
  );
});
