import {
  checkFederation,
  createSite,
  FedwardError,
  inMemoryTransport,
  Random,
  secretRandomness,
  SeededNoise,
  simulatedRandomness,
  type AuditSink,
  type Client,
  type Federation,
  type Metrics,
  type Parameters,
  type TrainingData,
  type TrainingPlan,
} from '@fedward/core';
import { modelMetrics } from '@fedward/metrics-clinical';
import { initialParameters } from '@fedward/models-medical';
import { findScenario } from '../scenario/index.js';
import type { Hospital, Population } from '../scenario/scenario.js';
import { countingTrainer, type TrainingWork } from '../wiring/counting-trainer.js';
import { flakyTransport } from '../wiring/flaky-transport.js';
import { pluginsOf, type Plugins } from '../wiring/plugins.js';
import { buildPlan } from './build-plan.js';
import type { SimulateOptions } from './options.js';
import { simulationSchema, type PlannedRun, type Simulation } from './run-folder.js';

/** A run with its data and plugins, checked whole; nothing has been written yet. */
export interface PreparedRun extends PlannedRun {
  readonly population: Population;
  readonly plugins: Plugins;
  readonly work: TrainingWork;
}

/** @throws {FedwardError} of the family `configuration`, naming the key, option or file */
export async function prepare(options: SimulateOptions, runId: string): Promise<PreparedRun> {
  const scenario = findScenario(options.scenario);
  const simulation = simulationSchema.parse({
    scenario: scenario.name,
    ...(options.dataDir !== undefined && { dataDir: options.dataDir }),
    ...(options.hospitals !== undefined && { hospitals: options.hospitals }),
    dropRate: options.dropRate,
    secureNoise: options.secureNoise,
    local: options.local,
  });
  const configured = (options.config as { seed?: unknown } | undefined)?.seed;
  const seed = options.seed ?? (typeof configured === 'number' ? configured : 42);
  const population = await load(simulation, seed);
  return assemble({ runId, plan: buildPlan(scenario, population, options), simulation }, population);
}

/** A run as its folder tells it. */
export async function prepareAgain(planned: PlannedRun): Promise<PreparedRun> {
  return assemble(planned, await load(planned.simulation, planned.plan.seed));
}

async function load({ scenario, dataDir, hospitals }: Simulation, seed: number): Promise<Population> {
  const population = await findScenario(scenario).load({ seed, dataDir, hospitals });
  if (population.hospitals.length === 0)
    throw new FedwardError('CONFIG_INVALID', 'there are no hospitals', 'hospitals');
  return population;
}

async function assemble(planned: PlannedRun, population: Population): Promise<PreparedRun> {
  const plugins = await pluginsOf(planned.plan);
  const { trainer, work } = countingTrainer(plugins.trainer);
  const run = { ...planned, population, plugins: { ...plugins, trainer }, work };
  checkFederation(federationOf(run));
  return run;
}

/** The federation of a run: its hospitals, its plugins, its model to start from. */
export function federationOf(run: PreparedRun, audit?: AuditSink): Federation {
  const { plan, plugins, population, simulation, runId } = run;
  const random = new Random(plan.seed);
  const sites = population.hospitals.map((hospital) => siteOf(run, hospital, audit));
  const transport = inMemoryTransport(sites);
  return {
    runId,
    plan,
    aggregator: plugins.aggregator,
    mechanisms: plugins.mechanisms,
    transport:
      simulation.dropRate > 0 ? flakyTransport(transport, simulation.dropRate, random.fork('drop-outs')) : transport,
    initial: initialParameters(plan.model, random.fork('initial')),
    // All hospitals share this thread: asking one after the other costs no time and little memory.
    concurrency: 1,
    simulationOnly: plan.privacy !== null && !simulation.secureNoise,
    evaluate: (model) => score(run, model, population.test),
    ...(plugins.accountant && { accountant: plugins.accountant }),
    ...(!simulation.secureNoise && {
      noise: (round: number) => new SeededNoise(random.fork('server-noise', round)),
    }),
    ...(audit && { audit }),
  };
}

function siteOf({ plan, plugins, simulation }: PreparedRun, hospital: Hospital, audit?: AuditSink): Client {
  return createSite({
    id: hospital.id,
    plan,
    data: hospital.train,
    trainer: plugins.trainer,
    mechanisms: plugins.mechanisms,
    randomness: simulation.secureNoise ? secretRandomness() : simulatedRandomness(plan.seed),
    ...(audit && { audit }),
  });
}

/** A model's metrics on a data set. */
export async function score(
  { plan, plugins }: Pick<PreparedRun, 'plan' | 'plugins'>,
  model: Parameters,
  data: TrainingData,
): Promise<Metrics> {
  const outputs = await plugins.trainer.predict(plan.model, model, data);
  return modelMetrics(plan.model.loss, outputs, data.labels);
}

/** The plan under which a hospital trains alone: as in the federation, but nothing leaves, so without privacy. */
export function planAlone(plan: TrainingPlan): TrainingPlan {
  const { deadlineSeconds, ...rest } = plan; // nobody waits for it
  return { ...rest, privacy: null, cohort: { select: 'all' }, quorum: 1, aggregator: { name: 'fedavg', options: {} } };
}
