import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeSafetensors } from '@fedward/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resumeSimulation, simulate } from './simulate.js';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'fedward-initial-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const options = {
  scenario: 'tutorial',
  hospitals: 2,
  privacy: 'none',
  model: 'logistic',
  local: false,
  workers: 1,
} as const;
const tensorsOf = (run: string) =>
  new Map(
    decodeSafetensors(readFileSync(join(run, 'model.safetensors'))).tensors.map(({ name, values }) => [name, values]),
  );

describe('a run that starts from weights of a file', () => {
  it('goes on from them, keeps what is frozen, and says which it took', async () => {
    const first = join(folder, 'first');
    await simulate({ ...options, rounds: 2 }, first);
    const initial = join(first, 'model.safetensors');
    const config = { training: { frozen: ['0.dense.kernel'] } };
    const { notices } = await simulate({ ...options, rounds: 1, seed: 7, initial, config }, join(folder, 'second'));
    expect(notices!.join('\n')).toMatch(
      /started from weights of .*model\.safetensors: 0\.dense\.kernel, 0\.dense\.bias\.$/m,
    );
    const [before, after] = [tensorsOf(first), tensorsOf(join(folder, 'second'))];
    expect(after.get('0.dense.kernel')).toEqual(before.get('0.dense.kernel'));
    expect(after.get('0.dense.bias')).not.toEqual(before.get('0.dense.bias'));
  });

  it('is not gone on with from others, and is refused what is no model of its kind', async () => {
    const file = join(folder, 'weights.safetensors');
    copyFileSync(join(folder, 'first', 'model.safetensors'), file);
    const out = join(folder, 'third');
    const stop = new AbortController();
    const run = simulate({ ...options, rounds: 3, initial: file }, out, {
      onRound: () => stop.abort(),
      signal: stop.signal,
    });
    await expect(run).rejects.toMatchObject({ code: 'ABORTED' });
    copyFileSync(join(folder, 'second', 'model.safetensors'), file);
    await expect(resumeSimulation(out)).rejects.toThrow(/the weights that it starts from are others/);
    const refused = (initial: string, model?: string) =>
      expect(simulate({ ...options, rounds: 1, initial, ...(model && { model }) }, join(folder, 'none'))).rejects;
    await refused(join(folder, 'nowhere')).toMatchObject({ code: 'FILE_NOT_FOUND', subject: '--initial' });
    await refused(file, 'mlp').toMatchObject({ code: 'FILE_INVALID' });
    writeFileSync(file, 'no weights');
    await refused(file).toMatchObject({ code: 'FILE_INVALID' });
  });
});
