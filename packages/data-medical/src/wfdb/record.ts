import { readWfdbHeader } from './header.js';
import { readOptions, type WfdbReadOptions } from './read-options.js';
import type { WfdbRecord } from './record-types.js';
import { readSegments } from './segments.js';
import { readSingle } from './single.js';

/**
 * Reads a WFDB record (PhysioNet; WFDB Applications Guide, header(5) and signal(5)): formats 8, 16, 24, 32, 61, 80, 160,
 * 212, 310, 311 and, FLAC inside, 508, 516, 524; several samples a frame, skew, several files, several segments.
 *
 * Memory grows with what is asked for, 8 bytes a sample; a file is not trusted to be as long as its header says.
 *
 * @param file the header, a signal file beside it that has its name, or the record without an ending
 * @throws {FedwardError} CONFIG_INVALID, CONFIG_INCOMPATIBLE for options that this record can't fulfil; FILE_NOT_FOUND and
 *   FILE_INVALID; DATA_EMPTY for a record without samples; DATA_MALFORMED for what its header says that is not so, a
 *   checksum among it, for a file that was cut short, and for more samples than may be in memory
 */
export async function readWfdbRecord(file: string, options: WfdbReadOptions = {}): Promise<WfdbRecord> {
  const asked = readOptions(options);
  const header = await readWfdbHeader(file);
  return header.segments ? readSegments({ ...header, segments: header.segments }, asked) : readSingle(header, asked);
}
