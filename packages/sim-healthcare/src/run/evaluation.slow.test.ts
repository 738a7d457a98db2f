import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeBundle } from '@fedward/model-bundle';
import { afterAll, describe, expect, it } from 'vitest';
import { csvFolder, csvSchema } from '../testing/csv-study.js';
import { parseThreshold } from './declared-evaluation.js';
import { simulate } from './simulate.js';

const folder = mkdtempSync(join(tmpdir(), 'fedward-evaluation-'));
const dataDir = csvFolder({ north: 60, south: 80 });
afterAll(() => [folder, dataDir].forEach((each) => rmSync(each, { recursive: true })));

function declare(more: object): void {
  writeFileSync(join(dataDir, 'schema.json'), JSON.stringify({ ...csvSchema, ...more }));
}
const run = (out: string, options: object = {}) =>
  simulate({ scenario: 'study', dataDir, rounds: 3, workers: 1, ...options }, join(folder, out));
const bundleIn = (out: string) =>
  decodeBundle(readFileSync(join(folder, out, 'model.safetensors')), 'model.safetensors').manifest;

describe('how a model is judged', () => {
  it('goes from the schema through the result into the bundle', async () => {
    declare({
      standardization: 'federation',
      subgroups: [{ column: 'age', bands: [60] }],
      evaluation: { prevalence: 0.1, threshold: { rule: 'sensitivity', at: 0.9 } },
    });
    const result = await run('all', { config: { about: { question: 'Who is sick?', intendedUse: 'a test' } } });
    const { final, threshold, hospitals, about, settings } = result;
    const { manifest } = { manifest: bundleIn('all') };
    expect(about).toEqual({ question: 'Who is sick?', intendedUse: 'a test' });
    expect(settings).toMatchObject({ rounds: 3, training: { trainer: 'wasm' } });
    expect(threshold).toMatchObject({ on: 'training', rule: expect.stringContaining('sensitivity of at least 0.9') });
    expect(final.evaluation).toMatchObject({ task: 'binary', threshold: threshold!.value });
    expect(final.metrics['accuracy']).toBe(final.evaluation!.figures['accuracy']!.value);
    expect(final.subgroups!.map(({ group, level }) => [group, level])).toEqual([
      ['age', 'below 60'],
      ['age', '60 and above'],
    ]);
    expect(final.subgroups!.reduce((sum, { evaluation }) => sum + evaluation.records, 0)).toBe(
      final.evaluation!.records,
    );
    expect(hospitals.reduce((sum, { evaluation }) => sum + evaluation!.records, 0)).toBe(final.evaluation!.records);
    for (const { evaluation, localEvaluation, gain, globalMetrics, localMetrics } of hospitals) {
      expect(evaluation).not.toHaveProperty('curves');
      expect(globalMetrics['accuracy']).toBe(evaluation!.figures['accuracy']!.value);
      expect(localMetrics!['accuracy']).toBe(localEvaluation!.figures['accuracy']!.value);
      const difference = evaluation!.figures['auroc']!.value! - localEvaluation!.figures['auroc']!.value!;
      expect(gain!['auroc']!.value).toBeCloseTo(difference, 12);
    }
    expect(manifest).toMatchObject({
      title: 'study',
      label: { name: 'sick', classes: ['healthy', 'diseased'] },
      features: ['age', 'marker'],
      threshold,
      intendedUse: 'a test',
      evaluationSettings: { prevalence: 0.1 },
      preprocessing: { all: { fittedOn: 'federation' } },
    });
    expect(manifest.evaluation!.figures).toEqual(JSON.parse(JSON.stringify(final.evaluation!.figures)));
  });

  it('by an option goes over the schema, and its accuracy is at that threshold in every place', async () => {
    declare({ evaluation: { threshold: 0.5 } });
    const low = await run('low', { threshold: 0.001, local: false });
    expect(low.threshold).toMatchObject({ value: 0.001, on: 'declared' });
    // All are called diseased, and so many are.
    const { records, events } = low.final.evaluation!;
    const share = (events ?? 0) / records;
    if (events !== undefined) expect(low.final.metrics['accuracy']).toBeCloseTo(share, 12);
    expect(low.final.metrics['accuracy']).not.toBe(low.rounds.at(-1)!.metrics!['accuracy']);
  });

  it('is refused before the first round where nothing pays for it, or it has no meaning', async () => {
    declare({ columns: csvSchema.columns.map((column) => ({ ...column, range: [-100, 100] })) });
    const priced = { privacy: 'dp-sgd', threshold: 'youden' };
    await expect(run('priced', priced)).rejects.toMatchObject({
      code: 'CONFIG_INCOMPATIBLE',
      message: expect.stringContaining('no epsilon pays for that'),
    });
    await expect(run('horizon', { horizon: 3 })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      subject: '--horizon',
    });
    declare({ evaluation: { horizon: 3 } });
    await expect(run('schema')).rejects.toMatchObject({ message: expect.stringContaining('evaluation.horizon') });
  });

  it('by sums of all hospitals is refused under a price, with the way out', async () => {
    declare({ standardization: 'federation' });
    await expect(run('federation', { privacy: 'dp-sgd' })).rejects.toMatchObject({
      code: 'CONFIG_INCOMPATIBLE',
      message: expect.stringMatching(/all training parts together.*"range": \[LOWEST, HIGHEST\]/),
    });
  });

  it('is not in the bundle of a run whose noise is secret and has a price', async () => {
    declare({ columns: csvSchema.columns.map((column) => ({ ...column, range: [-100, 100] })) });
    const options = { privacy: 'dp-sgd', local: false, rounds: 1 };
    await run('simulated', options);
    await run('secret', { ...options, secureNoise: true });
    expect(bundleIn('simulated').evaluation).not.toBeNull();
    expect(bundleIn('secret').evaluation).toBeNull();
  });

  it('hands on no number that a hospital fitted to its patients, where a price does not pay for it', async () => {
    declare({ standardization: 'site' });
    const options = { privacy: 'central', noiseMultiplier: 1, delta: 1e-3, local: false, rounds: 1 };
    await run('whole-hospitals', { ...options, secureNoise: true });
    const { preprocessing } = bundleIn('whole-hospitals');
    expect(preprocessing).toMatchObject({ all: null, hospitals: {}, unfitted: { fittedOn: 'nothing' } });
    expect(preprocessing!.unfitted!.scalings).toEqual([null, null]);
    const own = readFileSync(join(folder, 'whole-hospitals', 'preprocessing.json'), 'utf8');
    const { center } = (JSON.parse(own) as { hospitals: { north: { scalings: { center: number }[] } } }).hospitals.north
      .scalings[0]!;
    for (const file of ['model.safetensors', 'model-card.json', 'model-card.md', 'tripod-ai.md'])
      expect(readFileSync(join(folder, 'whole-hospitals', file), 'utf8')).not.toContain(String(center).slice(0, 8));
    expect(readFileSync(join(folder, 'whole-hospitals', 'model-card.md'), 'utf8')).not.toMatch(/AUROC|accuracy \d/);
    const seeded = await run('seeded', options);
    expect(Object.keys(bundleIn('seeded').preprocessing!.hospitals)).toEqual(['north', 'south']);
    expect(seeded.privacy!.notReleased.join()).toContain('goes where the model goes');
  });
});

it.each([
  [0.3, 0.3],
  ['0.25', 0.25],
  ['youden', { rule: 'youden' }],
  ['specificity:0.95', { rule: 'specificity', at: 0.95 }],
])('--threshold %s is read', (told, read) => expect(parseThreshold(told)).toEqual(read));

it.each(['', '0', '1', 'youden:0.3', 'sensitivity', 'sensitivity:2', 'best'])('--threshold "%s" is refused', (told) =>
  expect(() => parseThreshold(told)).toThrow(expect.objectContaining({ subject: '--threshold' })),
);
