import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeSafetensors, layoutOf, modelSpecSchema, parseWith, sha256 } from '@fedward/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../testing/run.js';

/** Files that PyTorch wrote. */
const files = join(import.meta.dirname, '../../../kit-onnx/src/testing/files');
const at = (name: string) => join(files, `${name}.onnx`);

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'fedward-import-'))));
afterAll(() => rmSync(folder, { recursive: true }));

describe('fedward model import', () => {
  it('says what would train, what is frozen, how large it is, and what privacy would refuse', async () => {
    const { code, stdout } = await run('model', 'import', at('residual-batch-norm'));
    expect(code).toBe(0);
    expect(stdout).toContain('by pytorch 2.13');
    expect(stdout).toContain('takes [N, 8, 8, 2], channels last; gives 3 values; loss softmax-cross-entropy');
    expect(stdout).toMatch(/0\.graph\.bn\.running_mean +│ \[4\] +│ 4 +│ frozen/);
    // 4 kernels of 2x3x3 at 16 places, 4 of 4x3x3 at 16, and 4 x 3.
    expect(stdout).toContain(
      `trained: 251 parameters; frozen: 16; ${16 * 4 * 18 + 16 * 4 * 36 + 12} multiply-adds`.replace('3468', '3,468'),
    );
    expect(stdout).toContain(
      'Refused under differential privacy: BatchNormalization (/bn/BatchNormalization_output_0)',
    );
    expect(stdout).toContain('--batch-norm group-norm makes');
    expect(stdout).toMatch(/0\.graph\.bn\.weight +│ \[4\] +│ 4 +│ trained, of a normalisation/);
    expect(stdout).toContain('of normalisations: 4 tensors, scales and shifts; --aggregator fedbn');
  });

  it('knows a group norm by what PyTorch writes of it, and says nothing of norms where there are none', async () => {
    const { stdout } = await run('model', 'import', at('group-norm-sigmoid'), '--json');
    const { tensors } = JSON.parse(stdout) as { tensors: { name: string; normalisation: boolean }[] };
    const norms = tensors.filter(({ normalisation }) => normalisation).map(({ name }) => name);
    expect(norms).toEqual(['0.graph.onnx::Mul_26', '0.graph.onnx::Add_27']);
    expect((await run('model', 'import', at('mlp-softmax'))).stdout).not.toContain('normalisation');
  });

  it('writes members of a plan, and weights in the layout', async () => {
    const out = join(folder, 'net');
    const { code, stdout } = await run('model', 'import', at('residual-batch-norm'), '--out', out, '--json');
    expect(code).toBe(0);
    const told = JSON.parse(stdout) as { written: { file: string; sha256: string }[]; parameters: object };
    expect(told).toMatchObject({
      inputShape: [8, 8, 2],
      parameters: { trained: 251, frozen: 16 },
      file: { sha256: sha256(readFileSync(at('residual-batch-norm'))) },
    });
    for (const { file, sha256: digest } of told.written) expect(sha256(readFileSync(file))).toBe(digest);
    const members = JSON.parse(readFileSync(join(out, 'model.json'), 'utf8')) as { model: unknown; training: object };
    const spec = parseWith(modelSpecSchema, members.model, 'model.json');
    expect(members.training).toEqual({
      trainer: 'onnx',
      frozen: ['bn.running_mean', 'bn.running_var', 'block.bn1.running_mean', 'block.bn1.running_var'].map((name) => `0.graph.${name}`), // prettier-ignore
    });
    const { tensors } = decodeSafetensors(readFileSync(join(out, 'weights.safetensors')));
    expect(tensors.map(({ name, shape }) => [name, shape])).toEqual(layoutOf(spec).tensors.map(({ name, shape }) => [name, shape])); // prettier-ignore
  });

  it('makes group norms', async () => {
    const { stdout } = await run('model', 'import', at('residual-batch-norm'), '--batch-norm', 'group-norm');
    expect(stdout).toContain('Batch normalisation became group normalisation at 2 nodes');
    expect(stdout).not.toContain('Refused under');
    expect(stdout).toContain('frozen: 0');
  });

  it.each([
    [['mlp-softmax', '--groups', '4'], /--groups: it goes with --batch-norm group-norm/],
    [['mlp-softmax', '--output', 'z'], /no output "z"; there are "y"/],
    [['nothing'], /there is no file .*nothing\.onnx/],
    [['signal', '--loss', 'cox'], /model\.loss cox needs one output/],
  ])('refuses %j', async ([name, ...words], message) => {
    const { code, stderr } = await run('model', 'import', at(name!), ...words);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  it('refuses what is no ONNX file', async () => {
    cpSync(join(files, 'expected.json'), join(folder, 'no.onnx'));
    const { code, stderr } = await run('model', 'import', join(folder, 'no.onnx'));
    expect(code).toBe(2);
    expect(stderr).toContain('no.onnx is no ONNX model');
  });
});
