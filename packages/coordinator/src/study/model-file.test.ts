import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createParameters,
  encodeSafetensors,
  layoutOf,
  parseAnyPlan,
  tensorValues,
  type TrainingPlan,
} from '@fedward/core';
import { readBundle } from '@fedward/model-bundle';
import type { Study } from '@fedward/transport-nats';
import { afterAll, describe, expect, it } from 'vitest';
import type { StudyResult } from '../studies/study-result.js';
import { bundleOfStudy } from './model-file.js';

const folder = mkdtempSync(join(tmpdir(), 'fedward-model-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

const plan = parseAnyPlan({
  ...{ schemaVersion: 1, name: 'readmission', seed: 1, rounds: 1, aggregator: { name: 'fedavg' } },
  model: { inputShape: [2], layers: [{ type: 'dense', units: 2 }], loss: 'softmax-cross-entropy' },
  training: {
    trainer: 'wasm',
    batches: { kind: 'shuffle', size: 8, epochs: 1 },
    optimizer: { name: 'sgd', learningRate: 0.1 },
  },
}) as TrainingPlan;
const study = { schemaVersion: 1, id: 'r-1', name: 'Readmission', plan, members: ['north'] } as unknown as Study;
const result = { simulationOnly: false, planHash: 'sha256:1', privacy: null } as unknown as StudyResult;

const age = { name: 'age', kind: 'numeric', range: [18, 110] };
const pressure = { name: 'pressure', kind: 'numeric', range: [60, 250] };
const classes = ['no', 'yes'].map((name) => ({ name, values: [name] }));

/** The model of a study whose hospitals read their tables by a schema of these columns, as `fedward model` reads it. */
async function modelBy(columns: readonly object[]) {
  const layout = layoutOf(plan.model);
  const weights = createParameters(
    layout,
    Float32Array.from({ length: layout.size }, (_, i) => i / 8),
  );
  const tensors = layout.tensors.map(({ name, shape }) => ({ name, shape, values: tensorValues(weights, name) }));
  const [file, schema, out] = ['weights.safetensors', 'schema.json', 'model.safetensors'].map((name) =>
    join(folder, name),
  );
  writeFileSync(file!, encodeSafetensors(tensors, {}));
  writeFileSync(schema!, JSON.stringify({ columns, label: { name: 'readmitted', kind: 'class', classes } }));
  writeFileSync(out!, await bundleOfStudy({ study, result, weights: file!, schema: schema! }));
  return readBundle(out!);
}

describe("a study's model with the schema of its hospitals", () => {
  it('has one preprocessing where the schema declares all scales, and the weights as they were', async () => {
    const { manifest, weights, version } = await modelBy([age, pressure]);
    expect(version).toBe(1);
    expect(manifest).toMatchObject({
      title: 'Readmission',
      runId: 'r-1',
      task: 'binary',
      features: ['age', 'pressure'],
    });
    expect(manifest.label).toEqual({ name: 'readmitted', classes: ['no', 'yes'] });
    expect(manifest.preprocessing!.all!.fittedOn).toBe('nothing');
    expect(manifest.preprocessing!.all!.scalings).not.toContain(null);
    expect([...weights.values]).toEqual([0, 1, 2, 3, 4, 5].map((i) => i / 8));
  });

  it('leaves to whoever uses it what each hospital fitted to its own records', async () => {
    const { preprocessing } = (await modelBy([age, { name: 'pressure', kind: 'numeric' }])).manifest;
    expect(preprocessing).toMatchObject({ all: null, hospitals: {}, unfitted: { scalings: [null, null] } });
  });

  it('refuses a schema that makes other inputs than the model takes', async () => {
    await expect(modelBy([age])).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE', subject: '--schema' });
  });
});
