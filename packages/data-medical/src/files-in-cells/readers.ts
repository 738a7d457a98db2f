import type { ArrayCell } from '@fedward/kit-tables';
import { readDicom } from '../dicom/read-dicom.js';
import { broken } from '../images/failure.js';
import { readJpeg } from '../images/jpeg.js';
import type { Picture } from '../images/picture.js';
import { readPng } from '../images/png/read-png.js';

/** A file that a cell names. */
export interface CellFile {
  /** What messages call it: the row and the column, never the path. */
  readonly name: string;
  /** Where it is, for readers that open it themselves: never for messages. They give its bytes a look too (`bytes`). */
  readonly path: string;
  /** Its bytes; their digest is kept. */
  bytes(): Promise<Uint8Array>;
  /** Those of a file beside it, such as the samples that a header belongs to: a name without folders. */
  beside(name: string): Promise<Uint8Array>;
}

/** Makes the numbers of one cell of a file. @throws {FedwardError} named by `file.name` where it can't be read */
export type CellFileReader = (file: CellFile) => Promise<ArrayCell>;

/** Readers by extension, in lower case with its point. */
export type CellFileReaders = Readonly<Record<string, CellFileReader>>;

const asCell = ({ height, width, channels, values }: Picture): ArrayCell => ({
  shape: [height, width, channels],
  values,
});
const jpeg: CellFileReader = async (file) => asCell(await readJpeg(file.name, await file.bytes()));

/**
 * What cells may name: DICOM images of one frame, rescaled, in which high means bright (MONOCHROME1 is turned around); PNG;
 * JPEG. Numbers are those of the file, such as 0 to 255: the schema's `range` scales them.
 */
export const imageReaders: CellFileReaders = {
  '.dcm': async (file) => {
    const image = await readDicom({ name: file.name, bytes: await file.bytes() }, { invertMonochrome1: true });
    const { frames, rows, columns, channels, pixels } = image;
    if (frames !== 1) throw broken(file.name, `${frames} frames where one image is wanted`);
    return { shape: [rows, columns, channels], values: pixels };
  },
  '.png': async (file) => asCell(await readPng(file.name, await file.bytes())),
  '.jpg': jpeg,
  '.jpeg': jpeg,
};
