import { largest } from '@fedward/core';
import { medianOf, type RowSample } from './sample.js';
import { unitsApart } from './units.js';
import type { InspectedColumn } from './tally.js';

/** One hospital's file, as far as remarks need it. */
export interface InspectedFile {
  readonly name: string;
  readonly sample: RowSample;
  /** SHA-256 of its bytes. */
  readonly digest: string;
  /** Keys of its patients; undefined where they can't be told apart. */
  readonly patients: ReadonlySet<string> | undefined;
}

/** What is looked at before a remark is made. */
export interface ToRemarkOn {
  readonly files: readonly InspectedFile[];
  readonly columns: readonly InspectedColumn[];
  /** The proposed label, where there is one. */
  readonly label: string | undefined;
  /** A remark tells nothing of fewer patients. */
  readonly minimumPatients: number;
}

/** What looks wrong, in sentences: never a patient's own value. */
export function remarksOn(about: ToRemarkOn): string[] {
  return [
    ...sameFiles(about),
    ...samePatients(about),
    ...zerosWhereNoneCanBe(about),
    ...differentUnits(about),
    ...tellTheLabel(about),
    ...fewOfAClass(about),
  ];
}

/** Of two files with the same bytes one is a copy. */
function sameFiles({ files }: ToRemarkOn): string[] {
  return files.flatMap(({ name, digest }, i) => {
    const first = files.findIndex((other) => other.digest === digest);
    return first < i ? [`${files[first]!.name} and ${name} are the same file: its patients would be there twice.`] : [];
  });
}

/** Share of a hospital's patients from which on it is not chance that another has them too. */
const manyShared = 0.2;

function samePatients({ files, minimumPatients }: ToRemarkOn): string[] {
  const remarks: string[] = [];
  files.forEach((a, i) => {
    for (const b of files.slice(i + 1)) {
      if (!a.patients || !b.patients || a.digest === b.digest) continue;
      const [few, many] = a.patients.size < b.patients.size ? [a.patients, b.patients] : [b.patients, a.patients];
      const shared = [...few].filter((id) => many.has(id)).length;
      if (shared < minimumPatients || shared < manyShared * few.size) continue;
      remarks.push(
        `${shared} patient ids are in ${a.name} and in ${b.name}: where these are the same people, no epsilon of one hospital ` +
          'covers them; where each hospital numbers its own, nothing is wrong.',
      );
    }
  });
  return remarks;
}

/** Share of zeros from which on they are a habit and no slip. */
const manyZeros = 0.02;

/**
 * Zeros in a column whose other values, at all hospitals, are far from zero: above a third of their median for 99 in 100.
 * Where a measurement is near zero for some, a zero may be one; so it may where most have it, unless all at a hospital do.
 */
function zerosWhereNoneCanBe({ files, columns, minimumPatients }: ToRemarkOn): string[] {
  return columns.flatMap(({ name, kind }) => {
    if (kind !== 'numeric') return [];
    const all = files.map((file) => {
      const values = file.sample.numbers(name).filter((value) => !Number.isNaN(value));
      return { file, values, zeros: values.filter((value) => value === 0).length };
    });
    const others = Float64Array.from(all.flatMap(({ values }) => [...values].filter((value) => value !== 0))).sort();
    if (others.length < 2 * minimumPatients) return [];
    const median = others[others.length >> 1]!;
    if (!(median > 0 && others[Math.floor(0.01 * others.length)]! > 0.3 * median)) return [];
    const where = all.filter(
      ({ values, zeros }) =>
        zeros >= minimumPatients &&
        zeros >= manyZeros * values.length &&
        (zeros === values.length || 2 * zeros < values.length),
    );
    if (where.length === 0) return [];
    return [
      `"${name}" has zeros${filesText(
        where.map(({ file }) => file),
        files,
      )}, and all other values are far from zero: if a zero stands for no value, say "zeroIsMissing": true.`,
    ];
  });
}

/** Numbers of a file below which its median tells little. */
const fewForMedian = 15;

function differentUnits({ files, columns }: ToRemarkOn): string[] {
  return columns.flatMap(({ name, kind }) => {
    if (kind !== 'numeric' || files.length < 2) return [];
    const medians = files.flatMap((file) => {
      const median = medianOf(
        file.sample.numbers(name).filter((value) => value !== 0),
        fewForMedian,
      );
      return median === undefined ? [] : [{ name: file.name, median }];
    });
    const sorted = medians.sort((a, b) => a.median - b.median);
    for (const high of sorted.toReversed())
      for (const low of sorted) {
        const words = low === high ? undefined : unitsApart(high.median, low.median);
        if (words !== undefined && high.median > low.median)
          return [
            `"${name}" is much higher in ${high.name} than in ${low.name}, by about what parts ${words}: is it in another unit ` +
              'there?',
          ];
      }
    return [];
  });
}

