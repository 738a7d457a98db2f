import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allUsed } from '@fedward/kit-tables';
import { describe, expect, it } from 'vitest';
import { dataSets, listDataSets, loadParkinsons, readParkinsons, type MedicalDataset } from '../index.js';

const dataDir = process.env['FEDWARD_DATA'] ?? '';
const folder = 'parkinsons-telemonitoring';

const numpy = [
  ['age', 64.80493617021277, 8.821523737074168],
  ['sex', 0.3177872340425532, 0.4656558987901527],
  ['test_time', 92.86372204595745, 53.44560208094162],
  ['Jitter(%)', 0.006153761702127659, 0.005624228275535452],
  ['Jitter(Abs)', 4.4027118297872336e-5, 3.5983358623203275e-5],
  ['Shimmer:APQ11', 0.027480861276595745, 0.019986145415945615],
  ['NHR', 0.032119817531914896, 0.05969230560054468],
  ['HNR', 21.679495148936173, 4.291096265936738],
  ['PPE', 0.21958917906382977, 0.09149849394998828],
] as const;

const idsOf = ({ patientIds }: MedicalDataset) => [...new Set(patientIds)];

describe.skipIf(!dataDir)("readParkinsons and loadParkinsons, Parkinson's telemonitoring (needs FEDWARD_DATA)", () => {
  it('has the recordings, patients and columns that were published, and no other score', async () => {
    const whole = await readParkinsons(dataDir, { scale: 'none' });
    expect([whole.count, whole.patients]).toEqual([5875, 42]);
    expect(whole.featureNames).toHaveLength(19);
    expect(whole.featureNames.slice(0, 4)).toEqual(['age', 'sex', 'test_time', 'Jitter(%)']);
    expect(whole.featureNames.filter((name) => /UPDRS|subject/.test(name))).toEqual([]);
    const perPatient = idsOf(whole).map((id) => whole.patientIds!.filter((other) => other === id).length);
    expect([Math.min(...perPatient), Math.max(...perPatient)]).toEqual([101, 168]);
    expect(whole.classes).toBeUndefined();
  });

  /* The file's first line, as it stands there. */
  it('reads a line as it was written, three-digit exponents too', async () => {
    const whole = await readParkinsons(dataDir, { scale: 'none' });
    const first = [72, 0, 5.6431, 0.00662, 3.38e-5, 0.00401, 0.00317, 0.01204, 0.02565, 0.23];
    const rest = [0.01438, 0.01309, 0.01662, 0.04314, 0.01429, 21.64, 0.41888, 0.54842, 0.16006];
    expect([...whole.features.subarray(0, 19)]).toEqual([...first, ...rest].map(Math.fround));
    expect(whole.labels[0]).toBe(Math.fround(34.398));
    expect((await readParkinsons(dataDir, { target: 'motor_UPDRS' })).labels[0]).toBe(Math.fround(28.199));
  });

  /* numpy on the same file in float64: column.mean() and column.std(ddof=1), `numpy` above. */
  it('has the means and deviations that numpy finds', async () => {
    const { features } = (await readParkinsons(dataDir, { scale: 'none' })).describe();
    const named = (name: string) => features.find((feature) => feature.name === name)!;
    for (const [name, mean, deviation] of numpy) {
      expect(named(name).mean / mean).toBeCloseTo(1, 6);
      expect(named(name).standardDeviation / deviation).toBeCloseTo(1, 6);
    }
    expect(named('test_time').minimum).toBeCloseTo(-4.2625, 4);
  });

  it('stays within the ranges of its two scores', async () => {
    for (const [target, lowest, highest] of [
      ['total_UPDRS', 7, 54.992],
      ['motor_UPDRS', 5.0377, 39.511],
    ] as const) {
      const { labels } = await readParkinsons(dataDir, { target });
      expect(labels.reduce((a, b) => Math.min(a, b))).toBeCloseTo(lowest, 4);
      expect(labels.reduce((a, b) => Math.max(a, b))).toBeCloseTo(highest, 4);
    }
  });

  it('has every patient at one hospital, in one part of it, with all of his or her recordings', async () => {
    const whole = await readParkinsons(dataDir);
    for (const seed of [0, 1, 2]) {
      const hospitals = await loadParkinsons(dataDir, { seed });
      for (const { rows, train, test } of hospitals) expect(rows).toEqual(allUsed(train.count + test.count));
      expect(hospitals.map(({ id }) => id)).toEqual(['hospital-0', 'hospital-1', 'hospital-2', 'hospital-3']);
      const parts = hospitals.flatMap(({ train, test }) => [train, test]);
      const ids = parts.flatMap(idsOf);
      expect(ids).toHaveLength(42);
      expect(new Set(ids)).toEqual(new Set(whole.patientIds));
      expect(parts.reduce((sum, { count }) => sum + count, 0)).toBe(5875);
      for (const { test } of hospitals) expect(test.patients).toBeGreaterThanOrEqual(3);
    }
  });

  it('gives the same hospitals for the same seed, others for another, and as many as are asked for', async () => {
    const load = (seed: number, hospitals = 4) => loadParkinsons(dataDir, { seed, hospitals });
    expect(await load(5)).toEqual(await load(5));
    const atFirst = async (seed: number) => {
      const { train, test } = (await load(seed))[0]!;
      return [...idsOf(train), ...idsOf(test)].sort();
    };
    expect(await atFirst(5)).not.toEqual(await atFirst(6));
    expect(await load(5, 7)).toHaveLength(7);
    const one = await loadParkinsons(dataDir, { hospitals: 1, testFraction: 0.5 });
    expect([one[0]!.train.patients, one[0]!.test.patients]).toEqual([21, 21]);
  });

  it('is refused, by its name, where it is not the published file', async () => {
    const copy = await mkdtemp(join(tmpdir(), 'fedward-parkinsons-'));
    try {
      await cp(join(dataDir, folder), join(copy, folder), { recursive: true });
      const file = join(copy, folder, 'parkinsons_updrs.data');
      const text = await readFile(file, 'latin1');
      await rm(file);
      await expect(readParkinsons(copy)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND', subject: file });
      await writeFile(file, text.replace('34.398', '34.399'));
      await expect(loadParkinsons(copy)).rejects.toMatchObject({ code: 'DIGEST_MISMATCH', subject: file });
    } finally {
      await rm(copy, { recursive: true });
    }
  });

  it('is listed as ready', async () => {
    const status = (await listDataSets(dataDir)).find(({ name }) => name === folder);
    expect(status).toMatchObject({ present: true, ready: true, licence: 'CC-BY-4.0' });
    expect(dataSets.find(({ name }) => name === folder)!.files[0]!.bytes).toBe(911_261);
  });
});

describe('loadParkinsons', () => {
  it('refuses options by their names, before it reads anything', async () => {
    for (const [options, subject] of [
      [{ hospitals: 0 }, 'hospitals'],
      [{ hospitals: 22 }, 'hospitals'],
      [{ testFraction: 1 }, 'testFraction'],
      [{ target: 'age' as 'total_UPDRS' }, 'target'],
    ] as const)
      await expect(loadParkinsons('/nowhere', options)).rejects.toMatchObject({ code: 'CONFIG_INVALID', subject });
  });
});
