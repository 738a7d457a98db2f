import { nullFormat } from './formats.js';
import type { WfdbHeader } from './header-types.js';
import { broken } from './names.js';
import type { SignalGroup } from './signal-file.js';

/** Samples of all signals of a file in one frame: more than any device has. */
const mostInAFrame = 2 ** 20;

/**
 * The signals of a record by the files that hold them; those of which nothing is stored are in none.
 *
 * @throws {FedwardError} DATA_MALFORMED where signals of one file are apart, or differ in format or byte offset
 */
export function groupsOf({ file: header, signals }: WfdbHeader): SignalGroup[] {
  const groups: { -readonly [K in keyof SignalGroup]: SignalGroup[K] }[] = [];
  for (const signal of signals) {
    const { file, format, byteOffset } = signal;
    if (file === undefined || format === nullFormat) continue;
    const last = groups.at(-1);
    if (last?.file !== file) {
      if (groups.some((group) => group.file === file))
        throw broken(header, 'the signals of one file stand together in a header, here they do not');
      groups.push({ file, format, byteOffset, signals: [signal] });
      continue;
    }
    if (format !== last.format) throw broken(header, 'the signals of one file have one format, here they do not');
    // Some tools write the offset with the first signal alone.
    if (byteOffset !== 0 && byteOffset !== last.byteOffset)
      throw broken(header, 'the signals of one file have one byte offset, here they do not');
    last.signals = [...last.signals, signal];
  }
  for (const group of groups)
    if (group.signals.reduce((sum, { samplesPerFrame }) => sum + samplesPerFrame, 0) > mostInAFrame)
      throw broken(header, `more than ${mostInAFrame} samples in a frame are not read`);
  return groups;
}
