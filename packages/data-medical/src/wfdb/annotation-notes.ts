import { highestCode, noteCode } from './annotation-codes.js';
import { broken } from './names.js';

/** A symbol that a file defines for one of its codes. */
export interface AnnotationDefinition {
  readonly code: number;
  readonly symbol: string;
  readonly description: string;
}

interface Note {
  readonly code: number;
  readonly sample: number;
  readonly text: string;
}

/** What a file says of itself in notes at its first sample. */
export interface OwnNotes<Annotation> {
  readonly frequency: number | undefined;
  readonly definitions: readonly AnnotationDefinition[];
  /** The notes that say it, which are no annotations. */
  readonly own: ReadonlySet<Annotation>;
}

/**
 * Finds the notes by which a file says something of itself: the library writes them before all others, at sample 0.
 * @throws {FedwardError} DATA_MALFORMED for definitions that are none
 */
export function tellsOfFile<Annotation extends Note>(all: readonly Annotation[], file: string): OwnNotes<Annotation> {
  const own = new Set<Annotation>();
  const definitions: AnnotationDefinition[] = [];
  let frequency: number | undefined;
  let inDefinitions = false;
  for (const annotation of all) {
    const { code, sample } = annotation;
    const text = annotation.text.trim();
    if (code !== noteCode || sample !== 0) break;
    const resolution = /^## time resolution: (\d+(?:\.\d+)?)$/.exec(text);
    if (text === '## annotation type definitions') inDefinitions = true;
    else if (text === '## end of definitions') inDefinitions = false;
    else if (inDefinitions) definitions.push(definitionOf(text, file));
    else if (resolution && Number(resolution[1]) > 0) frequency = Number(resolution[1]);
    else break;
    own.add(annotation);
  }
  if (inDefinitions) throw broken(file, 'its definitions of annotations have no end');
  return { frequency, definitions, own };
}

/** `15 c calibration pulse` */
function definitionOf(text: string, file: string): AnnotationDefinition {
  const [, code, symbol, description] = /^(\d{1,2}) (\S+)(?: (.*))?$/s.exec(text) ?? [];
  if (code === undefined || Number(code) > highestCode) throw broken(file, 'a definition of an annotation is none');
  return { code: Number(code), symbol: symbol!, description: description ?? '' };
}

const ahaRecord = 16;
const ahaLetters = new Set([...'NVFREPQUOJ[]'].map((letter) => letter.charCodeAt(0)));

/** True for a file of 16-byte records that each begin with 0 and a letter: annotations in the AHA format. */
export function isAha(bytes: Uint8Array): boolean {
  if (bytes.length === 0 || bytes.length % ahaRecord !== 0) return false;
  for (let at = 0; at < bytes.length; at += ahaRecord)
    if (bytes[at] !== 0 || !ahaLetters.has(bytes[at + 1]!)) return false;
  return true;
}
