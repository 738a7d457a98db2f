import { layoutOf, createParameters, modelSpecSchema, Random, type LayerSpec, type ModelSpec } from '@fedward/core';
import { fitImputation, type Preprocessing } from '@fedward/data-medical';
import {
  declaredScaling,
  featuresOf,
  isArray,
  readTable,
  tableSchema,
  textRowReader,
  widthOf,
} from '@fedward/kit-tables';
import type { Column, TableSchema, TableSchemaInput } from '@fedward/kit-tables';
import { parseManifest, type BundleManifest, type ModelBundle } from '@fedward/model-bundle';

type ColumnInput = TableSchemaInput['columns'][number];
type Task = BundleManifest['task'];

/** A model, and raw rows as a file has them: of each the cells of the schema's columns. */
export interface Problem {
  readonly bundle: ModelBundle;
  readonly schema: TableSchema;
  readonly preprocessing: Preprocessing;
  readonly rows: readonly (readonly string[])[];
}

const losses = {
  binary: 'sigmoid-cross-entropy',
  classes: 'softmax-cross-entropy',
  value: 'squared-error',
  survival: 'cox',
} as const;

/** A network that ends in as many outputs as the task has. */
export function networkFor(task: Task, inputShape: readonly number[], layers: readonly object[] = []): ModelSpec {
  const end = [{ type: 'flatten' }, { type: 'dense', units: task === 'classes' ? 4 : 1 }];
  return modelSpecSchema.parse({ inputShape, layers: [...layers, ...end], loss: losses[task] });
}

/** A bundle of a network with weights that are drawn. */
export function bundleFor(
  model: ModelSpec,
  task: Task,
  preprocessing: BundleManifest['preprocessing'],
  seed: number,
  more: Partial<Record<keyof BundleManifest, unknown>> = {},
): ModelBundle {
  const layout = layoutOf(model);
  const draw = new Random(seed);
  const values = Float32Array.from({ length: layout.size }, () => draw.uniform() - 0.5);
  const manifest = parseManifest({
    ...{
      bundleVersion: 1,
      title: 'a test',
      software: 'fedward 0',
      runId: null,
      planHash: 'sha256:0',
      simulationOnly: true,
    },
    ...{ model, task, features: [], preprocessing, source: {}, evaluationSettings: {}, baseline: null, privacy: [] },
    label: { name: 'y', ...(task === 'binary' && { classes: ['no', 'yes'] }) },
    ...{ threshold: { value: 0.4, on: 'declared', rule: 'as told' }, intendedUse: 'for tests', evaluation: null },
    ...more,
  });
  return { manifest, weights: createParameters(layout, values) };
}

/** Columns of every kind, and of what may be said of one. */
export const mixedColumns: readonly ColumnInput[] = [
  { name: 'age', kind: 'numeric', missing: 'drop-row', scale: { center: 50, spread: 10 } },
  { name: 'bp', kind: 'numeric', missing: { fill: 120, indicator: true }, allowed: [60, 260], outside: 'cut' },
  { name: 'platelets', kind: 'numeric', missing: { impute: 'mean' }, allowed: [25000, 850000], outside: 'missing' },
  {
    name: 'crp',
    kind: 'numeric',
    missing: { impute: 'median', indicator: true },
    transform: 'log10',
    allowed: [0.1, 500],
  },
  { name: 'chol', kind: 'numeric', missing: { impute: 'ridge' }, zeroIsMissing: true, range: [100, 400] },
  { name: 'count', kind: 'numeric', missing: { impute: 'ridge' }, transform: 'log2', missingTokens: ['-9'] },
  { name: 'sex', kind: 'binary', missing: { impute: 'ridge' }, levels: ['female', 'male'] },
  { name: 'smoker', kind: 'binary', missing: { fill: 0, indicator: true } },
  {
    name: 'stage',
    kind: 'categorical',
    missing: { impute: 'ridge' },
    levels: ['I', 'II', 'III', 'NA'],
    dropFirst: true,
  },
  { name: 'cp', kind: 'categorical', missing: { impute: 'mode', indicator: true }, levels: [1, 2, 3, 4] },
  { name: 'seen', kind: 'date', missing: { impute: 'ridge' }, since: '2020-01-01' },
];

