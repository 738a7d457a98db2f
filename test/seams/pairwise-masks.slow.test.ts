import { fedAvg } from '@fedward/aggregator-fedavg';
import {
  createParameters,
  createSite,
  FedwardError,
  inMemoryTransport,
  layoutOf,
  memoryAuditSink,
  runFederation,
  simulatedRandomness,
  type Client,
  type PrivacyMechanism,
  type Update,
} from '@fedward/core';
import { central } from '@fedward/privacy-dp';
import { referenceTrainer } from '@fedward/testkit/reference';
import { expect, it } from 'vitest';
import { pairwiseMasks } from './pairwise-masks.js';
import { dataOf, linearPlan } from './support.js';

interface Setting {
  readonly masked: boolean;
  /** What a site does instead of answering. */
  readonly instead?: Readonly<Record<string, () => Promise<never>>>;
  readonly deadlineSeconds?: number;
  readonly concurrency?: number;
}

const never = () => new Promise<never>(() => undefined);
const failing = () => Promise.reject(new FedwardError('CLIENT_FAILED', 'down'));

async function run({ masked, instead = {}, deadlineSeconds, concurrency }: Setting) {
  const plan = linearPlan({
    ...{ rounds: 2, quorum: 2, ...(deadlineSeconds && { deadlineSeconds }) },
    ...(masked && { privacy: { mechanisms: [{ name: 'pairwise-masks' }] } }),
  });
  const mechanisms = masked ? [pairwiseMasks()] : [];
  const seen: Update[] = [];
  const audit = memoryAuditSink();
  const sites = ['a', 'b', 'c', 'd'].map((id, k): Client => {
    const data = dataOf([[1, 0], [0, 1]], [1 + k / 10, -1]); // prettier-ignore
    const site = createSite({
      ...{ id, plan, data, trainer: referenceTrainer(), mechanisms, audit, sharesLog: true },
      randomness: simulatedRandomness(1),
    });
    const answer: Client['answer'] = async (task, signal) => {
      if (instead[id]) return instead[id]();
      const update = await site.answer(task, signal);
      seen.push(update);
      return update;
    };
    return { ...site, answer };
  });
  const result = await runFederation({
    ...{ runId: 'run-1', plan, transport: inMemoryTransport(sites), aggregator: fedAvg(), mechanisms, audit },
    ...{ initial: createParameters(layoutOf(plan.model)), ...(concurrency && { concurrency }) },
  });
  return { ...result, seen, events: audit.events };
}

/** Two rounds of fixed point. */
const rounding = 4 * 2 ** -16;
const expectAlike = (a: { model: { values: Float32Array } }, b: { model: { values: Float32Array } }) =>
  a.model.values.forEach((x, i) => expect(Math.abs(x - b.model.values[i]!)).toBeLessThan(rounding));

it('the server learns the sum, of words in all 32 bits', async () => {
  const [plain, masked] = [await run({ masked: false }), await run({ masked: true })];
  expectAlike(plain, masked);
  for (const { payload } of masked.seen) expect(payload.values).toBeInstanceOf(Uint32Array);
  const words = masked.seen.flatMap(({ payload }) => [...payload.values]);
  expect(words.some((word) => word >= 2 ** 24)).toBe(true);
  expect(words.some((word) => word >= 2 ** 31)).toBe(true);
  const calls = masked.events.filter(({ type }) => type === 'call');
  expect(calls).toHaveLength(8); // a key of each of four sites in each of two rounds, in the log as all else
});

it('a site that fails, or is silent at the deadline, is recovered from', async () => {
  for (const [instead, deadlineSeconds] of [
    [{ c: failing }, 10],
    [{ c: never }, 0.4],
  ] as const) {
    // prettier-ignore
    const [plain, masked] = [
      await run({ masked: false, instead, deadlineSeconds }),
      await run({ masked: true, instead, deadlineSeconds }),
    ];
    expectAlike(plain, masked);
    expect(masked.rounds.map(({ dropped }) => dropped.map(({ id }) => id))).toEqual([['c'], ['c']]);
  }
});

it('does not need all sites at work at once', async () => {
  expectAlike(await run({ masked: false }), await run({ masked: true, concurrency: 1 }));
});

it('a mechanism that looks at single updates is refused beside it', async () => {
  const options = { clipNorm: 1, noiseMultiplier: 1, expectedClients: 4 };
  const privacy = { accountant: 'gaussian', delta: 1e-5, unit: 'hospital' } as const;
  const plan = linearPlan({ privacy: { ...privacy, mechanisms: [{ name: 'central', options }, { name: 'pairwise-masks' }] } }); // prettier-ignore
  const mechanisms = [central(options) as PrivacyMechanism, pairwiseMasks()];
  const run = async () => createSite({ id: 'a', plan, data: dataOf([[1, 0]], [1]), trainer: referenceTrainer(), mechanisms }); // prettier-ignore
  await expect(run()).rejects.toThrow(/central needs individual-updates, which pairwise-masks takes away/);
});
