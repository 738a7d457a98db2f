import type { PageHeader } from 'hyparquet';
import { deltaBinaryUnpack } from 'hyparquet/src/delta.js';
import { readRleBitPackedHybrid } from 'hyparquet/src/encoding.js';

/** What is known of the column of a page. */
export interface PageColumn {
  readonly type: string | undefined;
  readonly typeLength: number | undefined;
  readonly maxDefinition: number;
  readonly maxRepetition: number;
  /** Of the dictionary that was read; undefined where none was. */
  readonly dictionary: number | undefined;
}

/** Bytes that the values of a page may take. */
const mostBytes = 256 * 2 ** 20;

/**
 * Looks at what a decoder will go by, before it does: a decoder that trusts the lengths of runs writes without end where
 * one byte is wrong (Parquet's Encodings.md: RLE, DELTA_BINARY_PACKED, DELTA_BYTE_ARRAY).
 *
 * @param page not compressed; of version 2 with its levels
 * @throws {Error} for what no page has, without its place
 */
export function checkPage(page: Uint8Array, header: PageHeader, column: PageColumn): void {
  const view = new DataView(page.buffer, page.byteOffset, page.length);
  const { data_page_header: first, data_page_header_v2: second, dictionary_page_header: dictionary } = header;
  if (header.type === 'DICTIONARY_PAGE') {
    ensure(dictionary !== undefined && fits(dictionary.num_values, page.length, column), 'a dictionary');
    return;
  }
  if (header.type === 'DATA_PAGE' && first) {
    let at = 0;
    let values = first.num_values;
    for (const [most, isDefinition] of [
      [column.maxRepetition, false],
      [column.maxDefinition, true],
    ] as const) {
      if (most === 0) continue;
      const length = view.getUint32(at, true);
      at += 4;
      ensure(at + length <= page.length, 'levels');
      checkRuns(view, at, at + length, widthOf(most), first.num_values);
      if (isDefinition) values = present(view, at, length, most, first.num_values);
      at += length;
    }
    checkValues(view, at, values, first.encoding, column, false);
    return;
  }
  if (header.type === 'DATA_PAGE_V2' && second) {
    const { repetition_levels_byte_length: repetition, definition_levels_byte_length: definition } = second;
    ensure(
      isCount(repetition) && isCount(definition) && repetition + definition <= page.length && isCount(second.num_nulls),
      'levels',
    );
    const values = second.num_values - second.num_nulls;
    ensure(isCount(values), 'values');
    if (column.maxRepetition > 0) checkRuns(view, 0, repetition, widthOf(column.maxRepetition), second.num_values);
    if (column.maxDefinition > 0)
      checkRuns(view, repetition, repetition + definition, widthOf(column.maxDefinition), second.num_values);
    checkValues(view, repetition + definition, values, second.encoding, column, true);
    return;
  }
  throw new Error('a page of no kind that is known');
}

/** How many values are there, by levels that were looked at. */
function present(view: DataView, offset: number, length: number, most: number, count: number): number {
  const levels = new Array<number>(count);
  readRleBitPackedHybrid({ view, offset }, widthOf(most), levels, length);
  let found = 0;
  for (const level of levels) if (level === most) found++;
  return found;
}

/** @param second of version 2, in which indices of no bits have runs as well */
function checkValues(
  view: DataView,
  at: number,
  values: number,
  encoding: string,
  column: PageColumn,
  second: boolean,
): void {
  if (encoding === 'PLAIN_DICTIONARY' || encoding === 'RLE_DICTIONARY') {
    if (values === 0) return;
    ensure(column.dictionary !== undefined && column.dictionary > 0, 'no dictionary');
    const width = view.getUint8(at);
    ensure(width <= 32, 'the width of its indices');
    if (width > 0 || second) checkRuns(view, at + 1, view.byteLength, width, values);
  } else if (encoding === 'RLE') {
    ensure(column.type === 'BOOLEAN', 'an encoding of another type');
    checkRuns(view, at, view.byteLength, 1, values, true);
  } else if (encoding === 'DELTA_BINARY_PACKED') checkDelta(view, at);
  else if (encoding === 'DELTA_LENGTH_BYTE_ARRAY') unpackLengths(view, at, values);
  else if (encoding === 'DELTA_BYTE_ARRAY') {
    const prefixes = unpackLengths(view, at, values);
    unpackLengths(view, prefixes.end, values, prefixes.sum);
  } else if (encoding !== 'PLAIN' && encoding !== 'BYTE_STREAM_SPLIT')
    throw new Error(`the encoding ${encoding}, which is not read`);
}

/**
 * Runs of RLE and bit packing that hold as many values as there are, and none that is longer.
 * @param lengthFirst true where the length stands before them; then `end` is not known
 */
function checkRuns(
  view: DataView,
  from: number,
  end: number,
  width: number,
  values: number,
  lengthFirst = false,
): void {
  let at = lengthFirst && view.byteLength - from >= 4 ? from + 4 : from;
  for (let seen = 0; seen < values;) {
    const { value: run, next } = varint(view, at);
    at = next;
    if (run & 1) {
      const groups = run >>> 1;
      ensure(groups > 0, 'a run of nothing');
      at += groups * width;
      seen += 8 * groups;
      ensure(seen < values + 8, 'a run that is too long'); // the last may be filled up to eight
    } else {
      const count = run >>> 1;
      ensure(count > 0 && seen + count <= values, 'a run that is too long');
      at += (width + 7) >> 3;
      seen += count;
    }
    ensure(at <= end + width, 'a run that is cut'); // of the last one, what is filled up may be left out
  }
}

/** Lengths of texts: none is negative, and together they fit. @returns where they end, and their sum */
function unpackLengths(view: DataView, at: number, values: number, sum = 0): { end: number; sum: number } {
  checkDelta(view, at);
  const lengths = new Int32Array(values);
  const reader = { view, offset: at };
  if (values > 0) deltaBinaryUnpack(reader, values, lengths);
  let total = sum;
  for (const length of lengths) {
    ensure(length >= 0, 'a negative length');
    total += length;
  }
  ensure(total <= mostBytes, 'texts that are too long');
  return { end: reader.offset, sum: total };
}

/** The head of DELTA_BINARY_PACKED: a decoder that believes a negative number goes round for ever. */
function checkDelta(view: DataView, at: number): void {
  const block = varint(view, at);
  const parts = varint(view, block.next);
  const isSound =
    block.value >= 8 &&
    block.value <= 2 ** 20 &&
    parts.value >= 1 &&
    parts.value <= 2 ** 12 &&
    block.value % parts.value === 0;
  ensure(isSound, 'blocks of no size that is known');
}

function varint(view: DataView, from: number): { value: number; next: number } {
  let value = 0;
  for (let i = 0; i < 5; i++) {
    const byte = view.getUint8(from + i);
    value |= (byte & 0x7f) << (7 * i);
    if ((byte & 0x80) === 0) return { value: value >>> 0, next: from + i + 1 };
  }
  throw new Error('a number that does not end');
}

function fits(values: number, bytes: number, { type, typeLength = 0 }: PageColumn): boolean {
  const least: Record<string, number> = { INT32: 4, INT64: 8, INT96: 12, FLOAT: 4, DOUBLE: 8, BYTE_ARRAY: 4 };
  const each = type === 'FIXED_LEN_BYTE_ARRAY' ? Math.max(1, typeLength) : (least[type ?? ''] ?? 1 / 8);
  return isCount(values) && values * each <= bytes;
}

/** Bits of a level. */
function widthOf(most: number): number {
  return 32 - Math.clz32(most);
}

export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function ensure(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(what);
}
