import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulate, validate, type SimulateOptions } from '../index.js';
import { tcgaBrca } from './tcga-brca.js';

const dataDir = process.env['FEDWARD_DATA'];

describe.skipIf(!dataDir)('the scenario tcga-brca (needs FEDWARD_DATA)', () => {
  let folder: string;
  beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'fedward-tcga-'))));
  afterAll(() => rm(folder, { recursive: true }));
  const run = (name: string, options: Partial<SimulateOptions> = {}) =>
    simulate({ scenario: 'tcga-brca', dataDir: dataDir!, rounds: 5, workers: 1, ...options }, join(folder, name));

  it('has six hospitals, 39 features and a survival to tell, and says whose rows are not used', async () => {
    const population = await tcgaBrca.load({ seed: 42, dataDir });
    expect(population.ids).toEqual([0, 1, 2, 3, 4, 5].map((k) => `region-${k}`));
    expect([population.classes, population.label, population.inputShape]).toEqual([1, 'time-to-event', [39]]);
    expect(population.labelName).toEqual({ name: 'T', unit: 'days' });
    expect(population.test.count).toBe(222);
    expect(population.notices).toEqual(['8 patients of brca.csv are at none of the six regions and are not used.']);
    // FLamby's split is the same for each seed.
    const other = await tcgaBrca.load({ seed: 43, dataDir });
    expect(other.test.labels).toEqual(population.test.labels);
  });

  it('ranks the patients of the test parts, and says where there is too little to judge by', async () => {
    const result = await run('open');
    expect(result.final.metrics['cIndex']).toBeGreaterThan(0.7);
    expect(result.final.evaluation!.events).toBe(32);
    // One event: a value, and no interval.
    const region5 = result.hospitals.find(({ id }) => id === 'region-5')!;
    expect(region5.evaluation!.events).toBe(1);
    expect(region5.evaluation!.figures['cIndex']!.interval).toBeNull();
    expect(region5.evaluation!.figures['cIndex']!.because).toBeDefined();
    const small = result.warnings.flatMap(({ code, hospital }) => (code === 'SMALL_TEST' ? [hospital] : []));
    expect(small).toEqual([1, 2, 3, 4, 5].map((k) => `region-${k}`));
    expect(result.warnings.find(({ hospital }) => hospital === 'region-5')!.message).toMatch(
      /11 patients, with 1 event/,
    );
    const report = await readFile(join(folder, 'open', 'report.html'), 'utf8');
    expect(report).toContain('8 patients of brca.csv are at none of the six regions');
    expect(report).toContain('11 patients, with 1 event');
  });

  it('goes on where a hospital has no event to test on, and says what is not defined', async () => {
    const copy = join(folder, 'data');
    await cp(join(dataDir!, 'tcga-brca'), join(copy, 'tcga-brca'), { recursive: true });
    await rm(join(copy, 'tcga-brca', 'train_test_split.csv')); // a split of our own, in which with this seed there is none
    const result = await run('without', { dataDir: copy, seed: 2 });
    const region5 = result.hospitals.find(({ id }) => id === 'region-5')!;
    expect(region5.evaluation!.events).toBe(0);
    expect(region5.globalMetrics).not.toHaveProperty('cIndex');
    expect(region5.evaluation!.figures['cIndex']).toMatchObject({ value: null, because: expect.any(String) as string });
    expect(result.warnings.find(({ hospital }) => hospital === 'region-5')!.message).toMatch(
      /no concordance is defined/,
    );
  });

  it('is the same bits again, and others with another seed', async () => {
    const model = async (name: string, seed: number) =>
      (await run(name, { local: false, rounds: 1, seed })).model.sha256;
    const first = await model('first', 1);
    expect(await model('second', 1)).toBe(first);
    expect(await model('other', 2)).not.toBe(first);
  });

  it('refuses a price of records, whose part of the loss hangs on the others', async () => {
    await expect(run('priced', { privacy: 'dp-sgd' })).rejects.toMatchObject({
      code: 'CONFIG_INCOMPATIBLE',
      subject: 'model.loss',
    });
    const { privacy } = await run('central', { privacy: 'central', local: false, rounds: 1 });
    expect(privacy!.unit).toBe('hospital');
  });

  it.each([
    ['kfold:5', 5, 1088],
    ['leave-one-hospital-out', 6, 1088],
  ])('is validated by %s, each patient tested once', async (how, count, patients) => {
    const { folds } = await validate(
      { scenario: 'tcga-brca', dataDir: dataDir!, rounds: 2, validate: how, workers: 1, local: false },
      join(folder, how.replace(':', '-')),
    );
    expect(folds).toHaveLength(count);
    expect(folds.reduce((sum, { evaluation }) => sum + evaluation!.records, 0)).toBe(patients);
    for (const { trainedOn, evaluation } of folds) expect(trainedOn.records + evaluation!.records).toBe(patients);
  });
});

describe('the scenario tcga-brca', () => {
  it('says that it needs data', async () => {
    await expect(tcgaBrca.load({ seed: 1 })).rejects.toMatchObject({ code: 'FILE_NOT_FOUND', subject: '--data' });
  });
});
