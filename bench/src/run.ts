import { didYouMean, FedwardError } from '@fedward/core';
import type { Benchmark, BenchmarkOptions, Findings } from './benchmark.js';
import { dpOverhead } from './benchmarks/dp-overhead.js';
import { imaging } from './benchmarks/imaging.js';
import { flambyChoice } from './flamby/choice.js';
import { flamby } from './flamby/flamby.js';
import { kernels } from './benchmarks/kernels.js';
import { manyClients } from './benchmarks/many-clients.js';
import { networks } from './benchmarks/networks.js';
import { peers } from './benchmarks/peers.js';
import { robust } from './benchmarks/robust.js';
import { secagg } from './benchmarks/secagg.js';
import { rounds } from './benchmarks/rounds.js';
import { tutorial } from './benchmarks/tutorial.js';
import { deployment } from './deployment/deployment.js';
import { fedbuff } from './fedbuff/fedbuff.js';
import { personal } from './personal/personal.js';
import { describeEnvironment, type Environment } from './measure/environment.js';

/** All that there are, in the order in which `fedward bench all` runs them. */
export const benchmarks: readonly Benchmark[] = [
  tutorial,
  dpOverhead,
  flamby,
  flambyChoice,
  imaging,
  kernels,
  networks,
  manyClients,
  rounds,
  peers,
  deployment,
  secagg,
  fedbuff,
  robust,
  personal,
];

/** One benchmark, run once. */
export interface Report {
  readonly name: string;
  readonly description: string;
  readonly quick: boolean;
  readonly pairs: number;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly seconds: number;
  readonly environment: Environment;
  readonly findings: Findings;
}

/**
 * The benchmarks of a name; `all` names all.
 * @throws {FedwardError} CONFIG_INVALID naming those that there are
 */
export function findBenchmarks(name: string): readonly Benchmark[] {
  const found = benchmarks.filter((benchmark) => name === 'all' || benchmark.name === name);
  if (found.length > 0) return found;
  const known = benchmarks.map((benchmark) => benchmark.name);
  const there = `there are ${known.join(', ')}, and all${didYouMean(name, known)}`;
  throw new FedwardError('CONFIG_INVALID', `bench: there is no benchmark ${name}; ${there}`, name);
}

/** Runs one benchmark, with a description of the machine and the time that it took. */
export async function runBenchmark({ name, description, run }: Benchmark, options: BenchmarkOptions): Promise<Report> {
  const environment = describeEnvironment(options.python.versions);
  const startedAt = new Date().toISOString();
  const start = performance.now();
  const findings = await run({ ...options, progress: (line) => options.progress(`${name}: ${line}`) });
  const seconds = (performance.now() - start) / 1000;
  return { name, description, quick: options.quick, pairs: options.pairs, startedAt, seconds, environment, findings };
}
