import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clippedSum } from './testing/clipped-sum.js';
import { canWrite, importWritten, readWritten, tensorsOff, writeNetworks } from './testing/networks.js';
import { contextOf, notAborted, planOf, relativeError } from './testing/problems.js';
import { onnxTrainer } from './trainer.js';

/** Of plain PyTorch. Others of write_networks.py, such as resnet18 of torchvision, by FEDWARD_NETWORKS="resnet18 vit". */
const names = (
  process.env['FEDWARD_NETWORKS'] ??
  'text_encoder ecg unet3_nearest unet3_trilinear unet2_bilinear unet2_corners tab_transformer ft_transformer causal zoo'
).split(' ');

/** Whose file of the newer exporter has sequences of tensors (`chunk`), which are refused by name. */
const withSequences = new Set(['causal']);

const folder = mkdtempSync(join(tmpdir(), 'fedward-networks-'));

describe.skipIf(!canWrite)(
  "other people's networks (skipped without python3 that has torch, onnx, onnxscript and numpy)",
  () => {
    beforeAll(() => writeNetworks(folder, names), 1_800_000);
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    describe.each(names)('%s', (name) => {
      const files = ['legacy', 'newer'].filter((kind) => !(kind === 'newer' && withSequences.has(name)));

      it.each(files)(
        'is after three steps of SGD where PyTorch is: %s exporter',
        { timeout: 600_000 },
        async (kind) => {
          const written = readWritten(folder, name);
          const path = join(folder, `${name}.${kind}.onnx`);
          const { spec, parameters, data, frozen } = importWritten(path, written);
          const trainer = onnxTrainer();
          const batches = { kind: 'shuffle', size: data.count, epochs: 3 } as const;
          const still = frozen.length > 0 ? { frozen: [...frozen] } : {};
          const plan = planOf(spec, batches, {
            optimizer: { name: 'sgd', learningRate: written.rate },
            training: still,
          });
          const context = contextOf(plan, { wishes: still });
          const first = await trainer.predict!(spec, parameters, data);
          expect(relativeError(first, written.before)).toBeLessThan(1e-4);
          const { payload, steps } = await trainer.train(parameters, data, context, notAborted);
          expect(steps).toBe(3);
          const trained = parameters.layout.tensors.filter((tensor) => !frozen.includes(tensor.name));
          const { off, compared } = tensorsOff(payload, written.end);
          expect(compared).toBe(trained.length);
          expect(off).toBeLessThan(1e-4);
          // They moved, and further than that.
          expect(tensorsOff(parameters, written.end).off).toBeGreaterThan(10 * off);
        },
      );

      it.each(files)(
        "has the clipped sum of PyTorch's gradients by example: %s exporter",
        { timeout: 600_000 },
        async (kind) => {
          const written = readWritten(folder, name);
          const path = join(folder, `${name}.${kind}.onnx`);
          const { spec, parameters, data, refusedUnderPrivacy } = importWritten(path, written, { batchNorm: 'group-norm' }); // prettier-ignore
          expect(refusedUnderPrivacy).toEqual([]);
          const { sum, norms } = await clippedSum(spec, parameters, data, written.clip);
          for (const [at, norm] of norms.entries()) expect(norm / written.norms[at]!).toBeCloseTo(1, 4);
          const { off, compared } = tensorsOff({ layout: parameters.layout, values: sum }, written.clipped);
          expect(compared).toBe(parameters.layout.tensors.length);
          expect(off).toBeLessThan(1e-4);
        },
      );
    });

    it('a file of the newer exporter tells copies, numbers of its own, and what it left out', async () => {
      const name = 'text_encoder';
      const written = readWritten(folder, name);
      const { spec, parameters, data } = importWritten(join(folder, `${name}.optimized.onnx`), written);
      const tensors = parameters.layout.tensors.map((tensor) => tensor.name);
      // Both layers began as copies; PyTorch's own names are told by the file. The scale of attention is no tensor.
      expect(tensors).toContain('0.graph.encoder.layers.1.norm2.weight');
      expect(parameters.layout.tensors.filter(({ size }) => size === 1)).toEqual([]);
      const first = await onnxTrainer().predict!(spec, parameters, data);
      expect(relativeError(first, written.before)).toBeLessThan(1e-4);
    });
  },
);
