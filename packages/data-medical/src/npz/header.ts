import { FedwardError } from '@fedward/core';
import type { ByteReader } from './bytes.js';
import { elementType, type ElementType } from './element.js';

/** An array of NumPy whose header was read. */
export interface NpyHeader {
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** Whether the first index runs fastest (Fortran's order), instead of the last. */
  readonly fortran: boolean;
  /** Of the data. */
  readonly bytes: number;
}

/** NumPy itself reads no longer one unless it is told to. */
const longestHeader = 10_000;

const magic = [0x93, ...[...'NUMPY'].map((letter) => letter.charCodeAt(0))];

/**
 * Reads the header of an array in NumPy's format, versions 1 to 3 (numpy.lib.format, NEP 1).
 *
 * @param size of all of it in bytes, which must be what the header says: else it lies, or the file was cut
 * @param what names the array in messages
 * @throws {FedwardError} DATA_MALFORMED
 */
export async function readHeader(reader: ByteReader, size: number, what: string, subject: string): Promise<NpyHeader> {
  const refuse = (message: string) => new FedwardError('DATA_MALFORMED', `${what} ${message}`, subject);
  const start = await reader.take(8);
  if (!start || magic.some((byte, i) => start[i] !== byte)) throw refuse('is no array of NumPy');
  const [major = 0] = start.subarray(6);
  if (major < 1 || major > 3) throw refuse(`has version ${major} of the format; versions 1 to 3 are read`);
  const width = major === 1 ? 2 : 4;
  const lengthBytes = await reader.take(width);
  if (!lengthBytes) throw refuse('is cut short in its header');
  const view = new DataView(lengthBytes.buffer);
  const length = width === 2 ? view.getUint16(0, true) : view.getUint32(0, true);
  if (length > longestHeader) throw refuse(`has a header of ${length} bytes, and ${longestHeader} are the most`);
  const header = await reader.take(length);
  if (!header) throw refuse('is cut short in its header');

  const said = parsed(new TextDecoder(major === 3 ? 'utf-8' : 'latin1').decode(header));
  if (typeof said === 'string') throw refuse(said);
  const type = elementType(said.descr);
  if (typeof type === 'string') throw refuse(type);
  const { shape, fortran } = said;
  if (shape.slice(1).includes(0)) throw refuse(`has the shape [${shape.join(', ')}]: its rows hold nothing`);
  const bytes = shape.reduce((product, extent) => product * extent, type.bytes);
  const there = size - 8 - width - length;
  if (bytes !== there)
    throw refuse(
      `says that it has the shape [${shape.join(', ')}], which takes ${bytes} bytes, and ${there} are there: it is ` +
        'damaged, or was cut short',
    );
  return { type, shape, fortran, bytes };
}

/** The three entries of a header, which is written as a dictionary of Python. @returns why it is none */
function parsed(text: string): { descr: string; fortran: boolean; shape: number[] } | string {
  const descr = /'descr'\s*:\s*(?:'([^']*)'|(\[))/.exec(text);
  const fortran = /'fortran_order'\s*:\s*(True|False)/.exec(text);
  const shape = /'shape'\s*:\s*\(([\d\s,]*)\)/.exec(text);
  if (!descr || !fortran || !shape) return 'has a header that is none of NumPy';
  if (descr[2] !== undefined) return 'has records of several fields in each element, which are not read';
  const extents = shape[1]!
    .split(',')
    .map((extent) => extent.trim())
    .filter((extent) => extent !== '')
    .map(Number);
  if (extents.length > 32 || !extents.every(Number.isSafeInteger)) return 'has a shape that no array has';
  return { descr: descr[1]!, fortran: fortran[1] === 'True', shape: extents };
}
