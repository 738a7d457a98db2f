import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FedwardError } from '@fedward/core';
import type { BenchmarkOptions } from '../benchmark.js';
import { runWatched, type WatchedRun } from '../measure/watched-process.js';
import { peerScript, whyNot, type Python } from '../peers/python.js';
import { asFlags, type Workload } from './peers-workload.js';

/** One run of a program that did the whole workload. */
export interface PeerRun extends WatchedRun {
  /** Of the last model, on the tutorial's test set. */
  readonly accuracy: number;
}

/** A program that does the workload once. */
export interface PeerProgram {
  readonly name: string;
  /** @throws {FedwardError} CLIENT_FAILED also where it did other work than was asked */
  run(): Promise<PeerRun>;
}

/** What a program says that it did. */
interface Outcome {
  readonly accuracy: number;
  readonly steps: number;
  readonly rounds: number;
  /** Of each hospital, where the program has data of its own. */
  readonly records?: readonly number[];
}

/** `fedward simulate` as it comes, and without training each hospital alone. */
export function fedwardPrograms(command: readonly string[], workload: Workload): readonly PeerProgram[] {
  const program = (name: string, ...more: string[]): PeerProgram => ({
    name,
    run: () =>
      inFolder(async (folder) => {
        const args = ['simulate', ...asFlags(workload), ...more, '--json', '--out', join(folder, 'run')];
        const run = await runWatched([...command, ...args]);
        const { final, rounds, timing, hospitals } = JSON.parse(run.stdout) as SimulationResult;
        const done = { accuracy: final.metrics.accuracy, steps: timing.clientSteps, rounds: rounds.length };
        return checked(name, run, { ...done, records: hospitals.map(({ samples }) => samples) }, workload);
      }),
  });
  return [program('fedward'), program('fedward --no-local', '--no-local')];
}

interface SimulationResult {
  readonly final: { readonly metrics: { readonly accuracy: number } };
  readonly rounds: readonly unknown[];
  readonly timing: { readonly clientSteps: number };
  readonly hospitals: readonly { readonly samples: number }[];
}

interface Peer {
  readonly name: string;
  readonly script: string;
  readonly modules: readonly string[];
  readonly remedy: string;
}

const peers: readonly Peer[] = [
  {
    name: 'flower',
    script: 'flower_tutorial.py',
    modules: ['numpy', 'torch', 'flwr', 'ray'],
    remedy: 'pip install torch "flwr[simulation]"',
  },
  {
    name: 'nvflare',
    script: 'nvflare_tutorial.py',
    modules: ['numpy', 'torch', 'nvflare'],
    remedy: 'pip install torch nvflare',
  },
];

/** The peers that can run, and of each other one why not. */
export function peerPrograms(
  { python }: Pick<BenchmarkOptions, 'python'>,
  folder: string,
  workload: Workload,
): { readonly programs: readonly PeerProgram[]; readonly skipped: readonly string[] } {
  const skipped = peers.flatMap(({ name, modules, remedy }) => {
    const why = whyNot(python, name, modules);
    return why ? [`${why} (${remedy})`] : [];
  });
  const able = peers.filter(({ name, modules }) => !whyNot(python, name, modules));
  return { programs: able.map((peer) => peerProgram(peer, python, folder, workload)), skipped };
}

function peerProgram({ name, script }: Peer, python: Python, folder: string, workload: Workload): PeerProgram {
  return {
    name,
    run: () =>
      inFolder(async (own) => {
        const command = [python.program, peerScript(script), folder, join(own, 'simulation')];
        const run = await runWatched(command, confinedTo(own));
        const last = run.stdout.trimEnd().split('\n').at(-1)!;
        return checked(name, run, JSON.parse(last) as Outcome, workload);
      }),
  };
}

/** So that a peer writes where it is cleared away, and tells nobody of its run. */
function confinedTo(folder: string): Readonly<Record<string, string>> {
  return {
    PYTHONDONTWRITEBYTECODE: '1',
    FLWR_HOME: join(folder, 'flwr'),
    FLWR_TELEMETRY_ENABLED: '0',
    RAY_USAGE_STATS_ENABLED: '0',
    // Ray puts sockets there, whose paths are of 107 bytes at most, 70 of them its own.
    ...(folder.length < 36 && { RAY_TMPDIR: folder }),
  };
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'fedward-bench-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A figure of other work is no figure: all hospitals, records, rounds and steps must be those of the workload. */
function checked(name: string, run: WatchedRun, outcome: Outcome, workload: Workload): PeerRun {
  const { accuracy, ...done } = outcome;
  for (const what of ['rounds', 'steps', 'records'] as const) {
    const [asked, did] = [String(workload[what]), String(done[what] ?? workload[what])];
    if (did !== asked)
      throw new FedwardError('CLIENT_FAILED', `${name} did other work: ${what} ${did} instead of ${asked}`, name);
  }
  return { ...run, accuracy };
}
