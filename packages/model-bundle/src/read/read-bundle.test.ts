import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createParameters, encodeSafetensors } from '@fedward/core';
import { afterAll, describe, expect, it } from 'vitest';
import { encodeBundle } from '../bundle.js';
import { testBundle } from '../testing/bundles.js';
import { readBundle } from './read-bundle.js';

const folder = mkdtempSync(join(tmpdir(), 'fedward-bundle-'));
afterAll(() => rmSync(folder, { recursive: true }));
const fixture = (version: number): string => join(import.meta.dirname, `../../test-fixtures/version-${version}`);
const file = (bytes: Uint8Array): string => {
  const path = join(folder, 'm.safetensors');
  writeFileSync(path, bytes);
  return path;
};

describe('readBundle', () => {
  it.each([0, 1])('reads version %i for good', async (version) => {
    const bundle = await readBundle(fixture(version));
    expect(bundle.version).toBe(version);
    expect(bundle.manifest.preprocessing?.all?.schema.columns.map(({ name }) => name)).toEqual([
      ...['age', 'crp', 'sex', 'ward'],
    ]);
    expect([...bundle.weights.values]).toEqual([...testBundle().weights.values]);
    const bytes = readFileSync(join(fixture(version), 'model.safetensors'));
    expect(bundle.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    const alone = await readBundle(file(bytes));
    expect(alone.sha256).toBe(bundle.sha256);
    expect(alone.run).toBeUndefined();
  });

  it('takes the very same bundle out of a file', async () => {
    const bundle = testBundle({ planHash: 'sha256:1', threshold: { value: 0.3, on: 'declared', rule: 'declared' } });
    const read = await readBundle(file(encodeBundle(bundle)));
    expect(read.manifest).toEqual(bundle.manifest);
    expect(read.weights).toEqual(bundle.weights);
  });

  const { manifest, weights } = testBundle();
  const nan = createParameters(
    weights.layout,
    weights.values.map((w, i) => (i === 3 ? NaN : w)),
  );
  const other = testBundle({}, 2).weights;
  const metadata = (text: string) => encodeSafetensors([], { 'fedward.bundle': text });
  it.each([
    ['no safetensors', Buffer.from('hello, this is no model'), 'FILE_INVALID', /safetensors/],
    ['nothing', new Uint8Array(0), 'FILE_INVALID', /safetensors/],
    ['weights alone', encodeSafetensors([]), 'FILE_INVALID', /weights alone/],
    ['half a file', encodeBundle({ manifest, weights }).slice(0, -5), 'FILE_INVALID', /does not fit/],
    ['no JSON', metadata('{'), 'FILE_INVALID', /no JSON/],
    ['no manifest', metadata('{"bundleVersion":7}'), 'CONFIG_INVALID', /bundleVersion/],
    ['a weight that is NaN', encodeBundle({ manifest, weights: nan }), 'FILE_INVALID', /no finite number/],
    ['weights of another model', encodeBundle({ manifest, weights: other }), 'FILE_INVALID', /not those of its model/],
  ])('refuses %s', async (_name, bytes, code, message) => {
    await expect(readBundle(file(bytes))).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  const own = manifest.preprocessing!.all!;
  const prepared = (more: object) => ({ preprocessing: { all: null, hospitals: { north: { ...own, ...more } } } });
  it.each([
    ['a scale too few', prepared({ scalings: own.scalings.slice(1) }), /scales 5 features, and makes 6/],
    ['features that are not there', prepared({ features: [0, 1, 2, 3, 4, 99] }), /does not make/],
    ['fewer features than inputs', prepared({ features: [0, 1] }), /makes 2 features, and its model takes 6/],
    ['another task', { task: 'value' as const }, /one of binary, and its manifest says value/],
    ['a class too many', { label: { name: 'x', classes: ['a', 'b', 'c'] } }, /names 3 classes, and its model tells 2/],
    ['half a baseline', { baseline: { times: [1, 2], cumulative: [1] } }, /ascending times/],
  ])('refuses a manifest with %s, whose predictions would be wrong without a word', async (_name, more, message) => {
    const bytes = encodeBundle({ manifest: { ...manifest, ...more }, weights });
    await expect(readBundle(file(bytes))).rejects.toMatchObject({
      code: 'FILE_INVALID',
      message: expect.stringMatching(message),
    });
  });

  it('refuses an evaluation whose figures are none', async () => {
    const evaluation = { figures: { auroc: null } } as never;
    const bytes = encodeBundle({ manifest: { ...manifest, evaluation }, weights });
    await expect(readBundle(file(bytes))).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  it('names a folder without a model, and one that is not there', async () => {
    await expect(readBundle(join(folder, '..'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await expect(readBundle(join(folder, 'none'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});
