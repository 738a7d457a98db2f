import type { Keystream, RoundObjective } from '@fedward/core';
import {
  addClipped,
  dropoutMasks,
  lossOf,
  type Batch,
  type Objective,
  type ObjectiveGradient,
} from '@fedward/core/training';
import type { Compiled } from '../program/compiled.js';
import { isByExample } from '../program/targets.js';
import { chosenRows, placesOfUnits, type Rows } from './rows.js';
import type { Runner } from './runner.js';

/**
 * A model spec as an objective.
 * @param runner with masks, by the same `shape`
 * @param keystream of dropout
 * @param shape what changes the model's loss
 */
export function onnxObjective(
  compiled: Compiled,
  runner: Runner,
  keystream: Keystream,
  shape: RoundObjective | undefined,
): Objective {
  const { spec, width, layout, dropouts } = compiled;
  return {
    gradient: async (values, batch, step, clipNorm): Promise<ObjectiveGradient> => {
      const draw = dropoutMasks(keystream, step);
      const masks = dropouts.map(({ position, rate, shape }) =>
        draw(
          position,
          rate,
          shape.reduce((product, n) => product * n, batch.size),
        ),
      );
      const { size, features, labels } = batch;
      const rows: Rows = { size, features, labels, masks };
      const sum = new Float32Array(layout.size);
      if (clipNorm !== undefined) {
        const { outputs } = await sumClippedRows(runner, values, rows, batch, clipNorm, sum, width);
        const { gradient: _, ...loss } = lossOf(spec.loss, outputs, labels, width, shape);
        return { sum, clippedTo: clipNorm, ...loss };
      }
      if (!isByExample(spec.loss, shape)) {
        const outputs = await runner.outputs(values, rows);
        const { gradient, ...loss } = lossOf(spec.loss, outputs, labels, width, shape);
        await runner.given(values, rows, gradient, sum);
        return { sum, ...loss };
      }
      const outputs = new Float32Array(size * width);
      await runner.gradient(values, rows, sum, outputs);
      const { gradient: _, ...loss } = lossOf(spec.loss, outputs, labels, width, shape);
      return { sum, ...loss };
    },
  };
}

/**
 * Clipped by example in one run of the graph. Where examples of a patient count as one, or an example's gradient is not
 * finite (zero times infinity is no number), unit by unit.
 * @param sum [parameters], all 0: written
 * @returns [size, outputs], and squared norms [units]
 */
export async function sumClippedRows(
  runner: Runner,
  values: Float32Array,
  rows: Rows,
  { size, patients }: Pick<Batch, 'size' | 'patients'>,
  clipNorm: number,
  sum: Float32Array,
  width: number,
): Promise<{ readonly outputs: Float32Array; readonly norms: Float64Array }> {
  const outputs = new Float32Array(size * width);
  if (!patients) {
    const squares = new Float64Array(size);
    await runner.clipped(values, rows, clipNorm, sum, outputs, squares);
    if (squares.every(Number.isFinite)) return { outputs, norms: squares.map(Math.sqrt) };
  }
  const exact = new Float64Array(sum.length);
  const own = new Float32Array(sum.length);
  const norms: number[] = [];
  for (const places of placesOfUnits(size, patients)) {
    const ofUnit = new Float32Array(places.length * width);
    await runner.gradient(values, chosenRows(rows, places), own, ofUnit);
    norms.push(addClipped(exact, own, clipNorm));
    places.forEach((place, i) => outputs.set(ofUnit.subarray(i * width, (i + 1) * width), place * width));
  }
  sum.set(exact);
  return { outputs, norms: Float64Array.from(norms) };
}
