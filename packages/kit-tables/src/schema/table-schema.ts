import * as z from 'zod';
import { bothDeclared, notBoth, scalingShape } from '../scale/scaling.js';
import { subgroupSchema, wrongSubgroups } from './subgroups.js';
import { columnName, columnSchema, distinct, isArray, levelSchema, missingSchema, type Column } from './columns.js';

const labelSchema = z.discriminatedUnion('kind', [
  /** Classes 0, 1, ... in order, each with the values of the column that mean it. */
  z.strictObject({
    name: columnName,
    missing: missingSchema,
    kind: z.literal('class'),
    classes: z
      .array(z.strictObject({ name: z.string().min(1), values: z.array(levelSchema).min(1) }))
      .min(2)
      .refine((classes) => distinct(classes.flatMap(({ values }) => values)), {
        error: 'a value stands for two classes',
      }),
  }),
  /**
   * When something happened, or until when it had not: the time is in the column `name`, whether it happened in that of
   * `event`. The label is the time, minus the time where it had not happened, as the loss `cox` has it. Times below
   * `atLeast` are taken as that, since a time of 0 is on neither side.
   */
  z.strictObject({
    name: columnName,
    missing: missingSchema,
    kind: z.literal('time-to-event'),
    unit: z.string().optional(),
    event: z.strictObject({
      column: columnName,
      /** Its values that mean that it happened. */
      values: z.array(levelSchema).min(1).refine(distinct, { error: 'a value is listed twice' }),
      /** Those that mean that it had not; all others are refused. */
      censored: z.array(levelSchema).min(1),
    }),
    atLeast: z.number().positive().default(0.5),
  }),
  /** A number to be predicted, in its own unit; what is trained on is cut to what is declared. */
  z
    .strictObject({
      name: columnName,
      missing: missingSchema,
      kind: z.literal('value'),
      unit: z.string().optional(),
      ...scalingShape,
    })
    .refine(notBoth, bothDeclared),
]);

/**
 * When a row is from. `number`: in a unit of its own, such as days since admission. `date`: ISO 8601, a day or a day and a
 * time of it, to milliseconds since 1970 began in UTC; without a zone, as the hospital's clock shows it.
 */
const timeSchema = z.strictObject({
  column: columnName,
  format: z.enum(['number', 'date']).default('number'),
  missing: missingSchema,
});

/** How the methods work that columns name in `"missing": { "impute": ... }`. */
const imputationSchema = z.strictObject({
  /** Each hospital's own, from its training part; or one of all hospitals, from sums (not for `knn`). */
  fitted: z.enum(['site', 'federation']).default('site'),
  /** `ridge`: how often each column is predicted from the others. */
  iterations: z.int().min(1).max(100).default(10),
  /** `ridge`: what is added to the sums of squares; the intercept is not held back. */
  ridge: z.number().positive().default(1),
  /** `knn`: how many records a value is taken from. */
  neighbours: z.int().min(1).max(1000).default(5),
  /** `knn`: whether near ones count more, by one over their distance. */
  weights: z.enum(['uniform', 'distance']).default('uniform'),
  /**
   * `ridge`, `knn`: numbers in multiples of their column's deviation in the records that are learned from, so that no unit
   * decides; or as they are recorded.
   */
  units: z.enum(['deviations', 'recorded']).default('deviations'),
});

/** How missing values are learned, its defaults filled in. */
export type ImputationSettings = z.output<typeof imputationSchema>;

/** What a schema says of it, or the defaults. */
export function imputationOf({
  imputation,
}: {
  readonly imputation?: ImputationSettings | undefined;
}): ImputationSettings {
  return imputation ?? imputationSchema.parse({});
}

/**
 * What to read of a table, and as what. Columns of the file that are not named here are never looked at: names
 * and addresses stay where they are. Features follow the order of `columns`, not that of the file.
 */
export const tableSchema = z
  .strictObject({
    columns: z.array(columnSchema).min(1),
    label: labelSchema,
    /** The column that tells patients apart, where one may have several rows. */
    patientId: z.string().min(1).optional(),
    /** The column that says where a row is from, such as a hospital or a county: to part one table among hospitals by it. */
    site: columnName.optional(),
    /** Columns that tell who somebody is, and are never looked at: listed so that a reader of the schema knows. */
    identifiers: z.array(columnName).optional(),
    /** The column that says when a row is from: for imputers, which may look at a patient's earlier rows. */
    time: timeSchema.optional(),
    /**
     * Where the data bring their own split: the column that says it, and its values that mean the test part. All
     * others mean the training part. It may be the patient id.
     */
    split: z.strictObject({ column: z.string().min(1), test: z.array(levelSchema).min(1) }).optional(),
    /** For columns whose missing values are learned. */
    imputation: imputationSchema.optional(),
    /** Groups in which a model is to be judged by itself, by columns that need not be features. */
    subgroups: z.array(subgroupSchema).min(1).max(100).optional(),
  })
  .superRefine((schema, context) => {
    const { columns, label, patientId, time, split } = schema;
    for (const [i, message] of wrongSubgroups(schema))
      context.addIssue({ code: 'custom', path: ['subgroups', i], message });
    const array = columns.findIndex(isArray);
    if (array >= 0 && columns.length > 1)
      context.addIssue({
        code: 'custom',
        path: ['columns', array],
        message: `${columns[array]!.name} is a column of arrays, which has to be the only one: a model has one input`,
      });
    const seen = new Set([label.name]);
    columns.forEach(({ name }, i) => {
      const path = ['columns', i, 'name'];
      if (name === label.name) context.addIssue({ code: 'custom', path, message: `${name} is the label` });
      else if (label.kind === 'time-to-event' && name === label.event.column)
        context.addIssue({ code: 'custom', path, message: `${name} says whether the event happened` });
      else if (name === split?.column) context.addIssue({ code: 'custom', path, message: `${name} says the split` });
      else if (name === patientId) context.addIssue({ code: 'custom', path, message: `${name} is the patient id` });
      else if (seen.has(name)) context.addIssue({ code: 'custom', path, message: `${name} is listed twice` });
      seen.add(name);
    });
    if (split?.column === label.name)
      context.addIssue({ code: 'custom', path: ['split', 'column'], message: `${label.name} is the label` });
    if (time?.column === label.name)
      context.addIssue({ code: 'custom', path: ['time', 'column'], message: `${label.name} is the label` });
    if (time && time.column === patientId)
      context.addIssue({ code: 'custom', path: ['time', 'column'], message: `${patientId} is the patient id` });
    if (patientId === label.name)
      context.addIssue({ code: 'custom', path: ['patientId'], message: `${patientId} is the label` });
  });

/** The column that a model is to tell. */
export type LabelColumn = z.output<typeof labelSchema>;
/** The column that says when a row is from. */
export type TimeColumn = z.output<typeof timeSchema>;
/** What a table means, its defaults filled in. */
export type TableSchema = z.output<typeof tableSchema>;
/** A schema as a person writes it: defaults left out. */
export type TableSchemaInput = z.input<typeof tableSchema>;

/** The same for rows that are only to be predicted: no group is asked for. */
export function withoutSubgroups({ subgroups: _subgroups, ...schema }: TableSchema): TableSchema {
  return schema;
}

/** The same columns as they are recorded: without what they declare of their scale. */
export function withoutScales(schema: TableSchema): TableSchema {
  return {
    ...schema,
    columns: schema.columns.map((column) => {
      if (column.kind === 'binary' || column.kind === 'categorical') return column;
      const { scale: _scale, range: _range, ...rest } = column;
      return rest as Column;
    }),
  };
}
