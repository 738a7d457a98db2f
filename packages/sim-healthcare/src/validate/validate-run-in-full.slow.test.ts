import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { foldOf, planRun } from '../run/planned-run.js';
import type { SimulateOptions } from '../run/options.js';
import { csvFolder } from '../testing/csv-study.js';
import type { FoldedMethod } from './method.js';
import { validateRun } from './validate-run.js';
import type { Fold } from './fold.js';
import type { ValidationResult } from './validation-result.js';

const sizes = { north: 40, south: 50, west: 45 };
const out: FoldedMethod = { kind: 'leave-one-hospital-out' };
const usual = { scenario: 'study', rounds: 2, local: false, workers: 1 } as const;

async function validated(
  dataDir: string,
  method = out,
  more: Partial<SimulateOptions> = {},
): Promise<ValidationResult> {
  const loaded = await planRun({ ...usual, dataDir, ...more }, 'r');
  const basis = { ...loaded, workers: 1, foldOf: (fold: Fold) => foldOf(loaded, fold), say: () => undefined };
  return validateRun({ ...basis, signal: new AbortController().signal }, method);
}

async function folder(standardization?: 'federation' | 'site'): Promise<string> {
  const path = csvFolder(sizes);
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  const file = join(path, 'schema.json');
  const schema = JSON.parse(await readFile(file, 'utf8')) as object;
  if (standardization) await writeFile(file, JSON.stringify({ ...schema, standardization }));
  return path;
}

/** Changes each line of a hospital but the first. */
async function rewrite(path: string, hospital: string, change: (cells: string[]) => string[]): Promise<void> {
  const file = join(path, `${hospital}.csv`);
  const [head, ...lines] = (await readFile(file, 'utf8')).trim().split('\n');
  await writeFile(file, [head, ...lines.map((line) => change(line.split(',')).join(',')), ''].join('\n'));
}

it.each(['site', 'federation'] as const)(
  'leaves a hospital out whole: neither its labels nor its features have a say in its model (%s scales)',
  async (standardization) => {
    const path = await folder(standardization);
    const before = await validated(path);
    await rewrite(path, 'south', ([age, marker, sick]) => [age!, marker!, String(1 - Number(sick))]);
    const flipped = await validated(path);
    await rewrite(path, 'south', ([age, marker, sick]) => [`${Number(age) + 500}`, marker!, sick!]);
    const moved = await validated(path);
    const [north, south, west] = before.folds.map(({ model }) => model);
    for (const { folds } of [flipped, moved]) {
      expect(folds[1]!.model).toBe(south);
      expect(folds[0]!.model).not.toBe(north);
      expect(folds[2]!.model).not.toBe(west);
    }
    expect(before.folds[1]!.evaluation!.records).toBe(sizes.south);
    expect(before.folds[1]!.trainedOn).toEqual({ hospitals: 2, records: 85, patients: 85 });
    const area = (result: ValidationResult): number => result.folds[1]!.evaluation!.figures['auroc']!.value!;
    expect(area(flipped)).toBeCloseTo(1 - area(before), 12);
    // A hospital that is scaled by its own mean is told the same of patients who are all 500 years older.
    if (standardization === 'site') expect(area(moved)).toBeCloseTo(area(flipped), 12);
    expect(before.pooled!.records).toBe(135);
  },
);

it('tests every patient once over the folds, and is the same again', async () => {
  const path = await folder();
  const method: FoldedMethod = { kind: 'kfold', folds: 3 };
  const result = await validated(path, method);
  expect(result.folds.map(({ evaluation, trainedOn }) => evaluation!.records + trainedOn.records)).toEqual([
    135, 135, 135,
  ]);
  expect(result.pooled!.records).toBe(135);
  expect(result.byHospital!.map(({ evaluation }) => evaluation!.records)).toEqual([40, 50, 45]);
  expect(new Set(result.folds.map(({ model }) => model)).size).toBe(3);
  expect(result.spread['auroc']!.folds).toBe(3);
  expect(await validated(path, method)).toEqual(result);
});

it('tells of a fold that came to nothing', async () => {
  const { folds, pooled, words } = await validated(await folder(), out, {
    learningRate: 1e30,
    rounds: 3,
    model: 'mlp',
  });
  expect(folds.every(({ evaluation, failure }) => evaluation === null && failure !== undefined)).toBe(true);
  expect(pooled).toBeNull();
  expect(words.join()).toContain('Without a figure: north, south, west');
});

it('trains fewer hospitals than a plan is for as far as they go, and tells where they are too few', async () => {
  const path = await folder();
  const open = { privacy: 'none' } as const;
  const turns = await validated(path, out, { ...open, cohort: 1, select: 'cyclic', quorum: 1 });
  expect(turns.folds.map(({ failure, trainedOn }) => [failure, trainedOn.hospitals])).toEqual(Array(3).fill([undefined, 2])); // prettier-ignore
  const { folds, pooled } = await validated(path, out, { ...open, aggregator: 'trimmed-mean' });
  for (const { failure, evaluation } of folds) {
    expect(failure).toContain('trimmed-mean needs 3 updates a round, and there are 2 sites');
    expect(evaluation).toBeNull();
  }
  expect(pooled).toBeNull();
});

it.each<[string, Partial<SimulateOptions>, string]>([
  [
    'a hospital out of one',
    { scenario: 'tutorial', hospitals: 1, validate: 'leave-one-hospital-out', privacy: 'none' },
    'only one',
  ],
  ['too many for a table', { scenario: 'many-clients', hospitals: 20, validate: 'kfold:2' }, 'too many'],
  ['wrong labels', { scenario: 'tutorial', validate: 'kfold:2', labelNoise: 0.1, privacy: 'none' }, '--label-noise'],
  ['what nothing pays for', { scenario: 'tutorial', validate: 'kfold:2', secureNoise: true }, 'one run'],
  ['a choice on private data', { scenario: 'tutorial', choose: { rounds: [1, 2] } }, 'nothing pays'],
])('refuses %s', async (_, options, word) => {
  const refused = planRun({ ...usual, ...options } as SimulateOptions, 'r');
  await expect(refused).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE', message: expect.stringContaining(word) });
});

it('says of seeded noise what the folds would cost', async () => {
  const loaded = await planRun({ ...usual, scenario: 'tutorial', hospitals: 3, rounds: 1, validate: 'kfold:4' }, 'r');
  const basis = { ...loaded, workers: 1, foldOf: (fold: Fold) => foldOf(loaded, fold), say: () => undefined };
  const signal = new AbortController().signal;
  const { words } = await validateRun({ ...basis, signal }, { kind: 'kfold', folds: 2 });
  expect(words.join()).toContain('2 times the epsilon, at 2 times the delta (0.0000200)');
});
