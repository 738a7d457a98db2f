import { basename, dirname } from 'node:path';
import { FedwardError, isFedwardError } from '@fedward/core';
import type { ArrayColumn, TableSource } from '@fedward/kit-tables';
import type { CellFile, CellFileReader, CellFileReaders } from '../files-in-cells/readers.js';
import { withFiles } from '../files-in-cells/with-files.js';
import { wfdbArray } from '../wfdb/array.js';
import { readWfdbRecord } from '../wfdb/record.js';
import type { SourceSpec } from './spec.js';

/**
 * A source whose cells may name files, with what is in them: images, and recordings by their header.
 * @param folder that the names start from
 */
export function withArrays(source: TableSource, column: ArrayColumn, folder: string, spec: SourceSpec): TableSource {
  const missing = spec.csv?.missing;
  return withFiles(source, column, folder, {
    readers: signalReaders(column, spec),
    ...(missing && { missing }),
  });
}

/**
 * Messages about a recording with the row and column in the place of paths, which are often called as a patient is.
 */
function withoutPaths(read: CellFileReader): CellFileReader {
  return (file: CellFile) =>
    read(file).catch((error: unknown) => {
      if (!isFedwardError(error)) throw error;
      const folder = dirname(file.path);
      const parts = error.message.split(file.path).join(file.name).split(`${folder}/`);
      const message = parts.map((part, i) => (i === 0 ? part : `a file of it${part.slice(pathEnd(part))}`)).join('');
      throw new FedwardError(error.code, message.includes(file.name) ? message : `${file.name}: ${message}`, file.name);
    });
}

/** Where the rest of a path ends that a message begins with. */
function pathEnd(part: string): number {
  const end = part.search(/[:,]?\s|$/);
  return end < 0 ? part.length : end;
}

/** Of WFDB records. What is longer than the column says is cut, what is shorter lacks its last samples. */
function signalReaders({ shape }: ArrayColumn, { signals }: SourceSpec): CellFileReaders {
  const [samples] = shape;
  const channels = signals && { channels: signals.channels };
  return {
    '.hea': withoutPaths(async (file) => {
      await file.bytes();
      const { files } = await readWfdbRecord(file.path, { from: 0, to: 1, ...channels });
      for (const other of files) if (other !== file.path) await file.beside(basename(other));
      return wfdbArray(file.path, { samples: samples!, ...channels });
    }),
  };
}
