import { describe, expect, it } from 'vitest';
import { createIdentity } from './identity.js';
import { secureAggregation } from './mechanism.js';
import { failing, farthest, ids, run } from './testing/federation.js';

describe('a federation under secure aggregation', () => {
  it('comes to the model that it comes to without, by numbers of records', async () => {
    expect(farthest(await run({ options: null }), await run())).toBeLessThan(1e-3);
    const precise = await run({ options: { identities: 'simulated', bits: 64 } });
    expect(farthest(await run({ options: null }), precise)).toBeLessThan(1e-6);
  });

  it('repeats itself bit by bit, though its masks do not', async () => {
    const [first, second] = [await run(), await run()];
    expect(first.model.values).toEqual(second.model.values);
    expect(first.seen[0]!.payload.values).not.toEqual(second.seen[0]!.payload.values);
  });

  it('tells the server nothing of one hospital: no weight, no loss, words alone', async () => {
    const { seen, rounds } = await run();
    expect(seen).toHaveLength(15);
    for (const { payload, weight, metrics } of seen) {
      expect(payload.values).toBeInstanceOf(Uint32Array);
      expect([weight, metrics]).toEqual([1, {}]);
    }
    expect(rounds.map(({ trainLoss }) => trainLoss)).toEqual([null, null, null]);
  });

  it('recovers from a site that is silent', async () => {
    const [plain, masked] = [
      await run({ options: null, instead: { c: failing } }),
      await run({ instead: { c: failing } }),
    ];
    expect(farthest(plain, masked)).toBeLessThan(1e-3);
    expect(masked.rounds.map(({ dropped }) => dropped.map(({ id }) => id))).toEqual([['c'], ['c'], ['c']]);
  });

  it('releases nothing of a round below the threshold', async () => {
    await expect(run({ instead: { c: failing, d: failing } })).rejects.toMatchObject({ code: 'QUORUM_NOT_MET' });
  });

  it('is refused before anything is sent where the words have too few levels, with what to change', async () => {
    const options = { identities: 'simulated', range: 1e6, mostRecords: 2 ** 30 } as const;
    // A range is no number of levels; records are.
    const came = run({ options }).catch((error: unknown) => error);
    expect(await came).toMatchObject({ code: expect.stringMatching(/CONFIG_INCOMPATIBLE|UPDATE_INVALID/) });
  });
});

describe('noise of which each site adds a share', () => {
  const noise = { clipNorm: 100, noiseMultiplier: 1e-3 };
  const secure = { identities: 'simulated', weights: 'equal' } as const;
  const step = {
    training: {
      trainer: 'reference',
      batches: { kind: 'poisson', probability: 1, steps: 1, expectedSize: 6 },
      optimizer: { name: 'sgd', learningRate: 0.1 },
    },
  } as const;

  it('in updates leaves the mean of the sites, nearly', async () => {
    const noisy = await run({ options: { identities: 'simulated', noise }, unit: 'hospital' });
    expect(farthest(await run({ options: secure }), noisy)).toBeLessThan(0.2);
    expect(noisy.privacy).toMatchObject({ unit: 'hospital', protects: 'what leaves a site', epsilon: 1 });
    expect(noisy.privacy!.assumptions.join()).toMatch(/tells nobody what it drew/);
  });

  it('in steps leaves the step that all records together make', async () => {
    const options = { identities: 'simulated', noise: { ...noise, on: 'steps' } } as const;
    const noisy = await run({ options, unit: 'record', changes: step });
    expect(farthest(await run({ options: secure, changes: step }), noisy)).toBeLessThan(0.02);
    expect(noisy.privacy).toMatchObject({ unit: 'record', adjacency: 'add-or-remove-one' });
  });

  it('is as large as it says', async () => {
    const loud = { clipNorm: 1, noiseMultiplier: 3, expectedClients: 5 };
    const options = { identities: 'simulated', noise: loud } as const;
    const dense = (units: number) => ({ type: 'dense', units }) as const;
    const wide = { inputShape: [2], layers: [dense(30), dense(1)], loss: 'squared-error' as const };
    const moves = Array.from({ length: 10 }, async (_, seed) => {
      const { model } = await run({ options, unit: 'hospital', changes: { rounds: 1, seed, model: wide } });
      return [...model.values];
    });
    const values = (await Promise.all(moves)).flat();
    const deviation = Math.sqrt(values.reduce((sum, x) => sum + x ** 2, 0) / values.length);
    // Five shares of a variance of 9 / 4 (the threshold is 4), over a divisor of 5; what was trained is below 0.2. The ratio of
    // 1,210 values has a deviation of 2 %, and rounding leaves room for 1 % more noise.
    expect(values).toHaveLength(1210);
    expect(deviation / (Math.sqrt((5 * 9) / 4) / 5)).toBeGreaterThan(0.9);
    expect(deviation / (Math.sqrt((5 * 9) / 4) / 5)).toBeLessThan(1.1);
  });

  it('is refused where its price would not be true', async () => {
    const inSteps = { identities: 'simulated', noise: { ...noise, on: 'steps' } } as const;
    await expect(run({ options: inSteps, unit: 'record' })).rejects.toMatchObject({ subject: 'training.batches.kind' });
    await expect(run({ options: inSteps, unit: 'hospital', changes: step })).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE' }); // prettier-ignore
    const inUpdates = { identities: 'simulated', noise } as const;
    await expect(run({ options: inUpdates, unit: 'record' })).rejects.toMatchObject({ subject: 'privacy.unit' });
    const byRecords = { ...inUpdates, weights: 'records' } as const;
    await expect(run({ options: byRecords, unit: 'hospital' })).rejects.toMatchObject({ subject: 'weights' });
  });
});

describe('identities', () => {
  const keys = Object.fromEntries(ids.map((id) => [id, createIdentity()]));
  const identities = Object.fromEntries(
    Object.entries(keys).map(([id, { publicKey }]) => [id, Buffer.from(publicKey).toString('hex')]),
  );

  it('that a plan names are those that sites have, or there is no round', async () => {
    const mechanism = secureAggregation({ identities }, { identity: (id) => keys[id]?.secretKey });
    expect(mechanism.assumptions!.join()).not.toMatch(/simulated/);
    await expect(run({ options: { identities } })).rejects.toMatchObject({ code: 'QUORUM_NOT_MET' });
  });

  it('of 64 digits, or simulated', () => {
    expect(() => secureAggregation({ identities: { a: 'ab' } })).toThrow(/identities/);
    expect(() => secureAggregation({} as never)).toThrow(/identities/);
    expect(() => secureAggregation({ identities: { a: 'ab'.repeat(32), b: 'ab'.repeat(32) } })).toThrow(/identities/);
  });
});
