import { FedwardError, largest, smallest } from '@fedward/core';
import { groupsOf } from './groups.js';
import type { WfdbHeader } from './header-types.js';
import { broken } from './names.js';
import { assertNotTooMany, channelsOf, rangeOf, type ReadOptions } from './read-options.js';
import type { WfdbRecord, WfdbSignal } from './record-types.js';
import { framesIn, readSignals, type SignalGroup } from './signal-file.js';
import { SignalStore } from './signal-store.js';

/** Reads a record of one segment. */
export async function readSingle(header: WfdbHeader, options: ReadOptions): Promise<WfdbRecord> {
  const { file, signals } = header;
  const groups = groupsOf(header);
  const length = await lengthOf(header, groups);
  const [from, to] = rangeOf(options, length, file);
  const wanted = channelsOf(
    options,
    signals.map(({ name }) => name),
    file,
  );
  const samples = wanted.reduce((sum, channel) => sum + (to - from) * signals[channel]!.samplesPerFrame, 0);
  assertNotTooMany(samples, options, file);
  const stores = new Map(
    [...new Set(wanted)].map((channel) => [signals[channel]!, new SignalStore(signals[channel]!, from, to)]),
  );
  const whole = from === 0 && to === length;
  const files = [file];
  for (const group of groups) {
    const own = group.signals.map((signal) => stores.get(signal));
    if (own.every((store) => store === undefined)) continue;
    const skews = group.signals.map(({ skew }) => skew).filter((_, i) => own[i]);
    const first = whole ? 0 : from + smallest(skews);
    const last = whole ? length : Math.min(length, to + largest(skews));
    await readSignals(group, own, Math.min(first, last), last, length);
    files.push(group.file);
    if (whole && options.verify) assertAddUp(file, own);
  }
  return {
    name: header.name,
    frequency: header.frequency,
    length,
    range: [from, to],
    signals: wanted.map((channel) => signalOf(header, stores.get(signals[channel]!)!)),
    comments: header.comments,
    files,
    verified: whole && options.verify && wanted.every((channel) => signals[channel]!.checksum !== undefined),
  };
}

async function lengthOf({ file, length, signals }: WfdbHeader, groups: readonly SignalGroup[]): Promise<number> {
  if (signals.length === 0) throw new FedwardError('DATA_EMPTY', `${file} has no signals`, file);
  if (length !== undefined) return length;
  if (groups.length === 0) throw new FedwardError('DATA_EMPTY', `${file} has no samples`, file);
  const found = await Promise.all(groups.map(framesIn));
  if (found.some((frames) => frames !== found[0]))
    throw broken(file, `it does not say how many samples there are, and its files differ: ${found.join(', ')}`);
  if (found[0] === 0) throw new FedwardError('DATA_EMPTY', `${file} has no samples`, file);
  return found[0]!;
}

function assertAddUp(header: string, stores: readonly (SignalStore | undefined)[]): void {
  for (const store of stores)
    if (store?.addsUp === false)
      throw broken(
        header,
        `signal ${store.signal.name} has another checksum than its header says: its file is damaged, or another one ` +
          '(verify: false reads it all the same)',
      );
}

function signalOf({ frequency }: WfdbHeader, store: SignalStore): WfdbSignal {
  const { name, units, calibrated, gain, baseline, samplesPerFrame } = store.signal;
  return {
    name,
    units,
    calibrated,
    gain,
    baseline,
    samplesPerFrame,
    frequency: frequency * samplesPerFrame,
    values: store.physical(),
    digital: store.digital,
  };
}
