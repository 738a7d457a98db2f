import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeSafetensors, parsePlan, sha256, tensorValues, type TrainingPlanInput } from '@fedward/core';
import { importedModel, importNetwork, readOnnxFile } from '@fedward/kit-onnx';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Population } from '../scenario/scenario.js';
import { firstWeights, readInitial } from './initial-weights.js';
import { assertStillFrozen, isModelFile, readModelFile, withModelFile } from './model-file.js';

/** Files that PyTorch wrote: images of 8 x 8 with two channels, three classes; and a sigmoid over images of 6 x 6. */
const files = join(import.meta.dirname, '../../../kit-onnx/src/testing/files');
const residual = join(files, 'residual-batch-norm.onnx');
const sigmoid = join(files, 'group-norm-sigmoid.onnx');
const population = (inputShape: readonly number[], classes: number, label?: Population['label']) =>
  ({ inputShape, classes, ...(label && { label }) }) as unknown as Population;
const images = population([8, 8, 2], 3);
const incompatible = (message: RegExp) =>
  expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', message: expect.stringMatching(message) as string }) as Error;

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'fedward-model-'))));
afterAll(() => rmSync(folder, { recursive: true }));

function planWith(members: unknown) {
  const { training, ...others } = members as { model: TrainingPlanInput['model']; training: { trainer: string } };
  return parsePlan({
    ...{ schemaVersion: 1, name: 'own', seed: 1, rounds: 1, aggregator: { name: 'fedavg' }, ...others },
    training: {
      batches: { kind: 'shuffle', size: 4, epochs: 1 },
      optimizer: { name: 'sgd', learningRate: 0.1 },
      ...training,
    },
  });
}

describe('--model FILE', () => {
  it('is told from the name of a model', () => {
    expect(isModelFile('mlp')).toBe(false);
    expect(isModelFile('no-such-model')).toBe(false);
    expect(isModelFile('x.onnx')).toBe(true);
    expect(isModelFile(files)).toBe(true);
  });

  it('gives a plan its network, its trainer, what is frozen, and the weights that it starts from', async () => {
    const own = await readModelFile(residual, images);
    expect(own.initial).toBe(residual);
    const plan = planWith(withModelFile(undefined, own));
    expect(plan.training).toMatchObject({ trainer: 'onnx', frozen: own.training.frozen! });
    const file = await readInitial(own.initial);
    const { file: read, bytes } = await readOnnxFile(residual);
    expect(file.digest).toBe(`sha256:${sha256(bytes)}`);
    expect(plan.model.layers[0]).toMatchObject({ source: { sha256: sha256(bytes) } });
    const { parameters, notices } = firstWeights(plan, file);
    expect(tensorValues(parameters, '0.graph.fc.weight')).toEqual(read.initializers.get('fc.weight')!.values);
    expect(notices[0]).not.toContain('drawn anew');
  });

  it('is the same out of a folder that was written of it', async () => {
    const { file, bytes } = await readOnnxFile(residual);
    const { spec, weights, frozen } = importedModel(importNetwork(file, { sha256: sha256(bytes) }));
    const out = join(folder, 'net');
    mkdirSync(out);
    writeFileSync(join(out, 'model.json'), JSON.stringify({ model: spec, training: { trainer: 'onnx', frozen } }));
    writeFileSync(join(out, 'weights.safetensors'), encodeSafetensors(weights));
    const [one, other] = [await readModelFile(residual, images), await readModelFile(out, images)];
    expect({ ...other, initial: '' }).toEqual({ ...one, initial: '' });
    const [first, second] = [await readInitial(one.initial), await readInitial(other.initial)];
    const plan = planWith(withModelFile(undefined, one));
    expect(firstWeights(plan, second).parameters.values).toEqual(firstWeights(plan, first).parameters.values);
  });

  it('takes its loss from what the label is', async () => {
    const loss = async (label: Population['label'], classes: number) =>
      (await readModelFile(sigmoid, population([6, 6, 1], classes, label))).model.loss;
    expect(await loss(undefined, 2)).toBe('sigmoid-cross-entropy');
    expect(await loss(undefined, 1)).toBe('squared-error');
    expect(await loss('time-to-event', 1)).toBe('cox');
  });

  it('is refused for data of another shape, or with other classes', async () => {
    await expect(readModelFile(residual, population([2, 8, 8], 3))).rejects.toThrow(incompatible(/takes examples of \[8, 8, 2\], channels last, and the data's are \[2, 8, 8\], channels last$/)); // prettier-ignore
    await expect(readModelFile(residual, population([8, 8, 2], 2))).rejects.toThrow(incompatible(/gives 3 values, and the label has 2 classes/)); // prettier-ignore
    await expect(readModelFile(sigmoid, population([6, 6, 1], 3))).rejects.toThrow(incompatible(/gives one value/));
  });

  it('adds what a config freezes to what must be, and refuses to train running statistics', async () => {
    const own = await readModelFile(residual, images);
    const members = withModelFile({ rounds: 3, training: { frozen: ['0.graph.conv.*'] } }, own) as { rounds: number };
    expect(members.rounds).toBe(3);
    const plan = planWith({ model: own.model, training: (members as unknown as { training: object }).training });
    expect(plan.training.frozen).toEqual([...own.training.frozen!, '0.graph.conv.*']);
    expect(() => assertStillFrozen(plan, own)).not.toThrow();
    const bare = { ...plan, training: { ...plan.training, frozen: ['0.graph.*running_mean'] } };
    expect(() => assertStillFrozen(bare, own)).toThrow(incompatible(/leaves out 0\.graph\.bn\.running_var/));
    expect(() => withModelFile({ model: own.model }, own)).toThrow(/a model of its own/);
  });

  it('freezes by pattern what the file has weights for, and nothing that is drawn', async () => {
    const own = await readModelFile(residual, images);
    const plan = planWith(withModelFile({ training: { frozen: ['0.graph.b*'] } }, own));
    const partial = join(folder, 'head.safetensors');
    writeFileSync(
      partial,
      encodeSafetensors([{ name: '0.graph.fc.bias', shape: [3], values: Float32Array.of(1, 2, 3) }]),
    );
    const file = await readInitial(partial);
    expect(() => firstWeights(plan, file)).toThrow(expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE' }));
  });
});
