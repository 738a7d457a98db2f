import type { LocalTrainer } from '@fedward/core';
import { preprocessed } from '@fedward/data-medical';
import { columnsRead, isArray, readTable, textRowReader } from '@fedward/kit-tables';
import type { Port } from '@fedward/kit-onnx';
import type { Problem } from './problems.js';

/** What fedward itself says of raw rows: the model's outputs a row; undefined for one that it refuses or leaves out. */
export async function expectedOutputs(problem: Problem, trainer: LocalTrainer): Promise<(Float32Array | undefined)[]> {
  const { bundle, schema, preprocessing, rows } = problem;
  const names = columnsRead(schema);
  const read = textRowReader(schema, names, { file: 'rows' });
  const told: (Float32Array | undefined)[] = [];
  for (const [i, row] of rows.entries()) {
    try {
      const table = await readTable('a row', schema, [[{ line: i + 1, fields: [...row, '1'] }]], read);
      const data = table.count === 0 ? undefined : preprocessed(table, preprocessing);
      told.push(data?.count === 1 ? await trainer.predict(bundle.manifest.model, bundle.weights, data) : undefined);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
      told.push(undefined);
    }
  }
  return told;
}

/** The same rows as the graph takes them, by input. */
export function feedsOf({ schema, rows }: Problem, inputs: readonly Port[]): Record<string, Float64Array | string[]> {
  const feeds = inputs.map(({ name, type }): [string, Float64Array | string[]] => {
    const at = schema.columns.findIndex((column) => column.name === name);
    const column = schema.columns[at]!;
    if (isArray(column)) return [name, Float64Array.from(rows.flatMap((row) => row.map(numberIn)))];
    const cells = rows.map((row) => row[at]!);
    if (type === 'string') return [name, cells];
    return [name, Float64Array.from(cells, column.kind === 'date' ? daysIn : numberIn)];
  });
  return Object.fromEntries(feeds);
}

const noValue = new Set(['', 'NA', '?']);

function numberIn(cell: string): number {
  return noValue.has(cell) ? NaN : Number(cell);
}

function daysIn(cell: string): number {
  return noValue.has(cell) ? NaN : Date.parse(cell) / 86_400_000;
}