/** A cell of a column; often none, sometimes one that no row may hold. */
function cellOf(column: Column, draw: Random): string {
  const chance = draw.uniform();
  if (chance < 0.15) return ['', 'NA', '?'][Math.floor(draw.uniform() * 3)]!;
  const x = draw.uniform();
  switch (column.kind) {
    case 'binary':
    case 'categorical':
      return chance < 0.16 ? '77' : String(column.levels[Math.floor(x * column.levels.length)]);
    case 'date':
      return new Date(Date.UTC(2019, 0, 1) + Math.floor(x * 1e11)).toISOString();
    default:
      if (chance < 0.18) return ['0', '-9', '1e6', '1e39', '-5'][Math.floor(x * 5)]!;
      return String(x * { platelets: 700000, crp: 300 }[column.name as 'crp'] || 20 + x * 300);
  }
}

/** So that no column drowns the others: a network that always says 0 or 1 would hide what is wrong. */
const usualScales: Readonly<Record<string, { center: number; spread: number; limit: number | null }>> = {
  bp: { center: 150, spread: 60, limit: null },
  platelets: { center: 300_000, spread: 150_000, limit: 3 },
  crp: { center: 1.5, spread: 0.7, limit: null },
  count: { center: 6, spread: 1.5, limit: null },
  seen: { center: 300, spread: 300, limit: null },
};

/** A table of mixed columns, its imputation learned from rows that were drawn, and a network on it. */
export async function mixedProblem(seed: number, task: Task, columns = mixedColumns, rows = 60): Promise<Problem> {
  const schema = tableSchema.parse({ columns, label: { name: 'y', kind: 'value' } });
  const draw = new Random(seed);
  const drawn = Array.from({ length: rows }, () => schema.columns.map((column) => cellOf(column, draw)));
  const learned = await learnedFrom(schema, drawn);
  const scalings = featuresOf(schema.columns).map(({ column: name, kind }) => {
    const column = schema.columns.find((one) => one.name === name)!;
    if (kind === 'binary' || kind === 'categorical') return null;
    const declared = declaredScaling(column as object);
    if (declared) return { ...declared, limit: declared.limit };
    return usualScales[name] ?? null;
  });
  const width = widthOf(schema.columns);
  const kept =
    draw.uniform() < 0.5 ? null : Array.from({ length: width }, (_, i) => i).filter(() => draw.uniform() < 0.8);
  const preprocessing: Preprocessing = {
    ...{ schemaVersion: 1, fittedOn: 'site', schema, scalings, imputation: learned, features: kept },
  };
  const layers = [
    { type: 'dense', units: 6 },
    { type: 'activation', function: 'elu' },
  ];
  const model = networkFor(task, [kept?.length ?? width], layers);
  const bundle = bundleFor(model, task, { all: preprocessing, hospitals: {} }, seed);
  return { bundle, schema, preprocessing, rows: drawn };
}

async function learnedFrom(schema: TableSchema, rows: readonly (readonly string[])[]) {
  const read = textRowReader(schema, [...schema.columns.map(({ name }) => name), 'y'], { file: 'rows' });
  const lenient: typeof read = (text, row) => {
    try {
      return read(text, row);
    } catch {
      return 'not readable';
    }
  };
  const table = await readTable(
    'rows',
    schema,
    [rows.map((row, i) => ({ line: i + 1, fields: [...row, '1'] }))],
    lenient,
  );
  const all = Array.from({ length: table.rowCount }, (_, i) => i);
  return fitImputation(table, all);
}

/** An array a row, each number a column of its own. */
export function arrayProblem(
  seed: number,
  task: Task,
  column: Record<string, unknown> & { readonly kind: 'vector' | 'signal' | 'image'; readonly shape: readonly number[] },
  layers: readonly (Partial<LayerSpec> & { readonly type: string })[],
  rows = 20,
): Problem {
  const size = column.shape.reduce((product, n) => product * n, 1);
  const from = Array.from({ length: size }, (_, i) => `v${i}`);
  const schema = tableSchema.parse({
    columns: [{ name: 'array', missing: 'drop-row', from, ...column }],
    label: { name: 'y', kind: 'value' },
  });
  const draw = new Random(seed);
  const drawn = Array.from({ length: rows }, (_, row) =>
    from.map((_, i) => (row % 7 === 3 && i === 2 ? '' : String(draw.uniform() * 200 + 1))),
  );
  const [only] = schema.columns;
  const declared = only && isArray(only) ? declaredScaling(only) : undefined;
  const scaling = declared ?? { center: 100, spread: 60, limit: null };
  const preprocessing: Preprocessing = {
    ...{
      schemaVersion: 1,
      fittedOn: 'nothing',
      schema,
      scalings: from.map(() => scaling),
      imputation: null,
      features: null,
    },
  };
  const bundle = bundleFor(networkFor(task, column.shape, layers), task, { all: preprocessing, hospitals: {} }, seed);
  return { bundle, schema, preprocessing, rows: drawn };
}
