import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findServer } from '@fedward/coordinator';
import { wordsOf, type TrainingPlan } from '@fedward/core';
import { buildPlan, findScenario, InstalledPlugins, type SimulateOptions } from '@fedward/sim-healthcare';
import type { Benchmark, Comparison, Findings, Measurement } from '../benchmark.js';
import { peerPrograms } from '../benchmarks/peers-programs.js';
import { writeWorkload, type Workload } from '../benchmarks/peers-workload.js';
import { measureInTurn, type Measure } from '../measure/in-turn.js';
import { quantile } from '../measure/statistics.js';
import { deployOnce, type DeploymentRun, type DeploymentWork } from './deploy.js';

const program = 'fedward, deployed';

/** The tutorial across real processes, beside the simulators of others, which do the same in processes of one machine. */
export const deployment: Benchmark = {
  name: 'deployment',
  description: 'tutorial 041 without privacy across a coordinator and five hospitals as processes, over TLS',
  async run(options): Promise<Findings> {
    const without = await findServer('nats-server').then(() => undefined, wordsOf);
    if (without !== undefined)
      return { measurements: [], comparisons: [], notes: [], skipped: [`all of it: ${without}`] };
    const folder = await mkdtemp(join(tmpdir(), 'fedward-bench-'));
    try {
      const workload = await writeWorkload(folder, options.quick ? 2 : 30);
      const { programs, skipped } = peerPrograms(options, folder, workload);
      const work = await workOf(workload);
      const runs: DeploymentRun[] = [];
      const deployed: Measure = async () => {
        const run = await deployOnce(options.command, work);
        runs.push(run);
        options.progress(inWords(run));
        return run.studySeconds;
      };
      const others = programs.map(
        ({ run }): Measure =>
          async () =>
            (await run()).seconds,
      );
      const samples = await measureInTurn(options.pairs, [deployed, ...others]);
      const theirs = programs.map(({ name }, i) => seconds('whole process', name, samples[i + 1]!));
      return { ...findingsOf(runs, theirs), notes: notesOn(workload), skipped };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** The workload as a study: a round without one of the hospitals would be other work, and fails. */
async function workOf(workload: Workload): Promise<DeploymentWork> {
  const { seed, rounds, learningRate, batchSize, localEpochs, hospitals } = workload;
  const scenario = findScenario('tutorial');
  const population = await scenario.load({ seed, hospitals: hospitals.length });
  const options: SimulateOptions = {
    ...{ scenario: 'tutorial', privacy: 'none', model: 'mlp', aggregator: 'fedavg', optimizer: 'adam' },
    ...{ seed, rounds, learningRate, batchSize, localEpochs, quorum: hospitals.length },
  };
  const installed = await InstalledPlugins.load([], options, 'none', ['fedavg', 'wasm']);
  const plan: TrainingPlan = buildPlan(scenario, population, options, installed);
  return { plan, population };
}

function findingsOf(
  runs: readonly DeploymentRun[],
  others: readonly Measurement[],
): Pick<Findings, 'measurements' | 'comparisons' | 'tables'> {
  const of = (what: string, pick: (run: DeploymentRun) => number): Measurement =>
    seconds(what, program, runs.map(pick));
  const study = of('study', ({ studySeconds }) => studySeconds);
  const whole = of('start and study', ({ startSeconds, studySeconds }) => startSeconds + studySeconds);
  const round = (pick: (times: DeploymentRun['rounds'][number]) => number) => (run: DeploymentRun) =>
    quantile(run.rounds.slice(1).map(pick), 0.5) / 1000;
  const comparisons = others.flatMap((other): Comparison[] =>
    [study, whole].map((own) => ({ what: `whole process / ${own.what}`, numerator: other, denominator: own })),
  );
  return {
    measurements: [
      ...[study, whole, of('start', ({ startSeconds }) => startSeconds)],
      of('enrolment', ({ enrolSeconds }) => enrolSeconds),
      of(
        'a round beyond training, median',
        round(({ whole: all, training }) => all - training),
      ),
      of(
        'a round, median',
        round(({ whole: all }) => all),
      ),
      ...others,
    ],
    comparisons,
    tables: [
      {
        title: 'A round beyond training, milliseconds, and processor time of the study, seconds',
        columns: ['run', 'before training', 'after it', 'coordinator', 'a hospital', 'test accuracy'],
        rows: runs.map((run, i) => [
          String(i + 1),
          quantile(run.rounds.slice(1).map(({ before }) => before), 0.5).toFixed(1), // prettier-ignore
          quantile(run.rounds.slice(1).map(({ after }) => after), 0.5).toFixed(1), // prettier-ignore
          ...[run.processors.coordinator, run.processors.hospital].map((used) => used.toFixed(2)),
          run.accuracy.toFixed(3),
        ]),
      },
    ],
  };
}

function seconds(what: string, of: string, samples: readonly number[]): Measurement {
  return { what, program: of, unit: 's', samples };
}

function inWords({ studySeconds, startSeconds, rounds, accuracy }: DeploymentRun): string {
  return `${rounds.length} rounds in ${studySeconds.toFixed(2)} s after ${startSeconds.toFixed(1)} s of starting, accuracy ${accuracy.toFixed(3)}`;
}

const notesOn = ({ rounds, hospitals }: Workload): string[] => [
  `The same workload as that of \`peers\`: ${hospitals.length} hospitals with the very same records, ${rounds} rounds, no privacy. ` +
    'No round goes on without one of them.',
  'fedward, deployed: nats-server, a coordinator, and for each hospital a daemon and the process that it trains in. Every ' +
    'connection is TLS with certificates of both sides (hospitals by WebSocket), messages are signed, each answer is in the ' +
    'hospital’s outbox on disk before it leaves, logs are signed and flushed by both sides, each round has a checkpoint.',
  'Study: from `fedward study start`, the command’s own start included, until the study is done. Start: the processes, the ' +
    'proposal, an approval by a command at each hospital. Enrolment: keys, certificates and accounts, once in a federation’s life.',
  'A round beyond training: from its start to that of the next, less the longest training; a training is what the trainer ' +
    'takes, with the way to its process and back. The first round, in which hospitals read their data and trainers start, is ' +
    'in the study and not in these medians.',
  'Flower and NVFLARE: whole processes of their simulators, which keep nothing, sign nothing, and need no network.',
];
