import { broken } from '../names.js';
import { BitReader } from './bits.js';
import { readFrame, type FlacForm } from './frame.js';

/** Samples of each channel that follow each other. */
export interface FlacBlock {
  /** Of the first of them in the stream. */
  readonly start: number;
  readonly channels: readonly Int32Array[];
}

/**
 * The samples of a FLAC stream (RFC 9639), frame by frame, with every checksum of a frame verified. Ends where the bytes
 * end, so that whoever needs more than there were knows that it was cut short.
 *
 * @param file for messages
 * @param bits of a sample, as the stream must have
 * @throws {FedwardError} DATA_MALFORMED for what is no FLAC, is damaged, or has another form
 */
export function* decodeFlac(bytes: Uint8Array, file: string, channels: number, bits: number): Generator<FlacBlock> {
  const reader = new BitReader(bytes, file);
  const form = readStreamInfo(reader);
  if (form.channels !== channels)
    throw broken(file, `it has ${form.channels} channels, its header says ${channels} signals`);
  if (form.bits !== bits) throw broken(file, `its samples have ${form.bits} bits, its header says ${bits}`);
  for (let start = 0, index = 0; !reader.ended; index++) {
    const frame = readFrame(reader, form);
    if (frame.number !== (frame.numbered === 'frames' ? index : start))
      throw broken(file, `a FLAC frame is missing after sample ${start}`);
    yield { start, channels: frame.channels };
    start += frame.size;
  }
}

/** The marker and the metadata (RFC 9639, sections 6 and 8), of which only the first block matters here. */
function readStreamInfo(reader: BitReader): FlacForm {
  const { file } = reader;
  if (reader.read(32) !== 0x664c6143) throw broken(file, 'it is no FLAC file, as its header says it is');
  let form: FlacForm | undefined;
  for (let last = false; !last;) {
    last = reader.read(1) === 1;
    const type = reader.read(7);
    const end = reader.read(24) + reader.position;
    if ((type === 0) !== (form === undefined) || type === 127) throw broken(file, 'its FLAC metadata are damaged');
    if (type === 0) {
      reader.read(16);
      const mostSamples = reader.read(16);
      reader.read(24);
      reader.read(24);
      reader.read(20);
      form = { mostSamples, channels: reader.read(3) + 1, bits: reader.read(5) + 1 };
    }
    if (end > reader.bytes.length)
      throw broken(file, 'the file ends in the middle of its FLAC metadata: it was cut short');
    reader.skipTo(end);
  }
  return form!;
}
