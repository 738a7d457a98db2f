import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { RawTables } from '../scenario.js';
import { listStudyFolder } from './folder.js';
import type { Study } from './hospitals.js';

/**
 * The tables of a study as they lie there: each hospital's own, or the one that is parted among them.
 * @throws {FedwardError} as `listStudyFolder`
 */
export async function rawOfStudy({ study, path }: Study): Promise<RawTables> {
  const { schema, source } = study;
  const isFile = (await stat(path).catch(() => undefined))?.isFile() ?? false;
  if (isFile) return { schema, source, tables: [{ hospital: basename(path), path }] };
  const { hospitals } = await listStudyFolder(path, source);
  return { schema, source, tables: hospitals.map(({ id, file }) => ({ hospital: id, path: file })) };
}
