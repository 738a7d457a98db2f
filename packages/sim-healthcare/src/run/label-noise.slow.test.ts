import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@fedward/core';
import { initialParameters } from '@fedward/models-medical';
import { wasmTrainer } from '@fedward/trainer-wasm';
import { describe, expect, it } from 'vitest';
import { populationOf } from '../scenario/population.js';
import type { Population } from '../scenario/scenario.js';
import { pluginsOf } from '../wiring/plugins.js';
import { aboutLabels, assertFindable, labelNoiseOf, noisyFrom } from './label-noise.js';
import { planRun, reloadRun } from './planned-run.js';
import { probabilitiesOf } from './probabilities.js';
import { simulate } from './simulate.js';
import { planAlone, trainAlone } from './train-alone.js';
import { trainTogether } from './train-together.js';

const noisy = { scenario: 'tutorial', labelNoise: 0.3, noisyHospitals: 2, local: false, workers: 1 } as const;
const folder = () => join(mkdtempSync(join(tmpdir(), 'fedward-label-noise-')), 'run');

describe('simulated label noise in a run', () => {
  it.each([
    [{ scenario: 'many-clients', labelNoise: 0.3 }, '--label-noise'],
    [{ scenario: 'heart-disease', labelNoise: 0.3 }, '--label-noise'],
    [{ scenario: 'tutorial', noisyHospitals: 2 }, '--noisy-hospitals'],
    [{ ...noisy, noisyHospitals: 6 }, '--noisy-hospitals'],
    [{ ...noisy, labelNoise: 0 }, 'labelNoise.rate'],
    [{ scenario: 'tutorial', hospitals: 1, findLabelNoise: true }, '--find-label-noise'],
    [{ scenario: 'many-clients', findLabelNoise: true }, '--find-label-noise'],
  ])('refuses %j', async (options, subject) => {
    await expect(planRun(options, 'r')).rejects.toMatchObject({ subject });
  });

  it('is resumed with the same labels, and with no others', async () => {
    const { planned, population } = await planRun({ ...noisy, privacy: 'none' }, 'r');
    const again = await reloadRun(planned);
    expect(again.population.ids.map((id) => again.population.hospital(id).train.labels)).toEqual(
      population.ids.map((id) => population.hospital(id).train.labels),
    );
    const simulation = { ...planned.simulation, labelNoise: { rate: 0.2, hospitals: 2 } };
    await expect(reloadRun({ ...planned, simulation })).rejects.toMatchObject({
      code: 'CONFIG_INCOMPATIBLE',
      message: expect.stringMatching(/the data of hospital hospital-\d were changed/),
    });
  });
});

