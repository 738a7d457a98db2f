import * as z from 'zod';
import { analyteNames } from '../units/analytes.js';
import { isUnit } from '../units/converter.js';
import { windowSchema } from './window.js';

/** A unit in the code of UCUM. */
export const unitSchema = z
  .string()
  .refine(isUnit, { error: 'no unit that is known here, in the codes of UCUM: mg/dL, mm[Hg], 10*3/uL' });

/** How several records of a patient become one cell. */
export const aggregates = ['last', 'first', 'mean', 'min', 'max', 'count', 'any', 'daysToFirst', 'daysToLast'] as const;

/** How one of them does. */
export type Aggregate = (typeof aggregates)[number];

/** Those that look at no value. */
export function readsValue(aggregate: Aggregate): boolean {
  return ['last', 'first', 'mean', 'min', 'max'].includes(aggregate);
}

/** What columns of events have in common, whatever the format. */
export const eventShape = {
  /** Default: up to the index and its day; without an index `ever`. */
  within: windowSchema.optional(),
  /** `count` is 0 and `any` 0 where there is no record; all others are empty then. `daysTo...`: from the index. */
  aggregate: z.enum(aggregates).default('last'),
  /** What numbers with a unit are told in. */
  unit: unitSchema.optional(),
  /** The unit of a value that says none. Without it, such a value is refused. */
  assumeUnit: unitSchema.optional(),
  /** Which substance it is, to tell a mass as an amount: a name, or its molar mass in g/mol. */
  analyte: z.union([z.enum(analyteNames), z.number().positive()]).optional(),
  /** A value in a unit that can't be told in `unit`: an error, or counted and left out. */
  otherUnits: z.enum(['error', 'leave-out']).default('error'),
  /** A value that is a bound, such as `<5`: taken as 5, left out, or an error. Each is counted. */
  bounds: z.enum(['take', 'leave-out', 'error']).default('take'),
};

/** What columns of a patient's own fields have in common. */
export const factShape = {
  /**
   * Default: as it is written. `ageAtIndex`: of a birth, in whole units. `daysFromIndex`: of a date. `within`: 1 for a
   * date in the window, 0 for one that is not, and for none.
   */
  as: z.enum(['ageAtIndex', 'daysFromIndex', 'within']).optional(),
  /** Of an age. Default years. */
  unit: z.enum(['a', 'mo', 'wk', 'd']).optional(),
  within: windowSchema.optional(),
};

/** Which of a patient's index events count: each makes a row of its own. */
export const pickSchema = z.enum(['first', 'last', 'each']).default('first');

/** One day for all patients. */
export const fixedIndexSchema = z.strictObject({ date: z.iso.date() });

interface Written {
  readonly index?: unknown;
  readonly columns: Readonly<Record<string, object>>;
}

/** Faults that no column shows alone, for `superRefine`. */
export function checkColumns({ index, columns }: Written, context: z.RefinementCtx): void {
  const refuse = (name: string, key: string, message: string): void =>
    context.addIssue({ code: 'custom', path: ['columns', name, key], message });
  for (const [name, column] of Object.entries(columns) as [string, Record<string, unknown>][]) {
    const { within, as, aggregate, unit, assumeUnit, analyte } = column;
    const timed = as !== undefined || String(aggregate).startsWith('daysTo');
    if (index === undefined && timed) refuse(name, as ? 'as' : 'aggregate', 'this needs an index');
    if (index === undefined && within !== undefined && within !== 'ever') refuse(name, 'within', 'this needs an index');
    if ('as' in column || aggregate === undefined) {
      if (unit !== undefined && as !== 'ageAtIndex') refuse(name, 'unit', 'only an age has one here');
      if (within !== undefined && as !== 'within') refuse(name, 'within', 'this goes with "as": "within"');
    } else {
      if (!readsValue(aggregate as Aggregate) && unit !== undefined)
        refuse(name, 'unit', `${String(aggregate)} reads no value`);
      if ((assumeUnit ?? analyte) !== undefined && unit === undefined)
        refuse(name, 'unit', 'say in which unit it is told');
    }
  }
}

/** Columns by their names. */
export const columnsOf = <T extends z.ZodType>(column: T) =>
  z
    .record(z.string().min(1), column)
    .refine((columns) => Object.keys(columns).length > 0, { error: 'there are no columns' })
    .refine((columns) => Object.keys(columns).length <= 10_000, { error: 'more than 10,000 columns' });
