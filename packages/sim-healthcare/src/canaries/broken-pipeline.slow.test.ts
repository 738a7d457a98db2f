import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@fedward/core';
import type * as dataMedical from '@fedward/data-medical';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { runCanaries } from './canary-run.js';

/** Whether each hospital scales by its own mean and deviation, as it once did: for nobody's epsilon. */
const pipeline = vi.hoisted(() => ({ broken: false }));

vi.mock('@fedward/data-medical', async (original) => {
  const actual = await original<typeof dataMedical>();
  /** Without the word that it was fitted, for which a site would refuse it: canaries are to see it by itself. */
  const unmarked = ({ sharedStatistics: _, ...dataset }: dataMedical.MedicalDataset) =>
    actual.createMedicalDataset(dataset);
  return {
    ...actual,
    // Read under a schema that declares nothing, so that nothing is left but to fit the scale.
    readStudy: (path: string, study: dataMedical.StudySchema) =>
      actual.readStudy(path, pipeline.broken ? { ...study, schema: undeclared(study.schema) } : study),
    prepareHospitals: async (...of: Parameters<typeof dataMedical.prepareHospitals>) => {
      const prepared = await actual.prepareHospitals(...of);
      const hospitals = prepared.hospitals.map((hospital) => {
        const { train, test } = hospital;
        return { ...hospital, train: unmarked(train), test: unmarked(test) };
      });
      return { ...prepared, hospitals };
    },
  };
});

function undeclared(schema: dataMedical.TableSchema): dataMedical.TableSchema {
  return { ...schema, columns: schema.columns.map(({ name }) => ({ name, kind: 'numeric', missing: 'error' })) };
}

const columns = Array.from({ length: 40 }, (_, i) => `x${i}`);
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fedward-broken-'));
  const label = { name: 'ill', kind: 'class', classes: ['0', '1'].map((name) => ({ name, values: [name] })) };
  const numbers = columns.map((name) => ({ name, kind: 'numeric', range: [-3, 3] }));
  writeFileSync(join(folder, 'schema.json'), JSON.stringify({ columns: numbers, label }));
  for (const hospital of ['north', 'south']) {
    const random = new Random(5).fork(hospital);
    const rows = Array.from({ length: 450 }, () => {
      const ill = random.bernoulli(0.5) ? 1 : 0;
      return [...columns.map(() => (random.normal() + ill - 0.5).toFixed(3)), ill].join(',');
    });
    writeFileSync(join(folder, `${hospital}.csv`), [[...columns, 'ill'].join(','), ...rows].join('\n'));
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const canaryRun = (seed: number) =>
  runCanaries({
    ...{ scenario: 'csv', dataDir: folder, seed, canaries: 80, confidence: 0.95 },
    ...{ privacy: 'dp-sgd', epsilon: 1, delta: 1e-5, model: 'logistic', rounds: 10 },
    ...{ samplingProbability: 1, steps: 1, batchSize: 300, learningRate: 1 },
  });

it('canaries contradict an epsilon under which hospitals scale by their own mean and deviation', async () => {
  pipeline.broken = true;
  for (const seed of [1, 2, 3]) {
    const { accounted, empirical, contradiction } = await canaryRun(seed);
    expect(accounted.epsilon).toBeLessThanOrEqual(1);
    expect(empirical.epsilon).toBeGreaterThan(1.5); // 2.15 to 2.62
    expect(contradiction).toBe(true);
  }
});

it('and do not contradict it where the scale is declared', async () => {
  pipeline.broken = false;
  for (const seed of [1, 2, 3]) {
    const { accounted, empirical, contradiction } = await canaryRun(seed);
    expect(empirical.epsilon).toBeLessThan(accounted.epsilon!);
    expect(contradiction).toBe(false);
  }
});