describe('labelNoiseOf', () => {
  it('finds the noisy hospitals, and says so in result, report and warnings', async () => {
    const result = await simulate({ ...noisy, privacy: 'none', rounds: 4, findLabelNoise: true }, folder());
    for (const { flippedLabels, labelNoise, samples } of result.hospitals) {
      expect(labelNoise!.rate >= noisyFrom).toBe(flippedLabels! > 0);
      expect(labelNoise!.doubted).toBeLessThan(samples);
    }
    const wrong = result.hospitals.filter(({ flippedLabels }) => flippedLabels! > 0).map(({ id }) => id);
    const warned = result.warnings.filter(({ code }) => code === 'NOISY_LABELS').map(({ hospital }) => hospital);
    expect([wrong.length, warned]).toEqual([2, wrong]);
    expect(result.notices![0]).toMatch(/made labels of training parts wrong: \d+ of \d+ of hospital-/);
    const report = readFileSync(join(result.folder, 'report.html'), 'utf8');
    expect(report).toContain(`${wrong[0]}: by a model of the other hospitals`);
  });

  it('judges each by a model of all the others, and of them alone', async () => {
    const { planned, population, installed } = await planRun({ ...noisy, privacy: 'none', rounds: 1 }, 'r');
    const plugins = await pluginsOf(planned.plan, installed);
    const trained: string[] = [];
    const trainer: typeof plugins.trainer = {
      ...plugins.trainer,
      train: async (payload, _data, { clientId, runId }) => {
        trained.push(`${runId} ${clientId}`);
        return { payload, steps: 1, metrics: {} };
      },
    };
    await labelNoiseOf({ ...planned, population, plugins: { ...plugins, trainer } }, new AbortController().signal);
    const { ids } = population;
    expect(trained).toEqual(
      ids.flatMap((id) => ids.filter((other) => other !== id).map((other) => `r-without-${id} ${other}`)),
    );
  });

  it('is told under privacy as what nobody released', async () => {
    const result = await simulate({ ...noisy, rounds: 1, findLabelNoise: true }, folder());
    expect(result.privacy!.notReleased.join()).toContain('labels of each hospital are doubted');
    const without = await simulate({ ...noisy, rounds: 1 }, folder());
    expect(without.privacy!.notReleased.join()).not.toContain('doubted');
    expect(without.hospitals[0]).not.toHaveProperty('labelNoise');
  });

  it('is no question for values, times, one hospital or too many', () => {
    const about = { test: undefined as never, inputShape: [1], classes: 2 };
    const two = populationOf([{ id: 'a' }, { id: 'b' }] as never, about);
    expect(() => assertFindable(two)).not.toThrow();
    const none: Population[] = [
      { ...two, classes: 1 },
      { ...two, label: 'time-to-event' },
      { ...two, tabulated: false },
      { ...two, ids: ['a'] },
    ];
    for (const population of none)
      expect(() => assertFindable(population)).toThrow(expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE' }));
  });

  it('warns from its rate on', () => {
    const of = (rate: number) => aboutLabels([{ id: 'a', labelNoise: { rate, doubted: 9 } }]).length;
    expect([of(noisyFrom - 1e-9), of(noisyFrom), aboutLabels([{ id: 'a' }]).length]).toEqual([0, 1, 0]);
  });
});

describe('trainTogether', () => {
  const signal = new AbortController().signal;
  it('of one hospital is to train alone; of several the mean of their changes by records', async () => {
    const { planned, population } = await planRun({ scenario: 'tutorial', privacy: 'none', rounds: 1 }, 'r');
    const plan = planAlone(planned.plan);
    const initial = initialParameters(plan.model, new Random(1).fork('initial'));
    const [a, b] = population.ids.slice(0, 2).map((id) => population.hospital(id));
    const job = { plan, runId: 'r', initial, trainer: wasmTrainer() };
    const alone = (id: string, data: Population['test']) => trainAlone({ ...job, clientId: id, data }, signal);
    const [ofA, ofB] = [await alone(a!.id, a!.train), await alone(b!.id, b!.train)];
    const one = await trainTogether({ ...job, hospitals: [a!] }, signal);
    const both = await trainTogether({ ...job, hospitals: [a!, b!] }, signal);
    const share = a!.train.count / (a!.train.count + b!.train.count);
    one.values.forEach((weight, i) => {
      expect(Math.abs(weight - ofA.payload.values[i]!)).toBeLessThan(1e-6);
      const mean = share * ofA.payload.values[i]! + (1 - share) * ofB.payload.values[i]!;
      expect(Math.abs(both.values[i]! - mean)).toBeLessThan(1e-6);
    });
  });

  it('names the hospital whose training came to no number', async () => {
    const { planned, population } = await planRun({ scenario: 'tutorial', privacy: 'none', rounds: 1 }, 'r');
    const plan = planAlone(planned.plan);
    const initial = initialParameters(plan.model, new Random(1).fork('initial'));
    const inner = wasmTrainer();
    const trainer: typeof inner = {
      ...inner,
      train: async (payload, _data, { clientId }) => ({
        payload: { ...payload, values: payload.values.map((w, i) => (clientId === 'hospital-1' && i === 0 ? NaN : w)) },
        steps: 1,
        metrics: {},
      }),
    };
    const hospitals = population.ids.slice(0, 2).map((id) => population.hospital(id));
    await expect(trainTogether({ plan, runId: 'r', initial, trainer, hospitals }, signal)).rejects.toMatchObject({
      code: 'UPDATE_NOT_FINITE',
      subject: 'hospital-1',
    });
  });
});

describe('probabilitiesOf', () => {
  it('is the sigmoid’s two, or the softmax', () => {
    const two = probabilitiesOf('sigmoid-cross-entropy', Float32Array.of(0, Math.log(3)), 2);
    [0.5, 0.5, 0.25, 0.75].forEach((p, i) => expect(two[i]).toBeCloseTo(p, 6));
    const three = probabilitiesOf('softmax-cross-entropy', Float32Array.of(0, 0, 0, 0, Math.log(2), 0), 3);
    [1 / 3, 1 / 3, 1 / 3, 0.25, 0.5, 0.25].forEach((p, i) => expect(three[i]).toBeCloseTo(p, 6));
  });
});
