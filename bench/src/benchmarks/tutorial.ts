import type { Benchmark, BenchmarkOptions, Comparison, Findings, Measurement } from '../benchmark.js';
import { simulateOnce } from '../measure/fedward-process.js';
import { measureInTurn, type Measure } from '../measure/in-turn.js';
import { runProcess } from '../measure/process.js';
import { oneThread } from '../peers/conversation.js';
import { peerScript, whyNot } from '../peers/python.js';

const scenario = ['--scenario', 'tutorial', '--privacy', 'tutorial-041'];
const quickRounds = '2';
const quickScenario = [...scenario, '--rounds', quickRounds];
const loopScript = 'tutorial_loop.py';

/** Tutorial 041 as a PyTorch program against fedward: whole processes, and the training loop alone. */
export const tutorial: Benchmark = {
  name: 'tutorial',
  description: 'tutorial 041: its PyTorch program against `fedward simulate --privacy tutorial-041`',
  async run(options) {
    const { python, tutorialProgram } = options;
    const missing =
      whyNot(python, 'pytorch', ['numpy', 'torch']) ??
      (tutorialProgram ? undefined : "pytorch: the tutorial's program is not here; name it with --tutorial-program");
    const whole = await wholeProcesses(options, !missing);
    const loop = await trainingLoop(options, !missing);
    return {
      measurements: [...whole.measurements, ...loop.measurements],
      comparisons: [...whole.comparisons, ...loop.comparisons],
      notes,
      skipped: missing ? [missing] : [],
    };
  },
};

const notes = [
  'Whole process: from its start to its end, with the interpreter and all libraries. fedward runs as it does by ' +
    'default: it also evaluates by hospital, trains each hospital alone for its table, writes checkpoints, an audit ' +
    'log, a model and a report. `--no-local` leaves out training each hospital alone, which the PyTorch program does ' +
    'not do either.',
  'Training loop: the wall time in which hospitals train. PyTorch: the calls of HospitalClient.train, timed from ' +
    'outside; it trains one hospital after the other, each with a thread a core. fedward: `timing.trainElapsedSeconds`, ' +
    'in which at least one hospital trains; by default it trains one hospital a core, and on one thread one after the ' +
    'other. Both hold what a training does beside its steps; aggregation and evaluation are outside.',
  'PyTorch runs as it comes, with a thread a core, and with one thread. On a busy machine its threads wait for each ' +
    'other, and it is far slower than it need be.',
  'Each program simulates hospitals of its own, of 200 to 499 patients, so their numbers of steps differ by some ' +
    'percent: the time per step allows for that.',
];

type Environment = Readonly<Record<string, string>>;

type Part = Pick<Findings, 'measurements' | 'comparisons'>;

async function wholeProcesses(options: BenchmarkOptions, withPeer: boolean): Promise<Part> {
  const { command, python, tutorialProgram, pairs, quick, progress } = options;
  const args = quick ? quickScenario : scenario;
  const fedward =
    (...more: string[]): Measure =>
    async () =>
      (await simulateOnce(command, [...args, ...more])).seconds;
  const program = quick ? [peerScript(loopScript), tutorialProgram!, quickRounds] : [tutorialProgram!];
  const pytorch =
    (environment: Environment): Measure =>
    async () =>
      (await runProcess([python.program, ...program], environment)).seconds;
  // By default PyTorch takes all cores, which for steps as small as these need not be faster.
  const [ours, lean, theirs, theirsOnOneThread] = await measureInTurn(
    pairs,
    [fedward(), fedward('--no-local'), ...(withPeer ? [pytorch({}), pytorch(oneThread)] : [])],
    (turn, seconds) => progress(`whole process, pair ${turn + 1}/${pairs}: ${seconds.map(inSeconds).join(', ')}`),
  );
  const what = 'whole process';
  const measured = (program: string, samples: number[]): Measurement => ({ what, program, unit: 's', samples });
  const measurements = [measured('fedward', ours!), measured('fedward --no-local', lean!)];
  const peers = [
    ...(theirs ? [measured('pytorch', theirs)] : []),
    ...(theirsOnOneThread ? [measured('pytorch, one thread', theirsOnOneThread)] : []),
  ];
  return {
    measurements: [...measurements, ...peers],
    comparisons: peers.flatMap((numerator) => measurements.map((denominator) => ({ what, numerator, denominator }))),
  };
}

async function trainingLoop(options: BenchmarkOptions, withPeer: boolean): Promise<Part> {
  const { command, python, tutorialProgram, pairs, quick, progress } = options;
  const args = [...(quick ? quickScenario : scenario), '--no-local'];
  const fedward =
    (...more: string[]): Loop =>
    async () => {
      const { trainElapsedSeconds, clientSteps } = await simulateOnce(command, [...args, ...more]);
      return { trainSeconds: trainElapsedSeconds, steps: clientSteps };
    };
  const pytorch =
    (environment: Environment): Loop =>
    async () => {
      const peer = [peerScript(loopScript), tutorialProgram!, ...(quick ? [quickRounds] : [])];
      const { stdout } = await runProcess([python.program, ...peer], environment);
      return JSON.parse(stdout) as { trainSeconds: number; steps: number };
    };
  const programs: { readonly name: string; readonly loop: Loop }[] = [
    { name: 'fedward', loop: fedward() },
    { name: 'fedward, one thread', loop: fedward('--workers', '1') },
    ...(withPeer
      ? [
          { name: 'pytorch', loop: pytorch({}) },
          { name: 'pytorch, one thread', loop: pytorch(oneThread) },
        ]
      : []),
  ];
  const steps: number[][] = programs.map(() => []);
  const seconds = await measureInTurn(
    pairs,
    programs.map(({ loop }, i) => async () => {
      const ran = await loop();
      steps[i]!.push(ran.steps);
      return ran.trainSeconds;
    }),
    (turn, values) => progress(`training loop, pair ${turn + 1}/${pairs}: ${values.map(inSeconds).join(', ')}`),
  );
  const measured = programs.map(({ name }, i) => quantities(name, seconds[i]!, steps[i]!));
  const [mine, peers] = [measured.slice(0, 2), measured.slice(2)];
  const comparisons = peers.flatMap((peer) =>
    mine.flatMap((own) =>
      peer.map((numerator, i): Comparison => ({ what: numerator.what, numerator, denominator: own[i]! })),
    ),
  );
  return { measurements: measured.flat(), comparisons };
}

type Loop = () => Promise<{ readonly trainSeconds: number; readonly steps: number }>;

function quantities(program: string, seconds: readonly number[], steps: readonly number[]): Measurement[] {
  const micros = seconds.map((value, i) => (1e6 * value) / steps[i]!);
  return [
    { what: 'training loop', program, unit: 's', samples: seconds },
    { what: 'training loop, a step', program, unit: 'µs/step', samples: micros },
  ];
}

function inSeconds(seconds: number): string {
  return `${seconds.toFixed(2)} s`;
}
