import type { TableSource } from '@fedward/kit-tables';
import { describe, expect, it } from 'vitest';
import { openCsv } from './open.js';
import { csvOptionsSchema } from './options.js';

/** Bytes that are made as they are asked for. */
function stream(beginning: string, piece: string, bytes: number, count = { read: 0 }) {
  const encoded = new TextEncoder().encode(piece);
  return async function* (): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode(beginning);
    for (; count.read < bytes; count.read += encoded.length) yield encoded;
  };
}
const open = (pieces: () => AsyncIterable<Uint8Array>) => openCsv(pieces, 'ward.csv', csvOptionsSchema.parse({}));
const all = async (source: TableSource) => {
  let rows = 0;
  for await (const batch of source.rows) rows += batch.length;
  await source.close();
  return rows;
};

describe('a line of 2 GB is refused when it is too long, and not held', () => {
  it.each([
    [
      'text',
      'a,b\n1,2\n3,',
      'x'.repeat(65_536),
      /^ward\.csv, line 3: a record of more than 64 Mi characters begins here: this is no table$/,
    ],
    ['a quotation mark', 'a,b\n1,2\n3,"', 'x\n'.repeat(32_768), /line 3: .*is a quotation mark never closed\?$/],
    ['the names', '', 'x'.repeat(65_536), /line 1: a record of more than 64 Mi/],
    ['quoted fields', 'a,b\n', '"x",'.repeat(16_384), /line 2: a record of more than 64 Mi/],
  ])('of %s', async (_, beginning, piece, message) => {
    const count = { read: 0 };
    const before = process.memoryUsage().rss;
    await expect(open(stream(beginning, piece, 2 ** 31, count)).then(all)).rejects.toMatchObject({
      code: 'DATA_MALFORMED',
      message: expect.stringMatching(message),
    });
    expect(count.read).toBeLessThan(2 ** 27);
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 29);
  });
});
