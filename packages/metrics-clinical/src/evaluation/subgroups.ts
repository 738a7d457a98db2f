import { assertThat } from '@fedward/core';
import { evaluate } from './evaluate.js';
import type {
  Evaluation,
  EvaluationOptions,
  Figure,
  Figures,
  Predictions,
  RecordGroups,
  SubgroupEvaluation,
} from './evaluation.js';
import { recordsOf } from './predictions.js';

export { recordsOf } from './predictions.js';

/** A code for records of which the level is not known: they are outside of every level. */
const unknown = 255;

/**
 * Each level of each group by itself, beside all records outside of it of which the level is known. Levels without a record
 * are left out.
 *
 * A gap's interval comes of the two intervals by adding the squares of their halves (MOVER: Newcombe 1998, Stat. Med.
 * 17:873, method 10; Zou and Donner 2008, Stat. Med. 27:1693), which holds for two independent estimates whose intervals need not be
 * symmetric. A patient with records on both sides makes them dependent: the gap has no interval then.
 *
 * @throws {FedwardError} as `evaluate`; ARGUMENT_INVALID unless each group has one code a record
 */
export function evaluateSubgroups(
  predictions: Predictions,
  groups: readonly RecordGroups[],
  options: EvaluationOptions = {},
): SubgroupEvaluation[] {
  const without = { ...options, curves: false };
  return groups.flatMap(({ name, levels, codes }) => {
    const { length } = predictions.labels;
    assertThat(codes.length === length, name, `the group has ${codes.length} codes for ${length} records`);
    return levels.flatMap((level, code): SubgroupEvaluation[] => {
      const inside = rowsWhere(codes, (own) => own === code);
      if (inside.length === 0) return [];
      const outside = rowsWhere(codes, (own) => own !== code && own !== unknown);
      const evaluation = evaluate(recordsOf(predictions, inside), without);
      const gaps =
        outside.length === 0
          ? {}
          : gapsOf(
              evaluation,
              evaluate(recordsOf(predictions, outside), without),
              sharePatients(predictions, inside, outside),
            );
      return [{ group: name, level, evaluation, gaps }];
    });
  });
}

/** Figures of one set of records minus those of another. */
function gapsOf(inside: Evaluation, outside: Evaluation, dependent: boolean): Figures {
  return Object.fromEntries(
    Object.entries(inside.figures).flatMap(([name, own]): [string, Figure][] => {
      const other = outside.figures[name];
      if (!other || own.value === null || other.value === null) return [];
      return [[name, dependent ? withoutInterval(own.value - other.value) : independentGap(own, other)]];
    }),
  );
}

const withoutInterval = (value: number): Figure => ({
  value,
  interval: null,
  because: 'some patients have records both in the group and outside of it',
});

/** a - b of independent estimates. */
export function independentGap(a: Figure, b: Figure): Figure {
  const value = a.value! - b.value!;
  if (!a.interval || !b.interval) return { value, interval: null, because: 'one of the two figures has no interval' };
  const below = Math.hypot(a.value! - a.interval[0], b.interval[1] - b.value!);
  const above = Math.hypot(a.interval[1] - a.value!, b.value! - b.interval[0]);
  return { value, interval: [value - below, value + above], method: 'mover' };
}

function rowsWhere(codes: Uint8Array, is: (code: number) => boolean): Uint32Array {
  return Uint32Array.from(codes.keys()).filter((row) => is(codes[row]!));
}

function sharePatients({ patientIds }: Predictions, inside: Uint32Array, outside: Uint32Array): boolean {
  if (!patientIds) return false;
  const own = new Set(Array.from(inside, (row) => patientIds[row]!));
  return outside.some((row) => own.has(patientIds[row]!));
}
