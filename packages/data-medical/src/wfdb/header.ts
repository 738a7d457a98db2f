import { readRecordLine, readSegmentLine, readSignalLine, type HeaderLine } from './header-lines.js';
import type { WfdbHeader } from './header-types.js';
import { broken, headerOf, textOf } from './names.js';
import { readWhole } from './open.js';

/** A million segments fit. */
const mostBytes = 32 * 2 ** 20;

/**
 * Reads the header of a WFDB record (PhysioNet; WFDB Applications Guide, header(5)).
 *
 * @param file the header, a signal file beside it that has its name, or the record without an ending
 * @throws {FedwardError} FILE_NOT_FOUND; FILE_INVALID; DATA_MALFORMED, with the line, for what is no header, a format that
 *   is not read, and the name of a file that is not in the header's own folder
 */
export async function readWfdbHeader(file: string): Promise<WfdbHeader> {
  const path = headerOf(file);
  const text = textOf(await readWhole(path, mostBytes, 'headers'));
  if (text.includes('\0')) throw broken(path, 'it is not text: a header is');
  const lines: HeaderLine[] = [];
  const comments: string[] = [];
  text.split(/\r\n|\n|\r/).forEach((raw, i) => {
    const line = raw.trim();
    if (line.startsWith('#')) comments.push(line.slice(1).trim());
    else if (line !== '') lines.push({ text: line, number: i + 1 });
  });
  const [first, ...rest] = lines;
  if (!first) throw broken(path, 'it is empty: a header has a record line');
  const { segmentCount, ...record } = readRecordLine(path, first);
  const expected = segmentCount ?? record.signalCount;
  if (rest.length !== expected)
    throw broken(
      path,
      `the first line says ${expected} ${segmentCount === undefined ? 'signals' : 'segments'}, ${rest.length} follow`,
    );
  const header = { ...record, file: path, comments };
  if (segmentCount === undefined) {
    const signals = rest.map((line, i) => readSignalLine(path, line, i));
    return { ...header, signals, segments: undefined, layout: undefined };
  }
  const all = rest.map((line) => readSegmentLine(path, line));
  // Variable layout: the first segment has no samples and tells which signals there are in the whole record.
  const variable = all[0]!.length === 0 && all[0]!.file !== undefined;
  const segments = variable ? all.slice(1) : all;
  const total = segments.reduce((sum, { length }) => sum + length, 0);
  if (record.length !== undefined && record.length !== total)
    throw broken(path, `the first line says ${record.length} samples, the segments have ${total}`);
  return { ...header, length: total, signals: [], segments, layout: variable ? all[0]!.file : undefined };
}
