import type { FileHandle } from 'node:fs/promises';
import { FedwardError, isFedwardError } from '@fedward/core';
import { parquetMetadataAsync, type AsyncBuffer, type FileMetaData } from 'hyparquet';
import { openRead } from '../files.js';

/** A Parquet file whose footer was read. */
export interface ParquetFile {
  readonly file: string;
  readonly metadata: FileMetaData;
  /** @throws {FedwardError} DATA_MALFORMED for bytes that the file has not */
  bytes(start: number, end: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** A footer has some 100 bytes a column and row group. */
const longestFooter = 64 * 2 ** 20;

/**
 * Opens a Parquet file (https://parquet.apache.org/docs/file-format/) and reads its footer.
 * @throws {FedwardError} FILE_NOT_FOUND; FILE_INVALID; DATA_MALFORMED for what is no Parquet, was cut short or is encrypted
 */
export async function openParquetFile(file: string): Promise<ParquetFile> {
  const handle = await openRead(file);
  const refuse = (what: string, cause?: unknown) =>
    new FedwardError('DATA_MALFORMED', `${file}: ${what}`, file, { cause });
  try {
    const { size } = await handle.stat();
    const bytes = async (start: number, end: number): Promise<Uint8Array> => {
      if (!(Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && start <= end && end <= size))
        throw refuse('it points beyond its own end: it is damaged, or was cut short');
      return read(handle, start, end - start).catch((cause: unknown) => {
        throw new FedwardError('FILE_INVALID', `${file} can't be read`, file, { cause });
      });
    };
    if (size < 12) throw refuse('no Parquet file: it is too short for one');
    const footer = await bytes(size - 8, size);
    const magic = text(footer.subarray(4));
    if (magic === 'PARE') throw refuse('it is encrypted, which is not read');
    if (magic !== 'PAR1')
      throw refuse(text(await bytes(0, 4)) === 'PAR1' ? 'it was cut short: its end is not there' : 'no Parquet file');
    const length = new DataView(footer.buffer).getUint32(0, true);
    if (length > longestFooter) throw refuse(`a footer of ${length} bytes, and ${longestFooter} are the most`);
    if (length > size - 12) throw refuse('its footer is longer than it is: it is damaged');
    const buffer: AsyncBuffer = {
      byteLength: size,
      slice: async (start, end = size) => (await bytes(start, end)).buffer as ArrayBuffer,
    };
    const metadata = await parquetMetadataAsync(buffer, { geoparquet: false, parsers: plainParsers });
    return { file, metadata, bytes, close: () => handle.close() };
  } catch (cause) {
    await handle.close();
    throw isFedwardError(cause) ? cause : refuse('its footer is damaged', cause);
  }
}

/** Values are turned into text by `cells.ts`; statistics of the footer are not looked at. */
export const plainParsers = {
  timestampFromMilliseconds: (value: bigint) => value,
  timestampFromMicroseconds: (value: bigint) => value,
  timestampFromNanoseconds: (value: bigint) => value,
  dateFromDays: (value: number) => value,
  stringFromBytes: (value: Uint8Array) => value,
  jsonFromBytes: (value: Uint8Array) => value,
  geometryFromBytes: (value: Uint8Array) => value,
  geographyFromBytes: (value: Uint8Array) => value,
  uuidFromBytes: (value: Uint8Array) => value,
};

async function read(handle: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let at = 0;
  while (at < length) {
    const { bytesRead } = await handle.read(bytes, at, length - at, position + at);
    if (bytesRead === 0) throw new Error('the file became shorter while it was read');
    at += bytesRead;
  }
  return bytes;
}

function text(bytes: Uint8Array): string {
  return new TextDecoder('latin1').decode(bytes);
}
