import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  digestTensors,
  encodeSafetensors,
  layoutOf,
  Random,
  sha256,
  tensorValues,
  type TrainingPlan,
} from '@fedward/core';
import { firstWeights } from '@fedward/sim-healthcare';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exampleStudy } from '../testing/store-checks.js';
import { readPlan, readStart } from './read-plan.js';

const plan = exampleStudy().plan as TrainingPlan;
const layout = layoutOf(plan.model);
const random = new Random(3);
const tensors = layout.tensors.map(({ name, shape, size }) => ({ name, shape, values: Float32Array.from({ length: size }, () => random.uniform()) })); // prettier-ignore
const whole = encodeSafetensors(tensors, { by: 'somebody' });
let folder: string;
let weights: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fedward-weights-'));
  weights = await file('weights.safetensors', whole);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, content: string | Uint8Array): Promise<string> {
  await writeFile(join(folder, name), content);
  return join(folder, name);
}
const planFile = (name: string, initial: string, digest = `sha256:${sha256(whole)}`) =>
  file(name, JSON.stringify({ runId: 'x', plan, simulation: { initial }, inputs: { initial: digest } }));

describe('the weights that a study starts from', () => {
  it('are those of the file, all of the model’s, by their digest as tensors', async () => {
    const { parameters, digest, words } = await readStart(plan, { path: weights, by: '--initial' });
    for (const { name, values } of tensors) expect(tensorValues(parameters, name)).toEqual(values);
    expect(digest).toBe(`sha256:${digestTensors(parameters)}`);
    expect(words).toContain(`started from weights of ${weights}`);
    const bare = await file('bare.safetensors', encodeSafetensors(tensors));
    expect((await readStart(plan, { path: bare, by: '--initial' })).digest).toBe(digest);
  });

  it('are drawn by the plan’s seed where the file has none', async () => {
    const [kernel, bias] = tensors;
    const path = await file('half.safetensors', encodeSafetensors([kernel!]));
    const { parameters } = await readStart(plan, { path, by: '--initial' });
    const drawn = firstWeights(plan, undefined).parameters;
    expect(tensorValues(parameters, kernel!.name)).toEqual(kernel!.values);
    expect(tensorValues(parameters, bias!.name)).toEqual(tensorValues(drawn, bias!.name));
  });

  it('are a simulation’s where its plan is proposed, and must be the same file still', async () => {
    const read = await readPlan(await planFile('simulated.json', weights));
    expect(read.plan).toEqual(plan);
    expect((await readStart(plan, read.weights!)).parameters.layout).toEqual(layout);

    const { weights: changed } = await readPlan(await planFile('changed.json', weights, `sha256:${'0'.repeat(64)}`));
    const error = await readStart(plan, changed!).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ code: 'DIGEST_MISMATCH', subject: weights });
    expect((error as Error).message).toMatch(/the simulation of .*changed\.json started from .*--initial$/);

    const { weights: gone } = await readPlan(await planFile('gone.json', join(folder, 'gone')));
    await expect(readStart(plan, gone!)).rejects.toThrow(/which is not there: say where it is by --initial/);
  });

  it('come with the network of a folder, for a plan that has none', async () => {
    const { model, training, ...others } = plan;
    const own = join(folder, 'own');
    await mkdir(own);
    await writeFile(join(own, 'model.json'), JSON.stringify({ model, training: { trainer: 'wasm' } }));
    await writeFile(join(own, 'weights.safetensors'), whole);
    const { trainer: _trainer, ...rest } = training;
    const without = await file('without.json', JSON.stringify({ ...others, training: rest }));
    const read = await readPlan(without, own);
    expect(read.plan).toEqual(plan);
    expect(read.weights).toEqual({ path: join(own, 'weights.safetensors'), by: '--model' });

    const refused = { code: 'CONFIG_INVALID', subject: '--model' };
    await expect(readPlan(await file('has.json', JSON.stringify(plan)), own)).rejects.toMatchObject(refused);
    await expect(readPlan(await planFile('simulation.json', weights), own)).rejects.toMatchObject(refused);
  });
});
