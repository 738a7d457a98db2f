import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createParameters, layoutOf, parsePlan, planHash, type Task, type TrainingPlan } from '@fedward/core';
import type { SiteDataConfig } from '../config/index.js';

const rows = Array.from({ length: 60 }, (_, i) => `p${i},${20 + ((i * 7) % 60)},${i % 3 === 0 ? 1 : 0}`);

/** Writes a hospital's own table of 60 patients, with its schema. @param changed how many of them have another age */
export function tableIn(folder: string, changed = 0): SiteDataConfig {
  const [table, schema] = [join(folder, 'patients.csv'), join(folder, 'schema.json')];
  const lines = rows.map((row, i) => (i < changed ? row.replace(/,\d+,/, ',99,') : row));
  writeFileSync(table, ['patient,age,sick', ...lines, ''].join('\n'));
  const classes = [0, 1].map((value) => ({ name: String(value), values: [value] }));
  const columns = [{ name: 'age', kind: 'numeric', range: [0, 110] }];
  const label = { name: 'sick', kind: 'class', classes };
  writeFileSync(schema, JSON.stringify({ columns, label, patientId: 'patient' }));
  return { table, schema };
}

/** A plan that fits that table: by default with a price. */
export function tablePlan(changes: object = {}): TrainingPlan {
  return parsePlan({
    ...{ schemaVersion: 1, name: 'table', seed: 7, rounds: 4, aggregator: { name: 'fedavg' }, initialWeights: 'zeros' },
    model: { inputShape: [1], layers: [{ type: 'dense', units: 2 }], loss: 'softmax-cross-entropy' },
    training: {
      trainer: 'wasm',
      batches: { kind: 'poisson', probability: 0.5, steps: 2, expectedSize: 20 },
      optimizer: { name: 'sgd', learningRate: 0.1 },
    },
    privacy: {
      mechanisms: [{ name: 'dp-sgd', options: { clipNorm: 1, noiseMultiplier: 2 } }],
      ...{ accountant: 'pld', delta: 1e-5 },
    },
    ...changes,
  });
}

/** A round's question, as a coordinator without a log asks it. */
export function taskOf(plan: TrainingPlan, round: number, changes: Partial<Task> = {}): Task {
  return {
    ...{ runId: 'study-1', round, planHash: planHash(plan), cohort: ['north'], instructions: {} },
    payload: createParameters(layoutOf(plan.model)),
    taken: round === 0 ? null : round - 1,
    ...changes,
  };
}
