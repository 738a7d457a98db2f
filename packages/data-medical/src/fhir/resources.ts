import { FedwardError } from '@fedward/core';
import { textOf } from '../csv/decode.js';
import { readPieces } from '../files.js';
import type { Tally } from '../records/tally.js';
import { isObject, objectIn, objectsIn, parseJson, textIn, wordFor, wrongAt, type JsonRecord } from './json.js';
import { linesOf } from './lines.js';

/** A resource, and where it was found. */
export interface Found {
  readonly type: string;
  readonly resource: JsonRecord;
  /** Of its entry in a bundle. */
  readonly fullUrl: string | undefined;
  /** All entries of its bundle by their full URL and by type and id (`Patient/1`), for references within it. */
  readonly bundle: ReadonlyMap<string, JsonRecord>;
  readonly file: string;
  /** For messages. */
  readonly place: string;
}

/** A bundle is parsed whole; more than this (in UTF-16 code units) is for NDJSON. */
export const largestBundle = 256 * 2 ** 20;
const deepestBundle = 3;
const noBundle: ReadonlyMap<string, JsonRecord> = new Map();

/**
 * The resources of a file: of a bundle, of NDJSON (one a line), or the only one.
 *
 * @throws {FedwardError} FILE_NOT_FOUND; FILE_INVALID for what can't be read, and a bundle beyond 256 MiB; DATA_MALFORMED,
 *   with line or entry, for what is no JSON, no UTF-8 or no resource; for a bundle of type `history`, whose entries are
 *   versions of one another
 */
export async function* resourcesOf(file: string, tally: Tally): AsyncGenerator<Found> {
  if (/\.(nd)?jsonl?$/i.test(file) && !/\.json$/i.test(file)) yield* ofLines(file, tally);
  else {
    const json = parseJson(await textOfBundle(file), file, file);
    yield* ofJson(json, file, file, tally, undefined, noBundle, 0);
  }
}

async function* ofLines(file: string, tally: Tally): AsyncGenerator<Found> {
  let first = true;
  for await (const { number, text } of linesOf(readPieces(file), file)) {
    const place = `${file}, line ${number}`;
    const json = parseJson(text, place, file);
    if (first && isExportLog(json)) {
      tally.add('source', 'files left out that are logs of an export');
      return;
    }
    first = false;
    yield* ofJson(json, place, file, tally, undefined, noBundle, 0);
  }
}

/** As servers write it beside what they export. */
function isExportLog(json: unknown): boolean {
  return isObject(json) && !('resourceType' in json) && 'exportId' in json && 'eventId' in json;
}

async function textOfBundle(file: string): Promise<string> {
  const texts: string[] = [];
  let length = 0;
  for await (const text of textOf(readPieces(file), file, 'utf-8')) {
    length += text.length;
    if (length > largestBundle)
      throw new FedwardError(
        'FILE_INVALID',
        `${file} is larger than ${largestBundle / 2 ** 20} MiB: export it as NDJSON (.ndjson)`,
        file,
      );
    texts.push(text);
  }
  return texts.join('');
}

function* ofJson(
  json: unknown,
  place: string,
  file: string,
  tally: Tally,
  fullUrl: string | undefined,
  bundle: ReadonlyMap<string, JsonRecord>,
  depth: number,
): Generator<Found> {
  if (!isObject(json)) throw wrongAt(place, `${wordFor(json)} where a resource should be`, file);
  const type = textIn(json, 'resourceType', place, file);
  if (type === undefined) throw wrongAt(place, 'there is no "resourceType": this is no resource of FHIR', file);
  if (type === 'Bundle') yield* ofBundle(json, place, file, tally, depth);
  else yield { type, resource: json, fullUrl, bundle, file, place };
}

function* ofBundle(bundle: JsonRecord, place: string, file: string, tally: Tally, depth: number): Generator<Found> {
  if (depth === deepestBundle) throw wrongAt(place, 'bundles in bundles in bundles', file);
  if (textIn(bundle, 'type', place, file) === 'history')
    throw wrongAt(
      place,
      'a bundle of type "history" has several versions of a resource: export the current ones',
      file,
    );
  const entries = objectsIn(bundle, 'entry', place, file).map((entry, i) => {
    const at = `${place}, entry ${i + 1}`;
    return {
      at,
      resource: objectIn(entry, 'resource', at, file),
      fullUrl: textIn(entry, 'fullUrl', at, file),
      isDeletion: objectIn(entry, 'request', at, file)?.['method'] === 'DELETE',
      isOutcome: objectIn(entry, 'search', at, file)?.['mode'] === 'outcome',
    };
  });
  const byUrl = new Map<string, JsonRecord>();
  for (const { fullUrl, resource } of entries) {
    if (!resource) continue;
    const { resourceType, id } = resource;
    if (typeof resourceType === 'string' && typeof id === 'string') byUrl.set(`${resourceType}/${id}`, resource);
    if (fullUrl !== undefined) byUrl.set(fullUrl, resource);
  }
  for (const { at, resource, fullUrl, isDeletion, isOutcome } of entries) {
    if (isDeletion) tally.add('source', 'entries left out that delete a resource');
    else if (!resource) tally.add('source', 'entries of bundles without a resource');
    else if (!isOutcome) yield* ofJson(resource, at, file, tally, fullUrl, byUrl, depth + 1);
  }
}
