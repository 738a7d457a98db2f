import {
  everyone,
  inMemoryTransport,
  memoryAnswerStore,
  memoryClientStore,
  onDemandTransport,
  Random,
  secretRandomness,
  SeededNoise,
  simulatedRandomness,
  siteFactory,
  type Federation,
  stepsOf,
  type Transport,
} from '@fedward/core';
import { modelMetrics } from '@fedward/metrics-clinical';
import { SimulatedClock } from '../wiring/simulated-clock.js';
import { flakyTransport } from '../wiring/flaky-transport.js';
import { canLiveInThreads, sitesInThreads } from '../threads/index.js';
import type { RunRecords } from './records.js';
import type { Plugins } from '../wiring/plugins.js';
import type { RunParts } from './run-parts.js';
import { policiesOf } from '../policy/site-policies.js';
import { softwareOf } from '../policy/subjects.js';
import { score } from './score.js';
import { sheetsOf } from './sheets.js';

/**
 * The federation of a run: its hospitals, its plugins, its model to start from.
 * @param records where the hospitals write; without them they have neither log nor ledgers
 */
export function federationOf(run: RunParts, records?: RunRecords): Federation {
  const { plan, plugins, population, simulation, runId, initial } = run;
  const random = new Random(plan.seed);
  const local = transportOf(run, records);
  const transport =
    simulation.dropRate > 0
      ? flakyTransport(local, simulation.dropRate, random.fork('drop-outs'), asksOf(plugins.mechanisms))
      : local;
  const bytes = initial.values.byteLength;
  const clock = hasClock(run) ? new SimulatedClock() : undefined;
  return {
    runId,
    plan,
    aggregator: plugins.aggregator,
    mechanisms: plugins.mechanisms,
    transport: clock ? clock.transport(transport, (id) => secondsOf(run, id)) : transport,
    initial,
    // By the clock all are at work at once, and which of them is first must be known.
    ...(!clock && { concurrency: run.elsewhere ? mostElsewhere(bytes) : underWay(bytes, run.threads?.workers ?? 1) }),
    simulationOnly: plan.privacy !== null && !simulation.secureNoise,
    deadlineSeconds: Infinity, // the hospitals are in this process: none can be silent, and a large round takes its time
    evaluate: (model) => score(run, model, population.test),
    ...(plugins.accountant && { accountant: plugins.accountant }),
    ...(plugins.collector && { collector: plugins.collector }),
    ...(clock && { clock, collector: clock.collector(plugins.collector) }),
    ...(plugins.compression && { compression: plugins.compression }),
    ...(!simulation.secureNoise && {
      noise: (round: number) => new SeededNoise(random.fork('server-noise', round)),
    }),
  };
}

/** Where it matters when an answer comes: else rounds are as long as they are, and updates need not be held together. */
export function hasClock({ plan, simulation }: Pick<RunParts, 'plan' | 'simulation'>): boolean {
  return simulation.slow !== undefined || (plan.collector !== undefined && plan.collector.name !== everyone.name);
}

/**
 * How long a hospital's work of a round takes, simulated seconds: one for each training step, times its slowness. A
 * strategy's further trainings and a mechanism's calls are not counted.
 */
function secondsOf({ plan, population, simulation }: RunParts, id: string): number {
  const steps = stepsOf(plan.training.batches, population.hospital(id).train.count);
  return Math.max(steps, 1) * (simulation.slow?.[id] ?? 1);
}

/** Whether hospitals are asked for more in a round than for their update. */
function asksOf(mechanisms: Plugins['mechanisms']): boolean {
  return mechanisms.some(({ onCall }) => onCall !== undefined);
}

/** What the updates under way may take up, unless the threads need more of them. */
const roomForUpdates = 32 * 2 ** 20;

/**
 * Number of clients under way at a time. Two a thread, so that none is idle while the log of a client is written; more
 * of small models, whose logs then share a write to the disk. One thread trains one after the other all the same.
 */
function underWay(bytesOfUpdate: number, workers: number): number {
  return Math.max(workers > 1 ? 2 * workers : 1, Math.min(8 * workers, Math.floor(roomForUpdates / bytesOfUpdate)));
}

/** The same where others train, of whom nobody knows yet how many there will be: as many as there is room for. */
function mostElsewhere(bytesOfUpdate: number): number {
  return Math.max(4, Math.min(4096, Math.floor((2 * roomForUpdates) / bytesOfUpdate)));
}

function transportOf(
  { plan, plugins, population, simulation, threads, elsewhere, work, inputs }: RunParts,
  records: RunRecords | undefined,
): Transport {
  const seeded = !simulation.secureNoise;
  const audit = records?.audit;
  const ownOf = (id: string) => records?.ownOf(id);
  const ledgerOf = (id: string) => records?.ledgerOf(id);
  const kept = { store: records?.store ?? memoryClientStore(), answers: memoryAnswerStore() };
  const createSite = siteFactory({
    plan,
    trainer: plugins.trainer,
    mechanisms: plugins.mechanisms,
    ...(plugins.strategy && { strategy: plugins.strategy }),
    ...(plugins.compression && { compression: plugins.compression }),
    randomness: seeded ? simulatedRandomness(plan.seed) : secretRandomness(),
    ...(audit && { audit, sharesLog: true }),
    ...(plan.evaluation && { metrics: (outputs, labels) => modelMetrics(plan.model.loss, outputs, labels) }),
    ...kept,
    ...(simulation.policies && { software: softwareOf(inputs) }),
    ...(simulation.declared && { declared: simulation.declared }),
  });
  const policyOf = policiesOf({ plan, plugins, simulation, inputs }, (id) => records?.budgetOf(id));
  const sheets = sheetsOf(inputs);
  const siteOf = (id: string) => {
    const ledger = ledgerOf(id);
    const dataSheet = sheets.get(id);
    const told = dataSheet !== undefined && { dataSheet };
    const { train: data, test } = population.hospital(id);
    const tested = plan.evaluation && { testData: test };
    const policy = policyOf?.(id);
    const guarded = policy && { policy };
    return createSite({ id, data, ...tested, ...told, ...(ledger && { ledger }), ...ownOf(id), ...guarded });
  };
  const local = population.tabulated
    ? inMemoryTransport(population.ids.map(siteOf))
    : onDemandTransport(population.ids, siteOf);
  const strategy = plugins.strategy !== undefined;
  const sheetOf = (id: string) => sheets.get(id);
  const here = { audit, ownOf, ledgerOf, sheetOf, work, ...kept };
  if (elsewhere)
    return sitesInThreads(local, { pool: elsewhere, dataThere: true, plan, strategy, seeded, population, ...here });
  // A host's rules are asked where nothing that was sent can reach: here. Trainings still go to the threads.
  if (!threads || policyOf || !canLiveInThreads(plan, plugins)) return local;
  return sitesInThreads(local, { pool: threads, plan, strategy, seeded, population, ...here });
}
