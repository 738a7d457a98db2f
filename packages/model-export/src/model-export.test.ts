import { sha256 } from '@fedward/core';
import { decodeBundle, encodeBundle } from '@fedward/model-bundle';
import { expect, it } from 'vitest';
import { onnxModel, toOnnx } from './onnx/to-onnx.js';
import { portsMarkdown } from './onnx/describe.js';
import { decodeModel } from '@fedward/kit-onnx';
import { arrayProblem, bundleFor, mixedProblem, networkFor } from './testing/problems.js';
import { toSafetensors } from './to-safetensors.js';

interface Message {
  readonly graph: { readonly input: { name: string }[]; readonly output: { name: string }[]; readonly node: object[] };
  readonly metadata_props: { key: string; value: string }[];
  readonly opset_import: { domain?: string; version: number }[];
}

it('a graph takes raw columns by their names, gives predictions, and says what it is', async () => {
  const { bundle, schema } = await mixedProblem(1, 'binary');
  const { bytes, inputs } = onnxModel(bundle);
  const model = decodeModel(bytes) as never as Message;
  expect(model.graph.input.map(({ name }) => name)).toEqual(schema.columns.map(({ name }) => name));
  expect(model.graph.output.map(({ name }) => name)).toEqual(['probabilities', 'label', 'class']);
  expect(inputs.filter(({ type }) => type === 'string').map(({ name }) => name)).toEqual(['sex', 'stage']);
  expect(model.opset_import[0]!.version).toBe(17);
  const properties = Object.fromEntries(model.metadata_props.map(({ key, value }) => [key, value]));
  expect(properties['fedward.bundle']).toBe(sha256(encodeBundle(bundle)));
  expect(properties['fedward.planHash']).toBe('sha256:0');
  expect(properties['fedward.intendedUse']).toBe('for tests');
  expect(Buffer.compare(toOnnx(bundle), bytes)).toBe(0);
  expect(Buffer.compare(toSafetensors(bundle), encodeBundle(bundle))).toBe(0);
  expect(decodeBundle(toSafetensors(bundle), 'it').manifest).toEqual(bundle.manifest);
});

it('an output gives way to a column of its name, and notes are no HTML', async () => {
  const columns = [{ name: 'label', kind: 'numeric', missing: 'error', unit: '<b>|' }] as const;
  const { bundle } = await mixedProblem(2, 'binary', columns);
  const model = onnxModel(bundle);
  expect(model.outputs.map(({ name }) => name)).toEqual(['probabilities', 'predicted label', 'class']);
  expect(portsMarkdown(bundle.manifest, model)).toContain('in &lt;b>\\|');
});

it('names the hospitals where each fitted its own, and refuses what k nearest neighbours need', () => {
  const { preprocessing, bundle } = arrayProblem(1, 'value', { kind: 'vector', shape: [3] }, []);
  const own = bundleFor(networkFor('value', [3]), 'value', { all: null, hospitals: { north: preprocessing } }, 1);
  expect(() => toOnnx(own)).toThrow(
    expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', message: expect.stringContaining('"north"') as string }),
  );
  expect(() => toOnnx(own, { hospital: 'south' })).toThrow(expect.objectContaining({ subject: 'hospital' }));
  expect(onnxModel(own, { hospital: 'north' }).inputs).toEqual(onnxModel(bundle).inputs);
  const columns = [{ name: 'age', kind: 'numeric', missing: { impute: 'knn', indicator: false } }];
  const nearest = { ...preprocessing, schema: { ...preprocessing.schema, columns }, scalings: [null] } as never;
  const refused = bundleFor(networkFor('value', [1]), 'value', { all: nearest, hospitals: {} }, 1);
  expect(() => toOnnx(refused)).toThrow(
    expect.objectContaining({ code: 'CONFIG_INCOMPATIBLE', subject: 'imputation' }),
  );
});
