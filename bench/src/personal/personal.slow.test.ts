import { findScenario } from '@fedward/sim-healthcare';
import { describe, expect, it } from 'vitest';
import { prepare } from '../flamby/choose/data.js';
import { chooseByMethod } from './choose.js';
import { personalSettings, type Candidate } from './settings.js';
import { candidateModels, globalModels } from './train.js';
import { runTrial, worstOf } from './trial.js';

const dataDir = process.env['FEDWARD_DATA'];

const ditto = (lambda: number, rounds: number): Candidate => ({
  ...{ method: `lambda ${lambda}`, rounds },
  aggregator: { name: 'ditto', options: { lambda } },
});
const tuned = (steps: number, rounds: number): Candidate => ({
  ...{ method: `tuned ${steps}`, rounds },
  aggregator: { name: 'fine-tuning', options: { steps, learningRate: 1e-9 } },
});

describe.skipIf(!dataDir)('personal models of heart disease (needs FEDWARD_DATA)', () => {
  it('with any method the worst hospital has 0.75, with one seed', async () => {
    const { methods, byLoss } = await runTrial(dataDir!, personalSettings.seeds[0]!);
    const personal = methods.filter(({ deploy }) => deploy);
    expect(personal.map(({ method }) => method)).toEqual(personalSettings.personal.map(({ name }) => name));
    expect(personal).toContain(byLoss);
    for (const one of personal) {
      expect(worstOf(one), one.method).toBeGreaterThanOrEqual(0.75);
      expect(one.deploy).toHaveLength(4);
      expect(one.chosen!.loss).toBeGreaterThanOrEqual(byLoss.chosen!.loss);
    }
  });

  it("the global model is trained by the scenario's default", () => {
    const { global, rounds, learningRate } = personalSettings;
    const defaults = findScenario('heart-disease').defaults(null);
    expect({ global, rounds, learningRate }).toEqual({
      ...{ global: defaults.aggregator, rounds: defaults.rounds },
      learningRate: defaults.optimizer.learningRate,
    });
  });

  it('Ditto without a pull is training alone, with a strong one the mean by records; each candidate has its own', async () => {
    const data = await prepare('heart-disease', dataDir!);
    const candidates = [{ method: 'local', rounds: 8 }, ditto(0, 8), ditto(1, 8), tuned(1, 4), tuned(1, 8)];
    const [alone, unpulled, pulled, early, late] = await candidateModels(data, data.hospitals, candidates);
    const distance = (a: Float32Array, b: Float32Array): number => Math.hypot(...a.map((x, i) => x - b[i]!));
    for (const k of data.hospitals.keys()) {
      const [local, mean] = [alone![k]!.values, late![k]!.values];
      expect(distance(local, unpulled![k]!.values)).toBeLessThan(1e-5);
      expect(distance(pulled![k]!.values, mean)).toBeLessThan(distance(local, mean));
      expect(distance(mean, late![0]!.values)).toBeLessThan(1e-5);
      expect(distance(mean, early![k]!.values)).toBeGreaterThan(0.1);
    }
    const [global] = await globalModels(data, data.hospitals);
    expect(global!.values).not.toEqual(late![0]!.values);
  });

  it('no test part is looked at in choosing', async () => {
    const data = await prepare('heart-disease', dataDir!);
    const hospitals = data.hospitals.map(({ id, train }) => ({
      ...{ id, train },
      get test(): never {
        throw new Error(`the test part of ${id} was looked at`);
      },
    }));
    const candidates = [{ method: 'local', rounds: 1 }, { method: 'local', rounds: 16 }, tuned(1, 2)];
    const chosen = await chooseByMethod({ ...data, hospitals }, candidates, 1);
    expect(chosen.map(({ rounds }) => rounds)).toEqual([16, 2]);
    for (const { loss } of chosen) expect(loss).toBeLessThan(Math.LN2);
  });
});
