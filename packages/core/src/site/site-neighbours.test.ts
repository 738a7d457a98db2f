import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FedwardError } from '../base/errors.js';
import type { Task } from '../interfaces/messages.js';
import type { PrivacyUnit } from '../privacy/events.js';
import type { ClientContext, TrainingData } from '../interfaces/trainer.js';
import { memoryAuditSink } from '../memory/audit.js';
import { secretRandomness, simulatedRandomness } from '../random/randomness.js';
import { planHash } from '../plan/plan.js';
import { exampleSite, exampleTask, fakeMechanism, fakeTrainer, neverFired } from '../testing/fakes.js';
import { examplePlan, examplePrivacy } from '../testing/plan.js';

interface Row {
  readonly features: readonly [number, number, number];
  readonly label: 0 | 1;
  readonly patient: string;
}
const feature = fc.float({ noNaN: true, noDefaultInfinity: true });
const row: fc.Arbitrary<Row> = fc.record({
  features: fc.tuple(feature, feature, feature),
  label: fc.constantFrom(0, 1),
  patient: fc.constantFrom('a', 'b', 'c'),
});

const dataOf = (rows: readonly Row[]): TrainingData => ({
  count: rows.length,
  featureShape: [3],
  features: Float32Array.from(rows.flatMap(({ features }) => features)),
  labels: Float32Array.from(rows, ({ label }) => label),
  patientIds: rows.map(({ patient }) => patient),
});

/**
 * A trainer that clips each record's gradient as it is asked to, in one step of the whole data: what it gives is the sum
 * before its noise. Its loss, the number of its steps, and what it throws tell of the data as much as they can.
 */
const clipping = fakeTrainer({
  async train({ layout }, { count, features, labels }, { gradientPrivacy }: ClientContext) {
    const { clipNorm } = gradientPrivacy!;
    const sum = new Float64Array(layout.size);
    for (let i = 0; i < count; i++) {
      const gradient = Float64Array.from(sum, (_, j) => features[3 * i + (j % 3)]! + labels[i]!);
      const norm = Math.hypot(...gradient);
      for (let j = 0; j < sum.length; j++) sum[j]! += norm > clipNorm ? (gradient[j]! * clipNorm) / norm : gradient[j]!;
    }
    const payload = { layout, values: Float32Array.from(sum) };
    return { payload, applied: { gradientPrivacy: gradientPrivacy! }, steps: count, metrics: { loss: features[0]! } };
  },
});

/** All that leaves a site or is written into its log, for these data. */
async function released(rows: readonly Row[], unit: PrivacyUnit) {
  const plan = examplePlan({ privacy: { ...examplePrivacy, unit } });
  const task: Task = exampleTask({ planHash: planHash(plan) });
  const audit = memoryAuditSink();
  const site = exampleSite('a', {
    ...{ plan, audit, trainer: clipping, mechanisms: [fakeMechanism()], data: dataOf(rows) },
    randomness: simulatedRandomness(1),
    now: () => '2024-01-01T00:00:00.000Z',
  });
  const { payload, ...rest } = await site.answer(task, neverFired);
  return { values: payload.values, told: JSON.stringify([rest, audit.events]) };
}

describe('a site whose data differ by one record', () => {
  const change = fc.constantFrom('add', 'remove', 'replace');
  it.each(['record', 'patient'] as const)('lets the sum move by the clip norm, and tells nothing else (%s)', (unit) =>
    fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 2, maxLength: 8 }),
        row,
        change,
        fc.nat(),
        async (rows, one, how, n) => {
          const at = n % rows.length;
          const other = rows.toSpliced(at, how === 'add' ? 0 : 1, ...(how === 'remove' ? [] : [one]));
          const [before, after] = [await released(rows, unit), await released(other, unit)];
          expect(after.told).toBe(before.told);
          const moved = Math.hypot(...before.values.map((x, i) => x - after.values[i]!));
          // One replaced record is one removed and one added. Each sum of at most 9 is rounded to float32 once.
          expect(moved).toBeLessThanOrEqual((how === 'replace' ? 2 : 1) + 9 * 2 ** -23);
        },
      ),
      { seed: 9, numRuns: 100 },
    ),
  );

  it('tells the server no more than that it failed, whatever is wrong with them', async () => {
    const plan = examplePlan({ privacy: examplePrivacy });
    const errors = [
      new FedwardError('LABEL_INVALID', 'row 7'),
      new FedwardError('DATA_NOT_FINITE', 'row 8'),
      new Error('9'),
    ];
    const heard = errors.map(async (error) => {
      const trainer = fakeTrainer({ train: () => Promise.reject(error) });
      const site = exampleSite('a', { plan, trainer, mechanisms: [fakeMechanism()], randomness: secretRandomness() });
      const thrown = await site.answer(exampleTask({ planHash: planHash(plan) }), neverFired).catch((e: unknown) => e);
      const { code, message, subject } = thrown as FedwardError;
      return { code, message, subject };
    });
    const [first, ...others] = await Promise.all(heard);
    expect(first).toMatchObject({ code: 'CLIENT_FAILED' });
    for (const other of others) expect(other).toEqual(first);
  });
});
