import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signerMade } from '../run/key-files.js';
import { simulate } from '../run/simulate.js';
import { verifyRun, type RunVerifyOptions } from '../run/verify-run.js';
import { csvFolder } from './csv-study.js';

/** The parts of a run's folder that are held against each other. */
export const parts = [
  ...['plan.json', 'result.json', 'model.safetensors', 'report.html', 'preprocessing.json', 'keys.txt'],
  ...['model-card.md', 'model-card.html', 'model-card.json', 'tripod-ai.md'],
  ...['audit', 'witness', 'certificates', 'certificates/round-0000.json', 'certificates/round-0001.json'],
  ...['hospitals/north/audit', 'hospitals/north/witness', 'hospitals/south/audit', 'hospitals/south/witness'],
] as const;
export type Part = (typeof parts)[number];

/** Two runs of the same plan on the same data, and a third; the first two are signed with the same keys. */
export async function twoRuns() {
  const parent = mkdtempSync(join(tmpdir(), 'fedward-two-runs-'));
  const keys = join(parent, 'keys');
  for (const name of ['coordinator', 'north', 'south']) await signerMade(keys, name);
  const dataDir = csvFolder({ north: 24, south: 20 });
  const options = { scenario: 'csv', dataDir, rounds: 2, local: false, workers: 1 };
  const folders = { one: join(parent, 'one'), other: join(parent, 'other'), ownKeys: join(parent, 'own-keys') };
  await simulate({ ...options, keys }, folders.one);
  await simulate({ ...options, keys }, folders.other);
  await simulate(options, folders.ownKeys);
  let copies = 0;
  return {
    ...folders,
    /** A copy of a run to do harm to. */
    copyOf(folder: string): string {
      const copy = join(parent, `copy-${copies++}`);
      cpSync(folder, copy, { recursive: true });
      return copy;
    },
    remove: () => rmSync(parent, { recursive: true }),
  };
}

/** Puts a part of another run in the place of this one's. */
export function putIn(folder: string, part: string, from: string): void {
  rmSync(join(folder, part), { recursive: true });
  cpSync(join(from, part), join(folder, part), { recursive: true });
}

/** The parts that a verification names: of the log that of its folder. */
export async function namedIn(folder: string, options: RunVerifyOptions = {}): Promise<ReadonlySet<string>> {
  const { ok, log, faults } = await verifyRun(folder, options);
  const names = new Set([...faults.map(({ file }) => partOf(file)), ...(log.ok ? [] : ['audit'])]);
  if (ok === names.size > 0) throw new Error(`ok is ${ok}, and named are ${[...names].join(', ')}`);
  return names;
}

function partOf(file: string): string {
  const inLog = /^(audit|hospitals\/[^/]+\/audit)(\/|$)/.exec(file);
  return inLog ? inLog[1]! : file;
}
