import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeSafetensors } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { fedward, simulate, temporaryFolder } from './support/command.ts';

const file = fileURLToPath(new URL('support/small-images.onnx', import.meta.url));
const data = process.env['FEDWARD_DATA'] ?? '';
const tensorsOf = (path: string) =>
  new Map(decodeSafetensors(readFileSync(path)).tensors.map(({ name, values }) => [name, values]));

describe.skipIf(!existsSync(data))('a file of PyTorch under dp-sgd (skipped without FEDWARD_DATA)', () => {
  const run = [
    '--scenario',
    'pneumonia',
    '--data',
    data,
    '--rounds',
    '2',
    '--no-local',
    '--privacy',
    'dp-sgd',
    '--delta',
    '1e-5',
  ];

  it('is trained by hospitals once its batch norms are group norms, with an epsilon that is told', async () => {
    const [imported, out] = [temporaryFolder(), temporaryFolder()];
    const { code, stderr } = await fedward('model', 'import', file, '--batch-norm', 'group-norm', '--out', imported);
    expect(code, stderr).toBe(0);
    const result = await simulate(...run, '--model', imported, '--epsilon', '8', '--out', out);
    expect(result.privacy).toMatchObject({ unit: 'record', delta: expect.any(Number) as number });
    expect(result.privacy!.epsilon).toBeGreaterThan(0);
    expect(result.privacy!.epsilon).toBeLessThanOrEqual(8);
    const start = tensorsOf(join(imported, 'weights.safetensors'));
    const end = tensorsOf(join(out, 'model.safetensors'));
    expect([...start.keys()].filter((name) => name.includes('running'))).toEqual([]);
    for (const [name, values] of start) expect(end.get(name), name).not.toEqual(values);
  });

  it('as it is, is refused before a study, by the node, with what to do', async () => {
    const { code, stderr } = await fedward('simulate', ...run, '--model', file, '--epsilon', '8', '--out', temporaryFolder()); // prettier-ignore
    expect(code).toBe(2);
    expect(stderr).toMatch(/BatchNormalization \(.*\/1\/BatchNormalization_output_0\)/);
    expect(stderr).toMatch(/GroupNormalization|--batch-norm group-norm/);
  });
});
