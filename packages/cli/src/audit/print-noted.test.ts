import type { RunVerification } from '@fedward/sim-healthcare';
import { afterEach, expect, it, vi } from 'vitest';
import { printRun } from './print-verified.js';

const hospital = { folder: 'hospitals/north/audit', size: 4, root: '1'.repeat(64) };
const run = {
  ...{ ok: true, state: 'unfinished', runId: 'run', planHash: null, files: [], hospitals: [hospital], certified: [] },
  ...{ keys: 'own', unused: [], faults: [], modelParameters: null },
  log: {
    ...{ ok: true, version: 2, size: 3, root: '0'.repeat(64), faults: [], signatures: [], prunedBelow: 0 },
    summary: { events: 3, hospitals: 0, trainingEvents: 0 },
  },
};

function printed(changes: object): string {
  let text = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((part) => (text += String(part)) !== '');
  printRun('folder', { ...run, ...changes } as unknown as RunVerification, undefined);
  return text;
}
afterEach(() => void vi.restoreAllMocks());

it('does not say that logs are as others noted them where no round is done, and nobody has noted any', () => {
  expect(printed({})).toContain('nobody has noted where the logs of others stand');
  expect(printed({})).not.toContain('as the other side has noted it');
  expect(printed({ certified: [0] })).toContain('as the other side has noted it');
});

it('says that faults may be of the keys that were given', () => {
  const faults = [{ file: 'keys.txt', message: 'the key north is none of those that were given' }];
  expect(printed({ faults, ok: false, keys: 'given' })).toContain('a party whose key is not in that file');
  expect(printed({ faults, ok: false })).not.toContain('a party whose key is not in that file');
  expect(printed({ keys: 'given' })).not.toContain('a party whose key is not in that file');
});
