import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { isFedwardError, Random } from '@fedward/core';
import type { TableSource } from '@fedward/kit-tables';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openArff, openCsvSource, openNpy, openNpz, openParquet } from './index.js';

const dataDir = process.env['FEDWARD_DATA'];

/** Milliseconds that a damaged file of some 100 kB may take on a busy machine. */
const longest = 20_000;
const mostBytes = 2 ** 30;

/** A file that is damaged in one of the ways in which files are. */
function mutated(bytes: Uint8Array, random: Random): Uint8Array {
  const copy = Buffer.from(bytes);
  const at = () => random.integer(0, copy.length);
  switch (random.integer(0, 6)) {
    case 0: // cut short
      return copy.subarray(0, at());
    case 1: // a piece is missing
      return Buffer.concat([
        copy.subarray(0, copy.length >> 1),
        copy.subarray((copy.length >> 1) + random.integer(0, 64)),
      ]);
    case 2: {
      // a piece is written twice
      const from = at();
      return Buffer.concat([copy.subarray(0, from), copy.subarray(Math.max(0, from - 50), from), copy.subarray(from)]);
    }
    case 3: {
      // the end, where archives and Parquet say what they have
      const from = Math.max(0, copy.length - 400);
      for (let i = 0; i < 3; i++) copy[from + random.integer(0, copy.length - from)] = random.integer(0, 256);
      return copy;
    }
    case 4: // large numbers
      copy.fill(255, at(), at() + 4);
      return copy;
    default: // single bytes
      for (let i = 0; i < 1 + random.integer(0, 8); i++) copy[at()]! ^= 1 << random.integer(0, 8);
      return copy;
  }
}

/** Reads all of a source. @returns the rows, or the error */
async function read(open: (file: string) => Promise<TableSource>, file: string): Promise<number | unknown> {
  let source: TableSource | undefined;
  try {
    source = await open(file);
    let rows = 0;
    for await (const batch of source.rows)
      for (const { fields } of batch) {
        rows++;
        if (fields.length !== source.names.length) return new Error('a row of another width');
      }
    return rows;
  } catch (error) {
    return error;
  } finally {
    await source?.close();
  }
}

const transposed = { id: 'Gene Accession Number', skip: ['Gene Description', 'call'] };

describe.skipIf(!dataDir)('readers of damaged files (need FEDWARD_DATA)', () => {
  let folder: string;
  beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'fedward-fuzz-'))));
  afterAll(() => rm(folder, { recursive: true }));

  it.each([
    ['parquet/heart_snappy.parquet', openParquet, 250],
    ['parquet/heart_plain.parquet', openParquet, 150],
    ['parquet/heart_delta.parquet', openParquet, 250],
    ['parquet/heart_brotli.parquet', openParquet, 150],
    ['parquet/heart_lz4.parquet', openParquet, 250],
    ['parquet/heart_gzip_nodict.parquet', openParquet, 150],
    ['parquet/heart_zstd_v2.parquet', openParquet, 250],
    ['parquet/omop_condition_occurrence.parquet', openParquet, 100],
    [
      'parquet/synthea_nested.parquet',
      (file: string) => openParquet(file, ['patient', 'birth', 'lat', 'expenses']),
      100,
    ],
    ['chronic-kidney-disease/chronic_kidney_disease_full.arff', openArff, 250],
    ['gbsg2/GBSG2.arff', openArff, 150],
    ['medmnist/pneumoniamnist_28.npz', openNpz, 60],
    ['colon-and-pbc/pbc.csv', openCsvSource, 250],
    ['leukemia/data_set_ALL_AML_independent.csv', (file: string) => openCsvSource(file, { transposed }), 20],
  ] as [string, (file: string) => Promise<TableSource>, number][])(
    '%s ends, or is refused in words',
    { timeout: 600_000 },
    async (name, open, times) => {
      const bytes = await readFile(join(dataDir!, name));
      const random = new Random(12).fork('fuzz', name);
      const file = join(folder, basename(name));
      let refused = 0;
      for (let i = 0; i < times; i++) {
        await writeFile(file, mutated(bytes, random));
        const start = performance.now();
        const found = await read((path) => open(path), file);
        expect(performance.now() - start, `mutation ${i}`).toBeLessThan(longest);
        if (typeof found === 'number') continue;
        refused++;
        expect(isFedwardError(found), `mutation ${i}: ${String((found as Error).stack)}`).toBe(true);
      }
      expect(process.memoryUsage().rss).toBeLessThan(2 * mostBytes);
      expect(refused).toBeGreaterThan(times / 20);
    },
  );

  it('of an array of NumPy', async () => {
    const header = "{'descr': '<f4', 'fortran_order': True, 'shape': (50, 4, 3), }".padEnd(117) + '\n';
    const magic = Buffer.from('\x93NUMPY\x01\0\x76\0', 'latin1');
    const bytes = Buffer.concat([magic, Buffer.from(header), Buffer.alloc(2400, 7)]);
    const file = join(folder, 'x.npy');
    await writeFile(file, bytes);
    expect(await read(openNpy, file)).toBe(50);
    const random = new Random(12).fork('npy');
    for (let i = 0; i < 400; i++) {
      const damaged = Buffer.from(bytes);
      for (let j = 0; j < 3; j++) damaged[random.integer(0, 90)] = 32 + random.integer(0, 96);
      await writeFile(file, damaged);
      const found = await read(openNpy, file);
      if (typeof found !== 'number') expect(isFedwardError(found), String(found)).toBe(true);
    }
  });
});
