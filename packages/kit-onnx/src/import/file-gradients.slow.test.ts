import { expect, it } from 'vitest';
import { readOnnx } from '../file/read-onnx.js';
import { exampleDifferences } from '../testing/by-example.js';
import { differences, draw, uniform, type Example } from '../testing/compare.js';
import { fileNamed, fileNames } from '../testing/files.js';
import { array } from '../testing/float-array.js';
import { importNetwork } from './import-network.js';

/** A file of PyTorch's as it is trained under privacy, with its own weights, and three examples. */
function exampleOf(name: (typeof fileNames)[number]): Example {
  const { layer, inputShape, parameters } = importNetwork(readOnnx(fileNamed(name), name), { batchNorm: 'group-norm' });
  const given = new Map([[layer.input, draw([3, ...inputShape], uniform(5))]]);
  for (const one of parameters) given.set(one.name, array(one.shape, one.values));
  return { network: layer, inputShape, examples: 3, given };
}

// Whole gradients beside float64, and those by example beside whole ones of one example at a time.
it.each(fileNames)('gradients of a file are those of finite differences in float64: %s', async (name) => {
  const found = await differences(exampleOf(name));
  expect(Object.keys(found).length).toBeGreaterThan(5);
  expect(Math.max(...Object.values(found)), JSON.stringify(found)).toBeLessThan(1e-4);
});

it.each(fileNames)('gradients by example of a file are those of one example at a time: %s', async (name) => {
  const found = await exampleDifferences(exampleOf(name));
  expect(Math.max(...Object.values(found)), JSON.stringify(found)).toBeLessThan(1e-5);
});
