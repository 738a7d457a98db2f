import { createParameters, layoutOf, modelSpecSchema, Random } from '@fedward/core';
import { tableSchema, type TableSchemaInput } from '@fedward/kit-tables';
import type { ModelBundle } from '../bundle.js';
import { parseManifest, type BundleManifest } from '../manifest.js';

/** Numbers with a scale, with a logarithm, fitted; levels; an indicator; patients. */
export const testSchema = {
  columns: [
    { name: 'age', kind: 'numeric', unit: 'years', missing: 'error', scale: { center: 60, spread: 10 } },
    { name: 'crp', kind: 'numeric', missing: { fill: 1, indicator: true }, transform: 'log10', range: [-1, 3] },
    { name: 'sex', kind: 'binary', levels: ['f', 'm'], missing: 'error' },
    { name: 'ward', kind: 'categorical', levels: ['a', 'b', 'c'], missing: 'drop-row', dropFirst: true },
  ],
  label: {
    name: 'sick',
    kind: 'class',
    missing: 'error',
    classes: [
      { name: 'healthy', values: [0] },
      { name: '=ill', values: [1] },
    ],
  },
  patientId: 'pid',
} satisfies TableSchemaInput;

/** A linear model of `testSchema` with made-up weights. @param outputs 1 or 2 */
export function testBundle(more: Partial<BundleManifest> = {}, outputs: 1 | 2 = 1, seed = 1): ModelBundle {
  const model = modelSpecSchema.parse({
    inputShape: [6],
    layers: [{ type: 'dense', units: outputs }],
    loss: outputs === 1 ? 'sigmoid-cross-entropy' : 'softmax-cross-entropy',
  });
  const layout = layoutOf(model);
  const random = new Random(seed);
  const weights = createParameters(
    layout,
    Float32Array.from({ length: layout.size }, () => random.normal()),
  );
  const manifest = parseManifest({
    ...{
      bundleVersion: 1,
      title: 'test',
      software: 'fedward 0.2.0',
      runId: 'run',
      planHash: null,
      simulationOnly: false,
    },
    ...{ model, task: 'binary', label: { name: 'label' }, features: [], source: {}, threshold: null },
    preprocessing: {
      all: {
        ...{ schemaVersion: 1, fittedOn: 'nothing', schema: tableSchema.parse(testSchema) },
        scalings: [
          { center: 60, spread: 10, limit: 10 },
          { center: 1, spread: 2, limit: 1 },
          ...[null, null, null, null],
        ],
        ...{ imputation: null, features: null },
      },
      hospitals: {},
    },
    ...{ evaluationSettings: {}, baseline: null, intendedUse: null, privacy: [], evaluation: null },
    ...more,
  });
  return { manifest, weights };
}
