import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { LocalDeployment, readModel } from '@fedward/coordinator';
import { FedwardError, type TrainingPlan } from '@fedward/core';
import { modelMetrics } from '@fedward/metrics-clinical';
import { predictorOf, type Population } from '@fedward/sim-healthcare';
import { readPoints, rememberingPoints, type StudyTimes } from './points.js';

const study = 'bench';
/** How often it is looked whether the study is done, milliseconds. */
const every = 200;
/** No event has such a number: all that is asked is where it stands. */
const noEvents = 2 ** 31 - 1;

/** What is deployed: hospitals of the tutorial. */
export interface DeploymentWork {
  readonly plan: TrainingPlan;
  readonly population: Population;
}

/** One study across processes. */
export interface DeploymentRun extends StudyTimes {
  /** Keys, certificates, folders, all by commands that people use: once in the life of a federation. */
  readonly enrolSeconds: number;
  /** From the first process until the study is proposed and each hospital has approved it. */
  readonly startSeconds: number;
  /** From the coordinator's order to start until the study is done. */
  readonly studySeconds: number;
  /** Of the last model, on the test set. */
  readonly accuracy: number;
}

/**
 * Runs one study across a hub, a coordinator and hospitals, each a process of its own, over TLS on loopback.
 * @param command `BenchmarkOptions.command`
 * @throws {FedwardError} CONFIG_INVALID without nats-server; CLIENT_FAILED where a process fails or the study does
 */
export async function deployOnce(
  command: readonly string[],
  { plan, population }: DeploymentWork,
): Promise<DeploymentRun> {
  const folder = await mkdtemp(join(tmpdir(), 'fedward-bench-'));
  const points = join(folder, 'points');
  await mkdir(points);
  const seconds = stopwatch();
  const deployment = await LocalDeployment.make({
    ...{ folder, federation: 'bench', noise: 'secret', command, environment: rememberingPoints(points) },
    sites: population.ids.map((id) => ({
      id,
      data: { scenario: 'tutorial', hospital: id, hospitals: population.ids.length },
    })),
  });
  try {
    const enrolSeconds = seconds();
    await deployment.start();
    await propose(deployment, plan, population.ids);
    const startSeconds = seconds();
    await deployment.ask('study', 'start', study, '--folder', deployment.coordinatorFolder);
    await done(deployment);
    const studySeconds = seconds();
    await deployment.close();
    const file = join(deployment.coordinatorFolder, 'studies', study, 'model.safetensors');
    const model = await readModel(file);
    const outputs = await (await predictorOf(plan.model, model)).predict(plan.model, model, population.test);
    const { accuracy } = modelMetrics(plan.model.loss, outputs, population.test.labels);
    return { enrolSeconds, startSeconds, studySeconds, accuracy: accuracy!, ...(await readPoints(points)) };
  } finally {
    await deployment.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function propose(deployment: LocalDeployment, plan: TrainingPlan, members: readonly string[]): Promise<void> {
  const file = join(deployment.folder, 'plan.json');
  await writeFile(file, JSON.stringify(plan), { mode: 0o600 });
  const named = ['--id', study, '--name', study, '--members', members.join(',')];
  await deployment.ask('study', 'propose', '--plan', file, ...named, '--folder', deployment.coordinatorFolder);
  await Promise.all(members.map((id) => deployment.approve(id, study)));
}

/** @throws {FedwardError} CLIENT_FAILED for a study that ends otherwise */
async function done(deployment: LocalDeployment): Promise<void> {
  for (;;) {
    const status = await deployment.until(() => deployment.studyStatus(study, noEvents));
    const { state, why } = status as { readonly state: string; readonly why: string };
    if (state === 'done') return;
    if (['failed', 'stopped', 'paused'].includes(state))
      throw new FedwardError('CLIENT_FAILED', `the study is ${state}: ${why}`, study);
    await pause(every);
  }
}

/** @returns gives the seconds since it was asked last */
function stopwatch(): () => number {
  let last = performance.now();
  return () => {
    const before = last;
    last = performance.now();
    return (last - before) / 1000;
  };
}
