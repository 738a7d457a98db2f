import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '@fedward/core';
import { droppedOf } from '@fedward/kit-tables';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  dataSets,
  fitImputation,
  listDataSets,
  loadHeartDisease,
  missingnessOf,
  readHeartDisease,
  type HospitalData,
  type MedicalDataset,
} from '../index.js';
import { fitLogistic, predictLogistic } from './newton.fixture.js';

const dataDir = process.env['FEDWARD_DATA'];

const sizes = (hospitals: readonly HospitalData[]) => hospitals.map(({ train, test }) => [train.count, test.count]);
const positives = ({ labels }: MedicalDataset) => labels.reduce((sum, y) => sum + y, 0);
const pool = (parts: readonly MedicalDataset[]) => parts[0]!.concat(...parts.slice(1));

describe.skipIf(!dataDir)('loadHeartDisease (needs FEDWARD_DATA)', () => {
  /** A copy of the folder that tests may damage. */
  let copy: string;
  beforeAll(async () => (copy = await mkdtemp(join(tmpdir(), 'fedward-heart-'))));
  afterAll(() => rm(copy, { recursive: true }));
  const fresh = async () => {
    await rm(join(copy, 'heart-disease'), { recursive: true, force: true });
    await cp(join(dataDir!, 'heart-disease'), join(copy, 'heart-disease'), { recursive: true });
    return join(copy, 'heart-disease');
  };

  it('has the hospitals, rows and classes that FLamby publishes', async () => {
    const hospitals = await loadHeartDisease(dataDir!);
    expect(hospitals.map(({ id }) => id)).toEqual(['cleveland', 'hungarian', 'switzerland', 'va']);
    expect(sizes(hospitals)).toEqual([
      [199, 104],
      [172, 89],
      [30, 16],
      [85, 45],
    ]);
    for (const { rows, train, test } of hospitals) {
      expect(rows.used).toBe(train.count + test.count);
      expect(rows.read).toBe(rows.used + droppedOf(rows));
    }
    expect(hospitals.map(({ rows }) => rows.read)).toEqual([303, 294, 123, 200]); // lines of the files
    expect(hospitals[3]!.rows.dropped[0]).toEqual({ reason: 'no value in trestbps', rows: 56 });
    expect(hospitals.map(({ train }) => positives(train))).toEqual([91, 65, 30, 66]);
    expect(hospitals.map(({ test }) => positives(test))).toEqual([48, 33, 15, 35]);
    expect(hospitals[0]!.train.featureNames).toEqual([
      ...['age', 'sex', 'trestbps', 'chol', 'fbs', 'thalach', 'exang', 'oldpeak'],
      ...['cp=2', 'cp=3', 'cp=4', 'restecg=1', 'restecg=2'],
    ]);
  });

  /*
   * numpy 2.4.6 on the same files and split: rows without `?` in columns 0-9 and 13; X = age, sex, trestbps, chol,
   * fbs, thalach, exang, oldpeak, cp == 2, 3, 4, restecg == 1, 2; X[train].mean(0) and X[train].std(0, ddof=1).
   */
  it('encodes as numpy does: mean and sample standard deviation of all train rows', async () => {
    const hospitals = await loadHeartDisease(dataDir!, { standardization: 'none' });
    const { features } = pool(hospitals.map(({ train }) => train)).describe();
    const means = [
      52.952674897119344, 0.757201646090535, 133.15020576131687, 219.83744855967078, 0.15020576131687244,
      139.28189300411523, 0.3868312757201646, 0.9362139917695473, 0.19958847736625515, 0.21604938271604937,
      0.5246913580246914, 0.14814814814814814, 0.24074074074074073,
    ];
    const deviations = [
      9.625772056075997, 0.42921600607802524, 19.191065091313156, 93.66437294757442, 0.35764112469042364,
      26.09200140732931, 0.487526304158675, 1.072123467409809, 0.40010286743129975, 0.4119724112843158,
      0.4999045346053372, 0.3556128248120117, 0.427973728197759,
    ];
    features.forEach(({ mean, standardDeviation }, i) => {
      expect(mean).toBeCloseTo(means[i]!, 6);
      expect(standardDeviation).toBeCloseTo(deviations[i]!, 6);
    });
  });

  it('leaves what is 0 or 1 as it is, unless told otherwise', async () => {
    const hospitals = await loadHeartDisease(dataDir!, { standardization: 'site' });
    for (const { train } of hospitals) {
      const spread = train.describe().features;
      const named = (name: string) => spread.find((feature) => feature.name === name)!;
      for (const name of ['sex', 'exang', 'cp=4']) expect([0, 1]).toContain(named(name).minimum);
      for (const name of ['age', 'thalach']) {
        expect(named(name).mean).toBeCloseTo(0, 5);
        expect(named(name).standardDeviation).toBeCloseTo(1, 5);
      }
    }
  });

  it('standardises by public constants, in which no patient has a say', async () => {
    const [raw, scaled] = [
      await loadHeartDisease(dataDir!, { standardization: 'none' }),
      await loadHeartDisease(dataDir!),
    ];
    const names = raw[0]!.train.featureNames;
    const column = (name: string, { features }: { features: Float32Array }) =>
      features.filter((_, i) => i % names.length === names.indexOf(name));
    raw.forEach(({ train }, i) => {
      const { train: own } = scaled[i]!;
      expect(column('age', own)).toEqual(column('age', train).map((age) => (age - 50) / 10));
      // From 2.3 in float64, which float32 has not.
      column('oldpeak', train).forEach((depression, row) =>
        expect(column('oldpeak', own)[row]).toBeCloseTo(depression - 1, 6),
      );
      expect(column('sex', own)).toEqual(column('sex', train));
    });
    await expect(loadHeartDisease(dataDir!, { standardize: 'all' })).rejects.toMatchObject({ subject: 'standardize' });
  });

  it('standardises by each hospital’s own train part', async () => {
    const hospitals = await loadHeartDisease(dataDir!, { standardization: 'site', standardize: 'all' });
    for (const { id, train } of hospitals)
      for (const { name, mean, standardDeviation } of train.describe().features) {
        expect(mean).toBeCloseTo(0, 5);
        // Cholesterol was not measured in Switzerland: 0 throughout, and so it stays.
        expect(standardDeviation).toBeCloseTo(id === 'switzerland' && name === 'chol' ? 0 : 1, 5);
      }
    // Sum of squares of each test part, from the numpy code above with the train part's mean and deviation.
    const squares = hospitals.map(({ test }) => test.features.reduce((sum, z) => sum + z * z, 0));
    [1588.8115488674189, 1172.1552455928322, 206.38603776145018, 629.3379671088887].forEach((expected, i) =>
      expect(squares[i]! / expected).toBeCloseTo(1, 6),
    );
  });

  /*
   * The published check of this copy, also what scikit-learn 1.9.1 gives:
   * LogisticRegression(C=1e8, max_iter=10000, tol=1e-12).fit(Z[train], y[train]).predict(Z[test]) == y[test]
   */
  it('trains to the published accuracy: 0.769, 0.798, 0.813, 0.822, together 0.791', async () => {
    const hospitals = await loadHeartDisease(dataDir!, { standardization: 'pooled', standardize: 'all' });
    const weights = fitLogistic(pool(hospitals.map(({ train }) => train)));
    const right = hospitals.map(({ test }) => {
      const predicted = predictLogistic(weights, test);
      return test.labels.filter((y, i) => y === predicted[i]).length;
    });
    expect(right).toEqual([80, 71, 13, 37]); // of 104, 89, 16, 45
    expect(right.map((n, i) => (n / hospitals[i]!.test.count).toFixed(3))).toEqual([
      '0.769',
      '0.798',
      '0.813',
      '0.822',
    ]);
    expect((right.reduce((a, b) => a + b) / 254).toFixed(3)).toBe('0.791');
    // scikit-learn's intercept and first weight
    expect(weights[0]).toBeCloseTo(0.130743736894, 4);
    expect(weights[1]).toBeCloseTo(0.21422789509464435, 4);
  });

  it('makes a split of its own where FLamby’s is not there, or not wanted: each record by itself', async () => {
    const folder = await fresh();
    await rm(join(folder, 'flamby_split.csv'));
    const own = await loadHeartDisease(copy, { standardization: 'none', seed: 3 });
    own.forEach(({ train, test }, i) => {
      const count = [303, 261, 46, 130][i]!;
      expect(train.count + test.count).toBe(count);
      expect(Math.abs(test.count - 0.34 * count)).toBeLessThan(4 * Math.sqrt(0.34 * 0.66 * count));
    });
    expect(await loadHeartDisease(copy, { standardization: 'none', seed: 3 })).toEqual(own);
    expect(await loadHeartDisease(dataDir!, { standardization: 'none', seed: 3, split: 'seeded' })).toEqual(own);
    expect(await loadHeartDisease(copy, { standardization: 'none', seed: 4 })).not.toEqual(own);
    const secret = (splitKey: Uint8Array) => loadHeartDisease(copy, { standardization: 'none', seed: 3, splitKey });
    expect(await secret(Uint8Array.of(1))).not.toEqual(own);
    expect(await secret(Uint8Array.of(1))).toEqual(await secret(Uint8Array.of(1)));
    await expect(loadHeartDisease(copy, { split: 'flamby' })).rejects.toThrow(
      expect.objectContaining({ code: 'FILE_NOT_FOUND', subject: join(folder, 'flamby_split.csv') }),
    );
  });

  it('refuses a file that is not the published one, naming it, what was expected and what was found', async () => {
    for (const name of ['processed.va.data', 'flamby_split.csv']) {
      const file = join(await fresh(), name);
      const text = await readFile(file, 'latin1');
      const changed = text.replace('1', '2');
      await writeFile(file, changed);
      const error = await loadHeartDisease(copy).catch((reason: Error & { code: string }) => reason);
      expect(error).toMatchObject({ code: 'DIGEST_MISMATCH', subject: file });
      expect((error as Error).message).toContain(sha256(text));
      expect((error as Error).message).toContain(sha256(changed));
      const status = (await listDataSets(copy)).find((set) => set.name === 'heart-disease')!;
      expect(status.ready).toBe(false);
      expect(status.files).toContainEqual(expect.objectContaining({ name, state: 'different' }));
    }
    const gone = join(await fresh(), 'processed.hungarian.data');
    await rm(gone);
    await expect(loadHeartDisease(copy)).rejects.toThrow(
      expect.objectContaining({ code: 'FILE_NOT_FOUND', subject: gone }),
    );
  });

  it('knows md5, SHA-256 and size of every file', async () => {
    const { name, files, optionalFiles } = dataSets[0]!;
    for (const file of [...files, ...optionalFiles]) {
      const bytes = await readFile(join(dataDir!, name, file.name));
      expect({
        bytes: bytes.length,
        md5: createHash('md5').update(bytes).digest('hex'),
        sha256: sha256(bytes),
      }).toEqual({ bytes: file.bytes, md5: file.md5, sha256: file.sha256 });
    }
  });

  it('has all 920 rows of 13 columns, FLamby’s for testing alone, and says what is in each record', async () => {
    const hospitals = await loadHeartDisease(dataDir!, { rows: 'all' });
    expect(sizes(hospitals)).toEqual([
      [199, 104],
      [205, 89],
      [107, 16],
      [155, 45],
    ]);
    expect(hospitals.map(({ rows }) => [rows.read, rows.used])).toEqual([303, 294, 123, 200].map((n) => [n, n]));
    expect(hospitals[0]!.train.featureNames).toEqual([
      ...['age', 'sex', 'cp=2', 'cp=3', 'cp=4', 'trestbps', 'trestbps missing', 'chol', 'chol missing'],
      ...['fbs', 'fbs missing', 'restecg=1', 'restecg=2', 'thalach', 'thalach missing', 'exang', 'exang missing'],
      ...['oldpeak', 'oldpeak missing', 'slope=2', 'slope=3', 'slope missing', 'ca', 'ca missing'],
      ...['thal=6', 'thal=7', 'thal missing'],
    ]);
    const complete = await loadHeartDisease(dataDir!);
    hospitals.forEach(({ train, test }, i) => {
      for (const part of [train, test])
        expect(part.sharedStatistics).toMatch(/ridge of trestbps.*training parts of a federation$/);
      expect(test.labels).toEqual(complete[i]!.test.labels);
      expect(test.select(['age', 'sex', 'cp']).features).toEqual(
        complete[i]!.test.select(['age', 'sex', 'cp']).features,
      );
    });
    // Switzerland recorded no cholesterol: each is filled in, within what can be.
    const swiss = hospitals[2]!.train;
    const at = swiss.featureNames.indexOf('chol');
    for (let i = 0; i < swiss.count; i++) {
      expect(swiss.features[27 * i + at + 1]).toBe(1);
      expect(Math.abs(swiss.features[27 * i + at]!)).toBeLessThan(2); // 0 to 400 mg/dl
    }
  });

  it('fills in by a model that was learned before, and by no other', async () => {
    const tables = await readHeartDisease(dataDir!);
    expect(tables.map(({ records }) => records.count)).toEqual([303, 294, 123, 200]);
    expect(missingnessOf(tables[2]!.records).columns.find(({ column }) => column === 'chol')!.missing).toBe(123);
    const { records, testing } = tables[0]!;
    const rows = [...testing.keys()].filter((row) => !testing[row]);
    const imputation = fitImputation(records, rows); // Cleveland's alone
    const [own, all] = [await loadHeartDisease(dataDir!, { rows: 'all', imputation }), await loadHeartDisease(dataDir!, { rows: 'all' })]; // prettier-ignore
    expect(own[3]!.train.features).not.toEqual(all[3]!.train.features);
    expect(own[3]!.train.sharedStatistics).toMatch(/from the training part$/);
    await expect(loadHeartDisease(dataDir!, { imputation })).rejects.toMatchObject({ code: 'CONFIG_INVALID', subject: 'imputation' }); // prettier-ignore
    // Zurich and Basel can't learn alone what they never recorded.
    const swiss = tables[2]!;
    const swissRows = [...swiss.testing.keys()].filter((row) => !swiss.testing[row]);
    expect(() => fitImputation(swiss.records, swissRows)).toThrow(
      expect.objectContaining({ code: 'DATA_EMPTY', subject: 'chol' }),
    );
  });

  it('is listed as ready', async () => {
    const status = (await listDataSets(dataDir!))[0]!;
    expect(status).toMatchObject({ name: 'heart-disease', present: true, ready: true, licence: 'CC-BY-4.0' });
    expect(status.files).toHaveLength(5);
  });
});

describe('loadHeartDisease', () => {
  it('says which file is not there, and refuses bad options', async () => {
    await expect(loadHeartDisease('/nowhere')).rejects.toThrow(
      expect.objectContaining({ code: 'FILE_NOT_FOUND', message: expect.stringMatching(/processed\..*\.data/) }),
    );
    await expect(loadHeartDisease('/nowhere', { split: 'random' as 'seeded' })).rejects.toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', subject: 'split' }),
    );
  });
});
