import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '@fedward/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataSets, listDataSets, loadTcgaBrca, tcgaBrcaSchema, type TcgaBrca } from '../index.js';

const dataDir = process.env['FEDWARD_DATA'];

const sizes = ({ hospitals }: TcgaBrca) => hospitals.map(({ train, test }) => [train.count, test.count]);
const idsOf = ({ hospitals }: TcgaBrca) =>
  hospitals.map(({ train, test }) => [...train.patientIds!, ...test.patientIds!].sort());

describe.skipIf(!dataDir)('loadTcgaBrca (needs FEDWARD_DATA)', () => {
  /** A copy of the folder that tests may damage. */
  let copy: string;
  beforeAll(async () => (copy = await mkdtemp(join(tmpdir(), 'fedward-tcga-'))));
  afterAll(() => rm(copy, { recursive: true }));
  const fresh = async () => {
    await rm(join(copy, 'tcga-brca'), { recursive: true, force: true });
    await cp(join(dataDir!, 'tcga-brca'), join(copy, 'tcga-brca'), { recursive: true });
    return join(copy, 'tcga-brca');
  };

  it('has the regions, patients and events that FLamby publishes, and says who is left out', async () => {
    const loaded = await loadTcgaBrca(dataDir!);
    const { hospitals, unused } = loaded;
    expect(hospitals.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4, 5].map((k) => `region-${k}`));
    expect(sizes(loaded)).toEqual([
      [248, 63],
      [156, 40],
      [164, 42],
      [129, 33],
      [129, 33],
      [40, 11],
    ]);
    expect(hospitals.map(({ rows }) => rows.used).reduce((a, b) => a + b) + unused).toBe(1096);
    expect(unused).toBe(8);
    const events = (part: 'train' | 'test') => hospitals.map((own) => own[part].labels.filter((t) => t > 0).length);
    expect([events('train'), events('test')]).toEqual([
      [45, 35, 14, 16, 7, 2],
      [14, 4, 8, 3, 2, 1],
    ]);
  });

  it('reads each row as it stands: id, 39 features in their order, the time with the sign of the event', async () => {
    const { hospitals } = await loadTcgaBrca(dataDir!, { scale: 'none' });
    const lines = (await readFile(join(dataDir!, 'tcga-brca', 'brca.csv'), 'utf8')).trim().split('\n').slice(1);
    const rows = new Map(lines.map((line) => [line.slice(0, line.indexOf(',')), line.split(',').slice(1).map(Number)]));
    for (const { train, test } of hospitals)
      for (const { patientIds, features, labels, count } of [train, test]) {
        expect(features.length).toBe(39 * count);
        patientIds!.forEach((pid, i) => {
          const cells = rows.get(pid)!;
          expect([...features.subarray(39 * i, 39 * i + 39)]).toEqual(cells.slice(0, 39));
          expect(labels[i]).toBe((cells[40] || 0.5) * (cells[39] === 1 ? 1 : -1));
        });
      }
  });

  it('is not changed by what a time of 0 is taken as: nobody has an event before a whole day', async () => {
    const { hospitals } = await loadTcgaBrca(dataDir!);
    const labels = hospitals.flatMap(({ train, test }) => [...train.labels, ...test.labels]);
    expect(labels.filter((t) => Math.abs(t) < 1)).toEqual(Array.from({ length: 12 }, () => -0.5));
  });

  it('scales the age by constants, and nothing else', async () => {
    const [raw, scaled] = [await loadTcgaBrca(dataDir!, { scale: 'none' }), await loadTcgaBrca(dataDir!)];
    raw.hospitals.forEach(({ train }, k) => {
      const own = scaled.hospitals[k]!.train;
      expect(own.sharedStatistics).toBeUndefined();
      own.features.forEach((x, i) =>
        expect(x).toBe(i % 39 === 0 ? Math.fround((train.features[i]! - 60) / 10) : train.features[i]),
      );
    });
    expect(scaled.hospitals[0]!.preprocessing).toMatchObject({ fittedOn: 'nothing', features: null });
  });

  it('parts anew without the split’s file, or where it is not wanted: the same regions, each patient by the id', async () => {
    const folder = await fresh();
    await rm(join(folder, 'train_test_split.csv'));
    const [published, own] = [await loadTcgaBrca(dataDir!), await loadTcgaBrca(copy, { seed: 3 })];
    expect(own.unused).toBe(8);
    expect(idsOf(own)).toEqual(idsOf(published)); // by tissue source site as FLamby's fold2 has it
    const tested = own.hospitals.reduce((sum, { test }) => sum + test.count, 0);
    expect(Math.abs(tested - 0.2 * 1088)).toBeLessThan(4 * Math.sqrt(0.2 * 0.8 * 1088));
    expect(sizes(await loadTcgaBrca(dataDir!, { seed: 3, split: 'seeded' }))).toEqual(sizes(own));
    expect(await loadTcgaBrca(copy, { seed: 4 })).not.toEqual(own);
    const secret = (splitKey: Uint8Array) => loadTcgaBrca(copy, { seed: 3, splitKey });
    expect(await secret(Uint8Array.of(1))).not.toEqual(own);
    await expect(loadTcgaBrca(copy, { split: 'flamby' })).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
      subject: join(folder, 'train_test_split.csv'),
    });
  });

  it('refuses a file that is not the published one, naming it', async () => {
    for (const [name, options] of [
      ['brca.csv', {}],
      ['train_test_split.csv', {}],
      ['centers.csv', { split: 'seeded' }],
    ] as const) {
      const file = join(await fresh(), name);
      await writeFile(file, (await readFile(file, 'latin1')).replace('A', 'B'));
      await expect(loadTcgaBrca(copy, options)).rejects.toMatchObject({ code: 'DIGEST_MISMATCH', subject: file });
      const status = (await listDataSets(copy)).find((set) => set.name === 'tcga-brca')!;
      expect(status.ready).toBe(false);
    }
  });

  it('knows md5, SHA-256 and size of every file', async () => {
    const { name, files, optionalFiles } = dataSets.find((set) => set.name === 'tcga-brca')!;
    for (const file of [...files, ...optionalFiles]) {
      const bytes = await readFile(join(dataDir!, name, file.name));
      const md5 = createHash('md5').update(bytes).digest('hex');
      expect({ bytes: bytes.length, md5, sha256: sha256(bytes) }).toEqual({
        bytes: file.bytes,
        md5: file.md5,
        sha256: file.sha256,
      });
    }
  });
});

describe('loadTcgaBrca', () => {
  it('has 39 features', () => {
    expect(tcgaBrcaSchema.columns).toHaveLength(39);
  });

  it('says which file is not there, and refuses bad options', async () => {
    await expect(loadTcgaBrca('/nowhere')).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
      message: expect.stringContaining('brca.csv'),
    });
    await expect(loadTcgaBrca('/nowhere', { split: 'random' as 'seeded' })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      subject: 'split',
    });
  });
});
