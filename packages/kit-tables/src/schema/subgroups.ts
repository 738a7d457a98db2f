import * as z from 'zod';
import { columnName, distinct, isArray, levelSchema, type Column, type Level } from './columns.js';

/** Codes are bytes, and the highest says that a group is not known. */
export const mostLevels = 255;
/** The code of a record whose group is not known. */
export const notKnown = 255;

const levelOf = z.union([
  levelSchema,
  /** A name that people read, and the values of the column that it stands for. */
  z.strictObject({ name: z.string().min(1), values: z.array(levelSchema).min(1) }),
]);
const ascending = (bands: readonly number[]): boolean => bands.every((bound, i) => i === 0 || bound > bands[i - 1]!);

/**
 * A group of patients in which a model is to be judged by itself. Its column may be a feature or not: of one that is none,
 * such as ethnicity, nothing reaches a model. A row without the value is in no group.
 */
export const subgroupSchema = z
  .strictObject({
    column: columnName,
    /** What people read; default: the column's name. */
    name: z.string().min(1).optional(),
    /** Of numbers: where one band ends and the next begins, which has the bound. `[40, 60]`: below 40, 40 to 60, 60 and above. */
    bands: z
      .array(z.number())
      .min(1)
      .max(mostLevels - 1)
      .refine(ascending, { error: 'bounds must ascend' })
      .optional(),
    /** Of codes and text: all that can occur. Default: the levels of the column, where it is a feature that has levels. */
    levels: z
      .array(levelOf)
      .min(2)
      .max(mostLevels)
      .refine((levels) => distinct(levels.flatMap(valuesOf)), { error: 'a value is listed twice' })
      .refine((levels) => new Set(levels.map(nameOf)).size === levels.length, { error: 'a name is listed twice' })
      .optional(),
  })
  .refine(({ bands, levels }) => bands === undefined || levels === undefined, {
    error: 'it has bands or levels, not both',
  });

/** A group as a schema declares it. */
export type Subgroup = z.output<typeof subgroupSchema>;

/** Of each record to which level of a group it belongs. */
export interface RecordGroups {
  /** Such as `age` or `sex`. */
  readonly name: string;
  /** Such as `below 40`, `40 to 60`, `60 and above`. */
  readonly levels: readonly string[];
  /** [count]: positions in `levels`; 255: not known. */
  readonly codes: Uint8Array;
}

/** What a group is parted by: bounds of a number, or the values of each of its levels. */
export type Parting =
  | { readonly kind: 'bands'; readonly bands: readonly number[] }
  | { readonly kind: 'levels'; readonly values: readonly (readonly Level[])[] };

/** A group with all that is known of it. */
export interface KnownSubgroup {
  readonly name: string;
  readonly column: string;
  /** As people read them. */
  readonly levels: readonly string[];
  readonly parting: Parting;
}

/** A group by its own words, and those of its column where that is a feature; undefined where neither says the levels. */
export function knownSubgroup(
  { column: name, name: shown = name, bands, levels }: Subgroup,
  columns: readonly Column[],
): KnownSubgroup | undefined {
  if (bands) return { name: shown, column: name, levels: bandNames(bands), parting: { kind: 'bands', bands } };
  const column = columns.find((each) => each.name === name);
  const own = levels ?? (column && 'levels' in column ? column.levels : undefined);
  return (
    own && {
      ...{ name: shown, column: name, levels: own.map(nameOf) },
      parting: { kind: 'levels', values: own.map(valuesOf) },
    }
  );
}

/** The groups of a schema that was parsed. */
export function subgroupsOf({
  subgroups = [],
  columns,
}: {
  readonly subgroups?: readonly Subgroup[] | undefined;
  readonly columns: readonly Column[];
}): KnownSubgroup[] {
  return subgroups.map((subgroup) => knownSubgroup(subgroup, columns)!);
}

/** The band that a number is in: the number of bounds that it reaches. */
export function bandOf(value: number, bands: readonly number[]): number {
  let band = 0;
  while (band < bands.length && value >= bands[band]!) band++;
  return band;
}

function bandNames(bands: readonly number[]): string[] {
  return [
    `below ${bands[0]}`,
    ...bands.slice(1).map((bound, i) => `${bands[i]} to ${bound}`),
    `${bands.at(-1)} and above`,
  ];
}

function nameOf(level: z.output<typeof levelOf>): string {
  return typeof level === 'object' ? level.name : String(level);
}

function valuesOf(level: z.output<typeof levelOf>): readonly Level[] {
  return typeof level === 'object' ? level.values : [level];
}

interface Named {
  readonly columns: readonly Column[];
  readonly subgroups?: readonly Subgroup[] | undefined;
  readonly label: { readonly name: string; readonly kind: string; readonly event?: { readonly column: string } };
  readonly patientId?: string | undefined;
  readonly split?: { readonly column: string } | undefined;
}

/** What is wrong with the groups of a schema, by their positions. */
export function wrongSubgroups({ columns, subgroups = [], label, patientId, split }: Named): [number, string][] {
  const names = new Set<string>();
  return subgroups.flatMap((subgroup, i): [number, string][] => {
    const { column: name, bands, levels } = subgroup;
    const shown = subgroup.name ?? name;
    const twice = names.has(shown);
    names.add(shown);
    const column = columns.find((each) => each.name === name);
    const wrong =
      name === label.name || name === label.event?.column
        ? `${name} is what is to be told`
        : name === patientId
          ? `${name} is the patient id`
          : name === split?.column
            ? `${name} says the split`
            : twice
              ? `a group is called ${shown} already: give it another "name"`
              : column && isArray(column)
                ? `${name} is a column of arrays`
                : bands && column && column.kind !== 'numeric'
                  ? `${name} has no numbers to part by: list its "levels"`
                  : levels && column && column.kind === 'date'
                    ? `${name} is a date, which has no levels`
                    : !knownSubgroup(subgroup, columns)
                      ? `say how ${name} is parted: "bands": [40, 60] of numbers, or its "levels"`
                      : undefined;
    return wrong === undefined ? [] : [[i, wrong]];
  });
}
