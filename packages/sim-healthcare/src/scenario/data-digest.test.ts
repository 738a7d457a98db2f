import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random, sha256 } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { digestTable, digestOfRecords } from './data-digest.js';

const folder = mkdtempSync(join(tmpdir(), 'fedward-digest-'));
let files = 0;

async function digest(text: string | Uint8Array): Promise<string> {
  const path = join(folder, `table-${files++}.csv`);
  writeFileSync(path, text);
  const { data, file } = await digestTable(path);
  expect(file).toBe(`sha256:${sha256(text)}`);
  return data;
}

describe('digestTable', () => {
  const rows = ['age,sick', '61,yes', '47,no', '47,no'];

  it('is the same for another name, another order, other line ends, blank lines', async () => {
    const expected = await digest(rows.join('\n'));
    expect(expected).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(await digest(`${[...rows].reverse().join('\n')}\n`)).toBe(expected);
    expect(await digest(`\ufeff${rows.join('\r\n')}\r\n\r\n`)).toBe(expected);
    expect(await digest(`\n\n${rows.join('\n\n')}`)).toBe(expected);
  });

  it('is another for any change of a row, one more, or one less', async () => {
    const variants = [
      rows,
      ['age,sick', '61,no', '47,no', '47,no'],
      ['age,sick', '61,yes', '47,no'],
      [...rows, '47,no'],
      ['age,sick', '61,yes', '61,yes', '47,no'],
      ['age,ill', '61,yes', '47,no', '47,no'],
    ];
    const found = await Promise.all(variants.map((lines) => digest(lines.join('\n'))));
    expect(new Set(found).size).toBe(variants.length);
  });

  it('does not depend on where pieces of a large file end', async () => {
    const random = new Random(3);
    const lines = Array.from({ length: 60_000 }, (_, i) => `${i},${'x'.repeat(random.integer(0, 80))}`);
    const shuffled = [...lines].sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
    expect(lines.join('\n').length).toBeGreaterThan(2 * 2 ** 20);
    expect(await digest(shuffled.join('\n'))).toBe(await digest(lines.join('\n')));
    const one = 'y'.repeat(3 * 2 ** 20);
    expect(await digest(`${one}\nz`)).toBe(await digest(`z\n${one}`));
    expect(await digest(`${one}\nz`)).not.toBe(await digest(`z\n${one}y`));
  });

  it('names a file that is not there', async () => {
    await expect(digestTable(join(folder, 'none.csv'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await expect(digestTable(folder)).rejects.toMatchObject({ code: 'FILE_INVALID' });
  });
});

describe('digestOfRecords', () => {
  const records = (rows: readonly (readonly [number, number, number])[], patientIds?: readonly string[]) => ({
    count: rows.length,
    features: Float32Array.from(rows.flatMap(([a, b]) => [a, b])),
    featureShape: [2],
    labels: Float32Array.from(rows.map(([, , label]) => label)),
    ...(patientIds && { patientIds }),
  });
  const [a, b, c] = [
    [1, 2, 0],
    [3, 4, 1],
    [5, 6, 1],
  ] as const;

  it('does not depend on the order of records, nor on the part that they are in', () => {
    const expected = digestOfRecords(records([a, b, c]));
    expect(digestOfRecords(records([c, a, b]))).toBe(expected);
    expect(digestOfRecords(records([b]), records([c, a]))).toBe(expected);
  });

  it('depends on features, labels, patients and number', () => {
    const variants = [
      records([a, b]),
      records([a, b, b]),
      records([a, [3, 4, 0]]),
      records([a, [4, 3, 1]]),
      records([a, b], ['p', 'q']),
      records([a, b], ['p', 'p']),
      records([a, b], ['q', 'p']),
    ];
    expect(new Set(variants.map((data) => digestOfRecords(data))).size).toBe(variants.length);
  });
});
