import { basename } from 'node:path';
import type { ArrayColumn, TableSource } from '@fedward/kit-tables';
import type { CellFileReaders } from '../files-in-cells/readers.js';
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

/** Of WFDB records. What is longer than the column says is cut, what is shorter lacks its last samples. */
function signalReaders({ shape }: ArrayColumn, { signals }: SourceSpec): CellFileReaders {
  const [samples] = shape;
  const channels = signals && { channels: signals.channels };
  return {
    '.hea': async (file) => {
      await file.bytes();
      const { files } = await readWfdbRecord(file.path, { from: 0, to: 1, ...channels });
      for (const other of files) if (other !== file.path) await file.beside(basename(other));
      return wfdbArray(file.path, { samples: samples!, ...channels });
    },
  };
}
