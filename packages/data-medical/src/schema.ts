import * as z from 'zod';
import { valueKey } from './csv/equality.js';
import { bothDeclared, notBoth, scalingShape } from './scaling.js';

/**
 * A value that a coded column may take. A number, as a number or as text, stands for every spelling of it (`1`, `1.0`,
 * `1e0`), other text for itself alone (see `valueKey`).
 */
const level = z.union([z.number(), z.string().min(1)]);

const distinct = (levels: readonly Level[]): boolean =>
  new Set(levels.map((value) => valueKey(String(value).trim()))).size === levels.length;
const levelsDiffer = { error: 'a level is listed twice' };

const common = {
  /** As the header of the file has it. */
  name: z.string().min(1),
  /** What a row without a value does: it is an error, or the row is left out. */
  missing: z.enum(['error', 'drop-row']).default('error'),
};

/** How one column of a table becomes features. */
export const columnSchema = z.discriminatedUnion('kind', [
  /** One feature: the number, scaled as the column declares. */
  z
    .strictObject({ ...common, kind: z.literal('numeric'), unit: z.string().optional(), ...scalingShape })
    .refine(notBoth, bothDeclared),
  /** One feature: 0 for the first level, 1 for the second. */
  z.strictObject({
    ...common,
    kind: z.literal('binary'),
    levels: z.tuple([level, level]).default([0, 1]).refine(distinct, levelsDiffer),
  }),
  /** One feature a level, 1 where the row has it (one-hot); without the first under `dropFirst`. */
  z.strictObject({
    ...common,
    kind: z.literal('categorical'),
    /** All that can occur, in order. Declared, not found in the data: sites must agree on the features. */
    levels: z.array(level).min(2).refine(distinct, levelsDiffer),
    dropFirst: z.boolean().default(false),
  }),
]);

const labelSchema = z.discriminatedUnion('kind', [
  /** Classes 0, 1, ... in order, each with the values of the column that mean it. */
  z.strictObject({
    ...common,
    kind: z.literal('class'),
    classes: z
      .array(z.strictObject({ name: z.string().min(1), values: z.array(level).min(1) }))
      .min(2)
      .refine((classes) => distinct(classes.flatMap(({ values }) => values)), {
        error: 'a value stands for two classes',
      }),
  }),
  /** A number to be predicted, in its own unit; what is trained on is cut to what is declared. */
  z
    .strictObject({ ...common, kind: z.literal('value'), unit: z.string().optional(), ...scalingShape })
    .refine(notBoth, bothDeclared),
]);

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
    /**
     * Where the data bring their own split: the column that says it, and its values that mean the test part. All
     * others mean the training part. It may be the patient id.
     */
    split: z.strictObject({ column: z.string().min(1), test: z.array(level).min(1) }).optional(),
  })
  .superRefine(({ columns, label, patientId, split }, context) => {
    const seen = new Set([label.name]);
    columns.forEach(({ name }, i) => {
      const path = ['columns', i, 'name'];
      if (name === label.name) context.addIssue({ code: 'custom', path, message: `${name} is the label` });
      else if (name === split?.column) context.addIssue({ code: 'custom', path, message: `${name} says the split` });
      else if (name === patientId) context.addIssue({ code: 'custom', path, message: `${name} is the patient id` });
      else if (seen.has(name)) context.addIssue({ code: 'custom', path, message: `${name} is listed twice` });
      seen.add(name);
    });
    if (split?.column === label.name)
      context.addIssue({ code: 'custom', path: ['split', 'column'], message: `${label.name} is the label` });
    if (patientId === label.name)
      context.addIssue({ code: 'custom', path: ['patientId'], message: `${patientId} is the label` });
  });

/** One level of a categorical column. */
export type Level = z.output<typeof level>;
/** One column of a table, as a schema declares it. */
export type Column = z.output<typeof columnSchema>;
/** The column that a model is to tell. */
export type LabelColumn = z.output<typeof labelSchema>;
/** What a table means, its defaults filled in. */
export type TableSchema = z.output<typeof tableSchema>;
/** A schema as a person writes it: defaults left out. */
export type TableSchemaInput = z.input<typeof tableSchema>;

/** One value of an encoded example. */
export interface Feature {
  /** The column's name; for a level of a categorical column `column=level`. */
  readonly name: string;
  readonly column: string;
  readonly kind: Column['kind'];
}

/** The features that columns become, in order. */
export function featuresOf(columns: readonly Column[]): Feature[] {
  return columns.flatMap((column): Feature[] => {
    const { name, kind } = column;
    if (kind !== 'categorical') return [{ name, column: name, kind }];
    return shownLevels(column).map((value) => ({ name: `${name}=${value}`, column: name, kind }));
  });
}

/** The same columns as they are recorded: without what they declare of their scale. */
export function withoutScales(schema: TableSchema): TableSchema {
  return {
    ...schema,
    columns: schema.columns.map((column) => {
      if (column.kind !== 'numeric') return column;
      const { name, kind, missing, unit } = column;
      return { name, kind, missing, ...(unit !== undefined && { unit }) };
    }),
  };
}

/** The levels of a categorical column that have a feature of their own. */
export function shownLevels({ levels, dropFirst }: Column & { kind: 'categorical' }): readonly Level[] {
  return dropFirst ? levels.slice(1) : levels;
}
