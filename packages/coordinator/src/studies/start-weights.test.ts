import { appendFile, mkdtemp, readFile, rm, truncate, utimes } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLayout, createParameters, decodeSafetensors, Random, type Layout } from '@fedward/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clearIncoming, incomingPath, putIncoming, removeIncoming } from './incoming.js';
import { readWeights, writeWeights } from './start-weights.js';

/** 20 MB: more than one piece. */
const layout = createLayout([
  { name: 'a', shape: [3] },
  { name: 'b', shape: [2500, 2000] },
  { name: 'c', shape: [] },
]);
const weightsOf = (of: Layout) => {
  const random = new Random(5);
  return createParameters(
    of,
    Float32Array.from({ length: of.size }, () => random.uniform() - 0.5),
  );
};
const weights = weightsOf(layout);

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fedward-weights-'));
  path = join(folder, 'weights.safetensors');
  await writeWeights(path, weights);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('weights in a file', () => {
  it('come back bit for bit, and are safetensors', async () => {
    const read = await readWeights(path, layout);
    expect(read.layout).toBe(layout);
    expect(Buffer.compare(Buffer.from(read.values.buffer), Buffer.from(weights.values.buffer))).toBe(0);
    const { tensors } = decodeSafetensors(await readFile(path));
    expect(tensors.map(({ name, shape }) => ({ name, shape }))).toEqual([
      { name: 'a', shape: [3] },
      { name: 'b', shape: [2500, 2000] },
      { name: 'c', shape: [] },
    ]);
    expect(tensors[2]!.values[0]).toBe(weights.values.at(-1));
  });

  it('of another model, longer, or cut short, are refused by their file', async () => {
    const refused = { code: 'FILE_INVALID', subject: path };
    const turned = createLayout([
      { name: 'a', shape: [3] },
      { name: 'b', shape: [2000, 2500] },
      { name: 'c', shape: [] },
    ]);
    await expect(readWeights(path, turned)).rejects.toMatchObject(refused);
    await appendFile(path, '0');
    await expect(readWeights(path, layout)).rejects.toMatchObject(refused);
    await truncate(path, 100);
    await expect(readWeights(path, layout)).rejects.toMatchObject(refused);
    await expect(readWeights(join(folder, 'none'), layout)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});

describe('weights that a proposal brings', () => {
  const small = weightsOf(createLayout([{ name: 'w', shape: [4] }]));

  it('lie under names of their own, which lead nowhere else', async () => {
    const [one, two] = [await putIncoming(folder, small), await putIncoming(folder, small)];
    expect(one).not.toBe(two);
    expect((await readWeights(incomingPath(folder, one), small.layout)).values).toEqual(small.values);
    await removeIncoming(folder, one);
    expect(existsSync(incomingPath(folder, one))).toBe(false);
    for (const name of ['../x.safetensors', `${two}/..`, '', '/etc/passwd'])
      expect(() => incomingPath(folder, name)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });

  it('go after a day in which no study took them, and not before', async () => {
    const [old, young] = [await putIncoming(folder, small), await putIncoming(folder, small)];
    const yesterday = Date.now() / 1000 - 25 * 3600;
    await utimes(incomingPath(folder, old), yesterday, yesterday);
    await clearIncoming(folder);
    expect([old, young].map((name) => existsSync(incomingPath(folder, name)))).toEqual([false, true]);
    await clearIncoming(join(folder, 'nowhere'));
  });
});