/** Share of patients whose class a column alone tells, from which on it is asked whether it was known beforehand. */
const nearlyAll = 0.99;

/** A column that tells the classes apart by itself was often written down after the outcome was known. */
function tellTheLabel({ files, columns, label, minimumPatients }: ToRemarkOn): string[] {
  if (label === undefined) return [];
  const classes = files.flatMap(({ sample }) => sample.texts(label));
  const known = new Set(classes.filter((some) => some !== undefined));
  const count = classes.filter((some) => some !== undefined).length;
  const most = largest(
    [...known].map((one) => classes.filter((other) => other === one).length),
    0,
  );
  // With few of the other class any column may tell it by chance.
  if (known.size < 2 || known.size > 10 || count - most < 2 * minimumPatients) return [];
  return columns.flatMap(({ name, kind }) => {
    if (name === label || !['numeric', 'binary', 'categorical'].includes(kind)) return [];
    const told =
      kind === 'numeric'
        ? toldByNumber(
            files.flatMap(({ sample }) => [...sample.numbers(name)]),
            classes,
            known,
          )
        : toldByLevel(
            files.flatMap(({ sample }) => sample.texts(name)),
            classes,
          );
    return told >= nearlyAll
      ? [`"${name}" alone tells "${label}" of nearly all patients: was it known before the outcome was?`]
      : [];
  });
}

/** Of how many of those with a value and a class the class is told by whether the number is above a bound. */
function toldByNumber(
  values: readonly number[],
  classes: readonly (string | undefined)[],
  known: ReadonlySet<string>,
): number {
  if (known.size !== 2) return 0;
  const [first] = known;
  const rows = values
    .flatMap((value, i) =>
      Number.isNaN(value) || classes[i] === undefined ? [] : [{ value, is: classes[i] === first }],
    )
    .sort((a, b) => a.value - b.value);
  const total = rows.filter(({ is }) => is).length;
  let below = 0;
  let best = Math.max(total, rows.length - total);
  if (best === rows.length) return 0; // one class is left
  rows.forEach(({ value, is }, i) => {
    below += Number(is);
    if (value === rows[i + 1]?.value) return;
    const right = below + (rows.length - i - 1 - (total - below)); // of the first class below the bound, others above
    best = Math.max(best, right, rows.length - right);
  });
  return best / rows.length;
}

/** Of how many the class is the most common of their level. */
function toldByLevel(levels: readonly (string | undefined)[], classes: readonly (string | undefined)[]): number {
  const counts = new Map<string, Map<string, number>>();
  let rows = 0;
  levels.forEach((level, i) => {
    const own = classes[i];
    if (level === undefined || own === undefined) return;
    rows++;
    const of = counts.get(level) ?? new Map<string, number>();
    of.set(own, (of.get(own) ?? 0) + 1);
    counts.set(level, of);
  });
  const right = [...counts.values()].reduce((sum, of) => sum + [...of.values()].reduce((a, b) => Math.max(a, b), 0), 0);
  return rows === 0 ? 0 : right / rows;
}

/** Share of a class below which an accuracy by itself says little. */
const rare = 0.1;

function fewOfAClass({ files, columns, label }: ToRemarkOn): string[] {
  const column = columns.find(({ name }) => name === label);
  if (!column || column.kind === 'numeric' || label === undefined) return [];
  const all = files.flatMap(({ sample }) => sample.texts(label)).filter((some) => some !== undefined);
  const counts = new Map<string, number>();
  for (const one of all) counts.set(one, (counts.get(one) ?? 0) + 1);
  const least = [...counts.values()].reduce((a, b) => Math.min(a, b), Infinity) / all.length;
  if (counts.size < 2 || !(least < rare)) return [];
  const shown = least < 0.01 ? 'fewer than 1 %' : `about ${Math.round(100 * least)} %`;
  return [
    `The rarest class of "${label}" has ${shown} of the rows: an accuracy says little then. Look at the AUROC, and give ` +
      'classes weights (training.objective.classWeights).',
  ];
}

function filesText(where: readonly InspectedFile[], files: readonly InspectedFile[]): string {
  return files.length < 2 ? '' : ` in ${where.map(({ name }) => name).join(', ')}`;
}
