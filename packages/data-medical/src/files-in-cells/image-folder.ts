import { readdir } from 'node:fs/promises';
import { extname } from 'node:path';
import { FedwardError } from '@fedward/core';
import { canonicalText, type TableSource, type TextRow } from '@fedward/kit-tables';
import { unreadable } from '../files.js';
import { imageReaders } from './readers.js';

/** Of `openImageFolder`. */
export interface ImageFolderOptions {
  /**
   * Finds the patient in an image's path (relative to the folder, with `/`): its first group is the patient id. Every image
   * must have one. Without it there is no column `patient`, and each image counts as a patient of its own.
   */
  readonly patient?: RegExp;
  /** In lower case with their point. Default: those of `imageReaders`. */
  readonly extensions?: readonly string[];
}

/** Deeper folders are a mistake, or a circle. */
const mostDepth = 16;

/**
 * A folder of images without a table, as a table: its subfolders are the classes. Columns: `image`, the path, relative to
 * the folder; `class`, the subfolder; `patient` where a pattern is given. Sorted by path. `withFiles` reads the images.
 *
 * Files of other kinds, files in the folder itself and links are left out and counted in `remarks()`.
 *
 * @throws {FedwardError} FILE_NOT_FOUND, FILE_INVALID where the folder can't be read; DATA_EMPTY without an image;
 *   DATA_MALFORMED for images without a patient, with their number
 */
export async function openImageFolder(folder: string, options: ImageFolderOptions = {}): Promise<TableSource> {
  const { patient, extensions = Object.keys(imageReaders) } = options;
  const left = { others: 0, links: 0, loose: 0 };
  const images: string[] = [];
  const walk = async (inside: string, depth: number): Promise<void> => {
    if (depth > mostDepth)
      throw new FedwardError('FILE_INVALID', `${folder}: folders are nested more than ${mostDepth} deep`, folder);
    const entries = await readdir(`${folder}/${inside}`, { withFileTypes: true }).catch((cause: unknown) => {
      throw unreadable(folder, cause);
    });
    for (const entry of entries) {
      const path = inside + entry.name;
      if (entry.isDirectory()) await walk(`${path}/`, depth + 1);
      else if (entry.isSymbolicLink()) left.links++;
      else if (!entry.isFile() || !extensions.includes(extname(entry.name).toLowerCase())) left.others++;
      else if (inside === '') left.loose++;
      else images.push(path);
    }
  };
  await walk('', 0);
  if (images.length === 0)
    throw new FedwardError('DATA_EMPTY', `${folder}: there is no image in a subfolder of it`, folder);
  images.sort((a, b) => (a < b ? -1 : 1)); // the same on every machine
  const ids = patient && patientsOf(folder, images, patient);
  const classOf = (path: string): string => path.slice(0, path.indexOf('/'));
  const rows = images.map((path, i): TextRow => {
    return { line: i + 1, fields: [path, canonicalText(classOf(path)), ...(ids ? [ids[i]!] : [])] };
  });
  const source = batchesOf(rows);
  return {
    names: ['image', 'class', ...(ids ? ['patient'] : [])],
    rows: source,
    notes: { class: { levels: [...new Set(images.map((path) => canonicalText(classOf(path))))] } },
    remarks: () =>
      [
        [left.others, 'files of other kinds are left out'],
        [left.loose, 'images in no subfolder are left out: they have no class'],
        [left.links, 'links are left out'],
      ]
        .filter(([count]) => count !== 0)
        .map((parts) => parts.join(' ')),
    files: [],
    close: () => source.return(undefined),
  };
}

function patientsOf(folder: string, images: readonly string[], pattern: RegExp): string[] {
  const plain = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, '')); // these remember where they were
  const ids = images.map((path) => plain.exec(path)?.[1] ?? '');
  const without = ids.filter((id) => id === '').length;
  if (without > 0)
    throw new FedwardError(
      'DATA_MALFORMED',
      `${folder}: the pattern finds no patient in ${without} of ${images.length} paths of images`,
      'patient',
    );
  return ids;
}

async function* batchesOf(rows: readonly TextRow[]): AsyncGenerator<readonly TextRow[]> {
  for (let i = 0; i < rows.length; i += 256) yield rows.slice(i, i + 256);
}
