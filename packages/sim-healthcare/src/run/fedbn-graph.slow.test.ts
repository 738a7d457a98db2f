import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { normalisationTensors, parsePlan, tensorValues } from '@fedward/core';
import { decodeBundle } from '@fedward/model-bundle';
import { resnet18 } from '@fedward/models-medical';
import { expect, it, onTestFinished } from 'vitest';
import { simulate } from './simulate.js';

const dataDir = process.env['FEDWARD_DATA'];

it.skipIf(!dataDir)(
  'resnet18 with fedbn: each hospital ends with norms of its own, and all else is shared (needs FEDWARD_DATA)',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fedward-fedbn-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const model = resnet18({ inputShape: [28, 28, 1], outputs: 1, loss: 'sigmoid-cross-entropy', width: 2 });
    const { hospitals } = await simulate(
      {
        ...{ scenario: 'pneumonia', rounds: 1, workers: 1, local: false, privacy: 'none', aggregator: 'fedbn' }, // prettier-ignore
        ...{
          dataDir: dataDir!,
          trainer: 'onnx',
          config: { model, training: { batches: { kind: 'shuffle', size: 256, epochs: 1 } } },
        },
      },
      folder,
    );
    const plan = parsePlan((JSON.parse(await readFile(join(folder, 'plan.json'), 'utf8')) as { plan: unknown }).plan);
    const norms = normalisationTensors(plan.model);
    // 20 norms, each with a scale and a shift.
    expect(norms).toHaveLength(40);
    const weightsIn = async (path: string) => decodeBundle(await readFile(path), path).weights;
    const all = [
      await weightsIn(join(folder, 'model.safetensors')),
      ...(await Promise.all(hospitals.map(({ id }) => weightsIn(join(folder, 'hospitals', id, 'model.safetensors'))))),
    ];
    expect(all).toHaveLength(6);
    for (const { name } of all[0]!.layout.tensors) {
      const kinds = new Set(all.map((weights) => String(tensorValues(weights, name))));
      expect([name, kinds.size]).toEqual([name, norms.includes(name) ? 6 : 1]);
    }
    for (const name of norms) {
      const first = name.endsWith('.weight') ? 1 : 0;
      expect([...tensorValues(all[0]!, name)].every((value) => value === first)).toBe(true);
    }
  },
);
