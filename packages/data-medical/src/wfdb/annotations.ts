import { FedwardError } from '@fedward/core';
import { highestCode, special, symbolOf } from './annotation-codes.js';
import { isAha, tellsOfFile, type AnnotationDefinition } from './annotation-notes.js';
import { broken, textOf } from './names.js';
import { readWhole } from './open.js';

/** A mark at one sample of a record, such as a beat. */
export interface WfdbAnnotation {
  /** Counted from the record's first; in frames, unless the file has a time resolution of its own. */
  readonly sample: number;
  /** What was seen, by its number: 1 is a normal beat. */
  readonly code: number;
  /** The same as a character, by the standard table or the file's own definitions: `N`, `V`, `+`. */
  readonly symbol: string;
  readonly subtype: number;
  readonly channel: number;
  /** Of the annotator, or what a program made of it. */
  readonly number: number;
  /** A note or a rhythm, such as `(AFIB`; '' where there is none. May hold anything that somebody wrote. */
  readonly text: string;
}

/** What a file of annotations holds. */
export interface WfdbAnnotations {
  readonly annotations: readonly WfdbAnnotation[];
  /** Samples a second that the annotations count in, where the file says so. */
  readonly frequency: number | undefined;
  /** Symbols that the file defines itself. */
  readonly definitions: readonly AnnotationDefinition[];
  readonly file: string;
}

/** Some 50 million annotations: years of beats. */
const mostBytes = 128 * 2 ** 20;

/**
 * Reads annotations in the MIT format (WFDB Applications Guide, annot(5)), in the order of the file. Notes by which a file
 * says something of itself (`## time resolution`, `## annotation type definitions`) are not among them.
 *
 * @param file such as `100.atr`
 * @throws {FedwardError} FILE_NOT_FOUND; FILE_INVALID; DATA_EMPTY; DATA_MALFORMED, with the byte, for what is no such file,
 *   was cut short, or goes on after its end mark; for a file in the AHA format, which is not read
 */
export async function readWfdbAnnotations(file: string): Promise<WfdbAnnotations> {
  const bytes = await readWhole(file, mostBytes, 'annotation files');
  if (bytes.length === 0) throw new FedwardError('DATA_EMPTY', `${file} is empty`, file);
  if (isAha(bytes)) throw broken(file, 'it is in the AHA format; annotations are read in the MIT format alone');
  const all = decode(bytes, file);
  const notes = tellsOfFile(all, file);
  const names = new Map(notes.definitions.map(({ code, symbol }) => [code, symbol]));
  const annotations = all
    .filter((annotation) => !notes.own.has(annotation))
    .map((annotation) => ({ ...annotation, symbol: names.get(annotation.code) ?? symbolOf(annotation.code) }));
  return { annotations, frequency: notes.frequency, definitions: notes.definitions, file };
}

type Raw = { -readonly [K in Exclude<keyof WfdbAnnotation, 'symbol'>]: WfdbAnnotation[K] };

/** Words of 16 bits, the low byte first: a code in the high six, and in the low ten what it is about. */
function decode(bytes: Uint8Array, file: string): Raw[] {
  const fail = (what: string, at: number): never => {
    throw broken(file, `byte ${at}: ${what}`);
  };
  const word = (at: number): number =>
    at + 2 <= bytes.length
      ? bytes[at]! | (bytes[at + 1]! << 8)
      : fail('the file ends without an end mark: cut short', at);
  const found: Raw[] = [];
  let [sample, channel, number] = [0, 0, 0];
  for (let at = 0; ;) {
    const start = at;
    const value = word(at);
    at += 2;
    const code = value >> 10;
    const rest = value & 0x3ff;
    const last = found.at(-1);
    if (value === 0) {
      if (bytes.subarray(at).some((byte) => byte !== 0)) fail('the file goes on after its end mark', at);
      return found.filter((annotation) => annotation.code !== 0);
    }
    if (code <= highestCode) {
      sample += rest;
      // Code 0 is no annotation; the library writes one to set the time.
      if (!Number.isSafeInteger(sample) || (code !== 0 && sample < 0))
        fail('an annotation before the first sample', start);
      found.push({ sample, code, subtype: 0, channel, number, text: '' });
    } else if (code === special.skip) {
      sample += ((word(at) << 16) | word(at + 2)) >> 0; // may go back
      at += 4;
    } else {
      if (!last) return fail('something is said of an annotation before there is one', start);
      if (code === special.number) last.number = number = (rest << 24) >> 24;
      else if (code === special.subtype) last.subtype = (rest << 24) >> 24;
      else if (code === special.channel) last.channel = channel = rest & 0xff;
      else if (code === special.aux) {
        if (at + rest > bytes.length) fail('a note goes beyond the end of the file: cut short', start);
        last.text = textOf(bytes.subarray(at, at + rest)).replace(/\0+$/, '');
        at += rest + (rest & 1);
      } else fail('a code that the MIT format does not have', start);
    }
  }
}
