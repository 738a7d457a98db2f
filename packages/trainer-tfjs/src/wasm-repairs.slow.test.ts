import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers the gradient functions
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { activateBackend, selectBackend, type BackendName } from './backend.js';
import { backends, relativeError } from './testing/problems.js';

const small = (maximum: number) => fc.integer({ min: 1, max: maximum });
const geometry = fc.record({
  height: fc.integer({ min: 3, max: 6 }),
  width: fc.integer({ min: 3, max: 6 }),
  channels: small(2),
  kernel: fc.tuple(small(3), small(3)),
  stride: fc.tuple(small(3), small(3)),
  padding: fc.constantFrom('same' as const, 'valid' as const),
});

type Geometry = typeof geometry extends fc.Arbitrary<infer G> ? G : never;

const wave = (shape: number[], frequency: number) => {
  const size = shape.reduce((a, b) => a * b, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, (_, i) => Math.sin(frequency * (i + 1) ** 1.5)),
    shape,
  );
};

/** Value of an operation and its gradients by all inputs, one after the other. */
function run(backend: BackendName, inputs: () => tf.Tensor[], operation: (...inputs: tf.Tensor[]) => tf.Tensor) {
  activateBackend(tf, backend);
  const held = () => [
    tf.memory().numTensors,
    ...(['wasm', 'cpu'] as const).map((b) => tf.engine().findBackend(b).numDataIds()),
  ];
  const before = held();
  let values: number[] = [];
  tf.tidy(() => {
    const all = inputs();
    const value = operation(...all);
    const gradients = tf.grads((...xs) => tf.sum(tf.square(operation(...xs))))(all);
    values = [value, ...gradients].flatMap((t) => [...t.dataSync()]);
  });
  expect(held()).toEqual(before); // nothing is left behind, on the backend that helps out neither
  return values;
}

describe.skipIf(!backends.includes('wasm'))(
  'the WASM backend after its repairs computes as the CPU backend does',
  () => {
    beforeAll(async () => {
      await selectBackend('cpu');
      await selectBackend('wasm');
    });

    const agree = (
      name: string,
      inputs: (g: Geometry) => tf.Tensor[],
      operation: (g: Geometry, ...t: tf.Tensor[]) => tf.Tensor,
    ) =>
      it(name, () => {
        fc.assert(
          fc.property(geometry, (g) => {
            const [wasm, cpu] = (['wasm', 'cpu'] as const).map((backend) =>
              run(
                backend,
                () => inputs(g),
                (...t) => operation(g, ...t),
              ),
            );
            expect(relativeError(wasm!, cpu!)).toBeLessThan(1e-4);
          }),
          { numRuns: 200 },
        );
      });

    const images = ({ height, width, channels }: Geometry) => wave([2, height, width, channels], 1);

    agree(
      'conv2d',
      (g) => [images(g), wave([...g.kernel, g.channels, 2], 2)],
      (g, x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, g.stride, g.padding),
    );
    agree(
      'conv2d with bias and activation',
      (g) => [images(g), wave([...g.kernel, g.channels, 2], 2), wave([2], 3)],
      (g, x, w, bias) =>
        tf.fused.conv2d({
          x: x as tf.Tensor4D,
          filter: w as tf.Tensor4D,
          bias: bias!,
          strides: g.stride,
          pad: g.padding,
          activation: 'relu',
        }),
    );
    agree(
      'depthwise conv2d',
      (g) => [images(g), wave([...g.kernel, g.channels, 2], 2)],
      (g, x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, g.stride, g.padding),
    );
    agree(
      'max pooling',
      (g) => [images(g)],
      (g, x) => tf.maxPool(x as tf.Tensor4D, g.kernel, g.stride, g.padding),
    );
    agree(
      'average pooling',
      (g) => [images(g)],
      (g, x) => tf.avgPool(x as tf.Tensor4D, g.kernel, g.stride, g.padding),
    );
    it('gather, whose gradient is UnsortedSegmentSum', () => {
      const [wasm, cpu] = (['wasm', 'cpu'] as const).map((backend) =>
        run(
          backend,
          () => [wave([5, 3], 1)],
          (table) => tf.gather(table!, tf.tensor1d([4, 0, 4, 2], 'int32')),
        ),
      );
      expect(relativeError(wasm!, cpu!)).toBeLessThan(1e-5);
    });
  },
);
