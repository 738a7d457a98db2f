import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeSafetensors } from '@fedward/core';
import { readOnnx } from '@fedward/kit-onnx';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fedward, simulate, temporaryFolder } from './support/command.ts';

/** Python writes the network and reads it again at the end; what lies between needs none. */
const there = spawnSync('python3', ['-c', 'import numpy, onnx, onnxruntime, torch']).status === 0;
const example = fileURLToPath(new URL('../examples/bring-your-model', import.meta.url));

function python(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('python3', args, { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  return stdout;
}

/** 80 images, half of them with stripes. */
const images = `
import numpy, sys
random = numpy.random.default_rng(3)
labels = numpy.arange(80) % 2
stripes = (numpy.indices((28, 28)).sum(0) // 7) % 2
images = random.uniform(0, 120, (80, 28, 28)) + labels[:, None, None] * 100 * stripes
numpy.savez(sys.argv[1], images=images.astype(numpy.uint8), labels=labels)
`;
const schema = {
  title: 'stripes',
  npz: { parts: [{ set: 'all', arrays: { image: 'images', label: 'labels' } }] },
  columns: [{ name: 'image', kind: 'image', shape: [28, 28, 1], range: [0, 255] }],
  label: {
    name: 'label',
    kind: 'class',
    classes: [
      { name: 'plain', values: [0] },
      { name: 'striped', values: [1] },
    ],
  },
};
const config = {
  training: { batches: { kind: 'steps', size: 8, steps: 1 }, optimizer: { name: 'sgd', learningRate: 0.01 } },
};

/** A safetensors file's tensors, by name. */
function tensorsOf(path: string) {
  return new Map(decodeSafetensors(readFileSync(path)).tensors.map(({ name, values }) => [name, values]));
}

function bytesOf({ buffer, byteOffset, byteLength }: NodeJS.ArrayBufferView): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}

describe.skipIf(!there)(
  'a ResNet-18 of PyTorch (skipped without python3 that has torch, onnx, onnxruntime and numpy)',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'fedward-own-model-'));
    const network = join(folder, 'resnet18.onnx');
    const imported = join(folder, 'resnet18');
    const data = join(folder, 'data');
    const ofFour = ['--scenario', 'study', '--data', data, '--partition', 'iid:4', '--model', imported];
    const rest = ['--config', join(folder, 'config.json'), '--rounds', '2', '--no-local', '--privacy', 'none'];

    beforeAll(async () => {
      python(join(example, 'export_resnet18.py'), network);
      mkdirSync(data);
      python('-c', images, join(data, 'images.npz'));
      writeFileSync(join(data, 'schema.json'), JSON.stringify(schema));
      writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
      const told = await fedward('model', 'import', network, '--batch-norm', 'group-norm', '--out', imported, '--json');
      expect(told.code, told.stderr).toBe(0);
      // torchvision's 11,689,512, with one channel, a kernel of 3 x 3, and two classes.
      expect(JSON.parse(told.stdout)).toMatchObject({ inputShape: [28, 28, 1], outputs: 2, parameters: { trained: 11_168_706, frozen: 0 }, refusedUnderPrivacy: [] }); // prettier-ignore
    });

    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    it('is trained by four hospitals without Python, and gives in Python what it gives here', async () => {
      const run = temporaryFolder();
      const result = await simulate(...ofFour, ...rest, '--out', run);
      expect(result.hospitals).toHaveLength(4);
      const start = tensorsOf(join(imported, 'weights.safetensors'));
      const end = tensorsOf(join(run, 'model.safetensors'));
      for (const [name, values] of start) expect(end.get(name), name).not.toEqual(values);

      const [model, predictions] = [join(run, 'model.onnx'), join(run, 'predictions.csv')];
      const npz = join(data, 'images.npz');
      for (const args of [
        ['model', 'export', run, '--format', 'onnx', '--out', model],
        ['model', 'predict', run, npz, '--out', predictions],
      ]) {
        const { code, stderr } = await fedward(...args);
        expect(code, stderr).toBe(0);
      }
      expect(python(join(example, 'compare.py'), model, npz, predictions)).toMatch(/^80 images/);
      // Of a network that is sure of everything nothing would be compared.
      const probabilities = readFileSync(predictions, 'utf8').split('\n').slice(1, 81).map((line) => Number(line.split(',')[1])); // prettier-ignore
      expect(probabilities.filter((p) => p > 0.01 && p < 0.99).length).toBeGreaterThan(20);
    }, 900_000);

    it('with a frozen body: its head alone is trained, the rest is the bits of the file', async () => {
      const run = temporaryFolder();
      await simulate(...ofFour, ...rest, '--set', 'training.frozen=["0.graph.conv1.*", "0.graph.bn1.*", "0.graph.layer*"]', '--out', run); // prettier-ignore
      const given = readOnnx(readFileSync(network)).initializers;
      const end = tensorsOf(join(run, 'model.safetensors'));
      expect(end.get('0.graph.layer3.1.conv2.weight')).toEqual(given.get('layer3.1.conv2.weight')!.values);
      expect(end.get('0.graph.fc.weight')).not.toEqual(given.get('fc.weight')!.values);
      const start = tensorsOf(join(imported, 'weights.safetensors'));
      const moved = [...start].filter(([name, values]) => !bytesOf(values).equals(bytesOf(end.get(name)!)));
      expect(moved.map(([name]) => name)).toEqual(['0.graph.fc.weight', '0.graph.fc.bias']);
    }, 900_000);
  },
);
