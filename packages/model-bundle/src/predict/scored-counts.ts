import type { PredictedRows } from './predict-rows.js';

/** What became of the rows of a file. */
export interface ScoredCounts {
  /** Rows of the file. */
  read: number;
  scored: number;
  /** Of the part that was not asked for. */
  ofOtherPart: number;
  /** By reason. */
  readonly unscored: Map<string, UnscoredRows>;
}

/** Rows that could not be scored for one reason. */
export interface UnscoredRows {
  rows: number;
  readonly column?: string;
  /** Of the first of them, so that somebody can look. */
  readonly lines: number[];
}

const mostLines = 5;
/** Reasons are made of columns and of what is wrong: a file has no more of them, or is not worth telling apart. */
const mostReasons = 1000;

export function noCounts(): ScoredCounts {
  return { read: 0, scored: 0, ofOtherPart: 0, unscored: new Map() };
}

/** Adds what became of some rows. */
export function addRows(counts: ScoredCounts, { lines, scored, unscored, ofOtherPart }: PredictedRows): void {
  counts.read += lines.length + ofOtherPart;
  counts.scored += scored.length;
  counts.ofOtherPart += ofOtherPart;
  for (const [position, { reason, column }] of unscored) {
    const known = counts.unscored.has(reason) || counts.unscored.size < mostReasons;
    const key = known ? reason : 'other reasons';
    const found = counts.unscored.get(key) ?? { rows: 0, lines: [], ...(known && column !== undefined && { column }) };
    found.rows++;
    if (found.lines.length < mostLines) found.lines.push(lines[position]!);
    counts.unscored.set(key, found);
  }
}

/** As JSON: what is most first. */
export function countsJson({ read, scored, ofOtherPart, unscored }: ScoredCounts) {
  return {
    read,
    scored,
    ...(ofOtherPart > 0 && { ofOtherPart }),
    unscored: [...unscored]
      .map(([reason, { rows, lines, column }]) => ({ reason, rows, lines, ...(column !== undefined && { column }) }))
      .sort((a, b) => b.rows - a.rows),
  };
}
