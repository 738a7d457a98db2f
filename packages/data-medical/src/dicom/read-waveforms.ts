import { assertFits, broken, mostValues, refused } from '../images/failure.js';
import { bytesOf, type FileSource } from '../images/file-bytes.js';
import { parseDicom } from './data-set.js';
import type { DataSet, Element } from './elements.js';
import { decimalOf, longOf, shortsOf, textOf } from './values.js';

/** One multiplex group of a DICOM object: channels that were sampled together. */
export interface DicomWaveform {
  readonly samples: number;
  /** In the channels' units: sensitivity and baseline are applied. */
  readonly channels: readonly { readonly name: string | undefined; readonly unit: string | undefined }[];
  /** Samples a second, of each channel. */
  readonly frequency: number;
  /** [samples, channels]. */
  readonly values: Float32Array;
}

/**
 * Reads the waveforms of a DICOM object, such as a 12-lead ECG (PS3.3, section C.10.9).
 *
 * @param source a path, or bytes with a name for messages
 * @throws {FedwardError} FILE_NOT_FOUND; FILE_INVALID where there are no waveforms, or in an interpretation that can't be
 *   read, or more than 2^28 numbers; DATA_MALFORMED where the file is damaged or cut short
 */
export async function readDicomWaveforms(source: FileSource): Promise<DicomWaveform[]> {
  const { name, bytes } = await bytesOf(source);
  const { dataSet } = await parseDicom(name, bytes);
  const groups = dataSet.get(0x54000100)?.items;
  if (!groups || groups.length === 0) throw refused(name, 'there are no waveforms in it');
  return groups.map((group) => waveformOf(name, group));
}

function waveformOf(name: string, group: DataSet): DicomWaveform {
  const channelCount = shortsOf(group.get(0x003a0005))[0];
  const samples = longOf(group.get(0x003a0010));
  const frequency = decimalOf(name, group, 0x003a001a);
  const definitions = group.get(0x003a0200)?.items ?? [];
  const data = group.get(0x54001010);
  if (!channelCount || !samples || !data || frequency === undefined || !(frequency > 0))
    throw broken(name, 'a waveform is not described');
  if (definitions.length !== channelCount)
    throw broken(name, `a waveform of ${channelCount} channels describes ${definitions.length}`);
  assertFits(name, [samples, channelCount], mostValues);
  const interpretation = textOf(group.get(0x54001006))[0] ?? '';
  const read = readerOf(data, interpretation);
  if (!read) throw refused(name, "waveforms whose samples are not of 8 or 16 bits (SB, UB, SS, US) can't be read");
  const size = interpretation.endsWith('B') ? 1 : 2;
  if (data.bytes.length < samples * channelCount * size)
    throw broken(name, `${data.bytes.length} bytes of a waveform, and ${samples * channelCount * size} are needed`);
  const values = new Float32Array(samples * channelCount);
  const channels = definitions.map((definition, channel) => {
    // PS3.3, section C.10.9.1.4.
    const [sensitivity, correction, baseline] = [0x003a0210, 0x003a0212, 0x003a0213].map((tag, i) => {
      return decimalOf(name, definition, tag) ?? [1, 1, 0][i]!;
    }) as [number, number, number];
    for (let at = channel; at < values.length; at += channelCount)
      values[at] = (read(at) + baseline) * sensitivity * correction;
    const source = definition.get(0x003a0208)?.items?.[0];
    const unit = definition.get(0x003a0211)?.items?.[0];
    return { name: textOf(source?.get(0x00080104))[0], unit: textOf(unit?.get(0x00080100))[0] };
  });
  return { samples, channels, frequency, values };
}

/** One sample by its position. */
function readerOf({ bytes, bigEndian }: Element, interpretation: string): ((i: number) => number) | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const readers: Readonly<Record<string, (i: number) => number>> = {
    SB: (i) => view.getInt8(i),
    UB: (i) => view.getUint8(i),
    SS: (i) => view.getInt16(2 * i, !bigEndian),
    US: (i) => view.getUint16(2 * i, !bigEndian),
  };
  return Object.hasOwn(readers, interpretation) ? readers[interpretation] : undefined;
}
