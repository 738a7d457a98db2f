import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createParameters, layoutOf, modelSpecSchema, sha256 } from '@fedward/core';
import { encodeBundle, parseManifest } from '@fedward/model-bundle';
import { Command } from 'commander';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { addExportCommand } from './export-command.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fedward-export-'));
  const model = modelSpecSchema.parse({
    inputShape: [2],
    layers: [{ type: 'dense', units: 1 }],
    loss: 'squared-error',
  });
  const manifest = parseManifest({
    ...{ bundleVersion: 1, title: 't', software: 'f', runId: null, planHash: null, simulationOnly: true, model },
    ...{ task: 'value', label: { name: 'y' }, features: [], preprocessing: null, source: {}, threshold: null },
    ...{ evaluationSettings: {}, baseline: null, intendedUse: null, privacy: [], evaluation: null },
  });
  const weights = createParameters(layoutOf(model), Float32Array.of(1, 2, 3));
  writeFileSync(join(folder, 'model.safetensors'), encodeBundle({ manifest, weights }));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function run(...words: string[]): Promise<string> {
  let text = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((some) => ((text += String(some)), true));
  const model = new Command('model').exitOverride();
  addExportCommand(model);
  try {
    await model.parseAsync(['export', folder, ...words], { from: 'user' });
  } finally {
    write.mockRestore();
  }
  return text;
}

it.each([
  ['onnx', 'm.onnx', ['m.onnx', 'm.onnx.json', 'm.onnx.md']],
  ['tfjs', 'web', ['web/model.json', 'web/weights.bin', 'web/preprocessing.json']],
  ['safetensors', 'copy.safetensors', ['copy.safetensors']],
  ['keras-json', 'k', ['k/model.json', 'k/weights.safetensors', 'k/load.py', 'k/preprocessing.json']],
])('writes %s, and tells the digest of each file', async (format, out, names) => {
  const text = await run('--format', format, '--out', join(folder, out));
  const paths = names.map((name) => join(folder, name));
  expect(text.split('\n').slice(0, paths.length)).toEqual(
    paths.map((path) => `${sha256(readFileSync(path))}  ${path}`),
  );
  expect(text.includes('Not inside: preprocessing')).toBe(format !== 'safetensors');
  if (format === 'onnx') expect(text).toContain('takes "features" float32 [N, 2]');
});

it('tells programs the same, and refuses a hospital where no preprocessing goes in', async () => {
  const out = join(folder, 'copy.safetensors');
  expect(JSON.parse(await run('--format', 'safetensors', '--out', out, '--json'))).toMatchObject({
    format: 'safetensors',
    model: { sha256: sha256(readFileSync(out)) },
    notInside: [],
  });
  await expect(run('--format', 'tfjs', '--out', out, '--hospital', 'north')).rejects.toThrow(
    expect.objectContaining({ code: 'ARGUMENT_INVALID', subject: 'hospital' }),
  );
});
