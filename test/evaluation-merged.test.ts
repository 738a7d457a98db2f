import {
  createSite,
  inMemoryTransport,
  Random,
  runFederation,
  SeededNoise,
  simulatedRandomness,
  type PrivacyUnit,
} from '@fedward/core';
import {
  auroc,
  countsOf,
  evaluationCounts,
  evaluationCountsPlan,
  mergedEvaluation,
  sumOfCounts,
  type ScoredRecords,
} from '@fedward/metrics-clinical';
import { noisyAnswers, pldAccountant } from '@fedward/privacy-dp';
import { secureAggregation } from '@fedward/privacy-secagg';
import { expect, it } from 'vitest';

/** Two records a patient, scored by a model that is some good. */
function hospital(k: number): ScoredRecords {
  const random = new Random(`hospital ${k}`);
  const count = 600 + 100 * k;
  const logits = Array.from({ length: count }, () => 1.5 * random.normal());
  return {
    count,
    patientIds: logits.map((_, i) => `${k}-${i >> 1}`),
    scores: Float64Array.from(logits, (x) => 1 / (1 + Math.exp(-x))),
    labels: Float32Array.from(logits, (x) => Number(random.bernoulli(1 / (1 + Math.exp(0.5 - x))))),
    groups: [
      {
        ...{ name: 'sex', levels: ['female', 'male'] },
        codes: Uint8Array.from(logits, () => Number(random.bernoulli(0.4))),
      },
    ],
  };
}

const hospitals = [0, 1, 2].map(hospital);
const options = { bins: 256, groups: [{ name: 'sex', levels: ['female', 'male'] }], mostRecordsPerPatient: 2 };

type Protection = { readonly noise: number; readonly unit: PrivacyUnit } | 'secagg';

/** Asks the three hospitals, in one round. */
async function ask(protection?: Protection, own = options) {
  const secure = { identities: 'simulated', bits: 64, range: 2 ** 20 } as const;
  const noise = typeof protection === 'object' ? { noiseMultiplier: protection.noise } : undefined;
  const mechanisms = protection === 'secagg' ? [secureAggregation(secure)] : noise ? [noisyAnswers(noise)] : [];
  const plan = evaluationCountsPlan(own, {
    ...{ name: 'how good is it', seed: 1 },
    ...(protection === 'secagg' && { privacy: { mechanisms: [{ name: 'secagg', options: secure }] } }),
    ...(typeof protection === 'object' && {
      privacy: {
        mechanisms: [{ name: 'noisy-answers', options: { noiseMultiplier: protection.noise } }],
        ...{ accountant: 'pld', delta: 1e-6, unit: protection.unit },
      },
    }),
  });
  const sites = hospitals.map((data, k) =>
    createSite({
      ...{ id: `h${k}`, plan, data, query: evaluationCounts(own), mechanisms },
      randomness: simulatedRandomness(3),
    }),
  );
  const { model, privacy } = await runFederation({
    ...{ runId: 'evaluation', plan, transport: inMemoryTransport(sites), aggregator: sumOfCounts(own), mechanisms },
    ...(noise && { accountant: pldAccountant(), simulationOnly: true }),
    noise: (round) => new SeededNoise(new Random('server').fork(round)),
  });
  return { ...countsOf(model, own), epsilon: privacy?.epsilon };
}

const pooledArea = (of: (data: ScoredRecords, i: number) => boolean = () => true): number => {
  const rows = hospitals.flatMap((data) => [...data.scores.keys()].filter((i) => of(data, i)).map((i) => [data, i] as const)); // prettier-ignore
  return auroc(
    rows.map(([data, i]) => data.scores[i]!),
    rows.map(([data, i]) => data.labels[i]!),
  )!;
};

it('sums of counts bound the area of all patients together, and that of each group', async () => {
  const { counts, groups } = await ask();
  const { figures, records } = mergedEvaluation(counts);
  expect(records).toBe(600 + 700 + 800);
  const within = ({ bounds }: (typeof figures)[string], truth: number) => {
    expect(truth).toBeGreaterThanOrEqual(bounds![0]!);
    expect(truth).toBeLessThanOrEqual(bounds![1]!);
    expect(bounds![1]! - bounds![0]!).toBeLessThan(0.01);
  };
  within(figures['auroc']!, pooledArea());
  expect(groups.map(({ level }) => level)).toEqual(['female', 'male']);
  groups.forEach((group, code) =>
    within(
      mergedEvaluation(group.counts).figures['auroc']!,
      pooledArea((data, i) => data.groups![0]!.codes[i] === code),
    ),
  );
});

it('under secure aggregation the same counts come out, to the last one', async () => {
  const [open, masked] = [await ask(), await ask('secagg')];
  expect(masked.counts).toEqual(open.counts);
  expect(masked.groups).toEqual(open.groups);
});

it('with noise it has a price by record and by patient, and stays near what it is', async () => {
  const plain = mergedEvaluation((await ask()).counts).figures;
  for (const unit of ['record', 'patient'] as const) {
    const { counts, epsilon } = await ask({ noise: 2, unit });
    expect(epsilon).toBeGreaterThan(1);
    expect(epsilon).toBeLessThan(4);
    const noisy = mergedEvaluation(counts, { noisy: true }).figures;
    expect(noisy['auroc']!.value).not.toBe(plain['auroc']!.value);
    expect(Math.abs(noisy['auroc']!.value! - plain['auroc']!.value!)).toBeLessThan(0.06);
  }
});

it('has no price by patient where nobody says how many records one has at most', async () => {
  const { mostRecordsPerPatient: _, ...unbounded } = options;
  await expect(ask({ noise: 2, unit: 'patient' }, unbounded as typeof options)).rejects.toMatchObject({
    code: 'CONFIG_INCOMPATIBLE',
    message: expect.stringMatching(/how far one patient moves/) as string,
  });
});
