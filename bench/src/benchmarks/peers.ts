import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Benchmark, Comparison, Measurement, Table, Unit } from '../benchmark.js';
import { measureInTurn } from '../measure/in-turn.js';
import { summarise } from '../measure/statistics.js';
import { fedwardPrograms, peerPrograms, type PeerRun } from './peers-programs.js';
import { writeWorkload, type Workload } from './peers-workload.js';

/** The tutorial's workload beside other frameworks' simulators: seconds, processor seconds and memory of whole programs. */
export const peers: Benchmark = {
  name: 'peers',
  description: 'tutorial 041 without privacy beside the simulators of Flower and NVFLARE, with all of their processes',
  async run(options) {
    const { command, pairs, quick, progress } = options;
    const folder = await mkdtemp(join(tmpdir(), 'fedward-bench-'));
    try {
      const workload = await writeWorkload(folder, quick ? 2 : 30);
      const { programs: others, skipped } = peerPrograms(options, folder, workload);
      const own = fedwardPrograms(command, workload);
      const programs = [...own, ...others];
      const runs: PeerRun[][] = programs.map(() => []);
      await measureInTurn(
        pairs,
        programs.map(({ name, run }, i) => async () => {
          const ran = await run();
          runs[i]!.push(ran);
          progress(`pair ${runs[i]!.length}/${pairs}, ${inWords(name, ran)}`);
          return ran.seconds;
        }),
      );
      const unwatched = runs.flat().some(({ usage }) => !usage);
      const kept = unwatched ? quantities.slice(0, 1) : quantities;
      const measured = programs.map(({ name }, i) => kept.map((quantity) => measurement(quantity, name, runs[i]!)));
      return {
        measurements: kept.flatMap((_, quantity) => measured.map((ofProgram) => ofProgram[quantity]!)),
        comparisons: kept.flatMap((_, quantity) => comparisons(measured, own.length, quantity)),
        tables: [
          outcomes(
            programs.map(({ name }) => name),
            runs,
            workload.steps,
          ),
        ],
        notes: notesOn(workload),
        skipped: [
          ...skipped,
          ...(unwatched ? ['processor seconds and memory: they are read from /proc of Linux'] : []),
        ],
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

interface Quantity {
  readonly what: string;
  readonly unit: Unit;
  of(run: PeerRun): number;
}

const quantities: readonly Quantity[] = [
  { what: 'whole process', unit: 's', of: ({ seconds }) => seconds },
  { what: 'processor time', unit: 's', of: ({ usage }) => usage!.processorSeconds },
  { what: 'peak memory', unit: 'MB', of: ({ usage }) => usage!.peakMegabytes },
];

function measurement({ what, unit, of }: Quantity, program: string, runs: readonly PeerRun[]): Measurement {
  return { what, program, unit, samples: runs.map(of) };
}

/** Of one quantity, each other program over fedward as it comes and over the leaner one. */
function comparisons(measured: readonly Measurement[][], own: number, quantity: number): Comparison[] {
  const [mine, others] = [measured.slice(0, own), measured.slice(own)];
  return others.flatMap((other) =>
    mine.map((fedward) => ({
      what: other[quantity]!.what,
      numerator: other[quantity]!,
      denominator: fedward[quantity]!,
    })),
  );
}

function outcomes(names: readonly string[], runs: readonly (readonly PeerRun[])[], steps: number): Table {
  return {
    title: 'How each ended',
    columns: ['program', 'test accuracy', 'range', 'steps', 'processes at most'],
    rows: names.map((name, i) => {
      const { median, minimum, maximum } = summarise(runs[i]!.map(({ accuracy }) => accuracy));
      const processes = Math.max(...runs[i]!.map(({ usage }) => usage?.processes ?? Number.NaN));
      const range = `${minimum.toFixed(3)} to ${maximum.toFixed(3)}`;
      return [name, median.toFixed(3), range, String(steps), Number.isNaN(processes) ? '-' : String(processes)];
    }),
  };
}

function inWords(name: string, { seconds, usage, accuracy }: PeerRun): string {
  const used = usage
    ? `, ${usage.processorSeconds.toFixed(2)} s of processor, ${usage.peakMegabytes.toFixed(0)} MB`
    : '';
  return `${name}: ${seconds.toFixed(2)} s${used}, accuracy ${accuracy.toFixed(3)}`;
}

const notesOn = ({ rounds, steps }: Workload): string[] => [
  'Alike in all programs, and refused where a program says otherwise: five hospitals with the very same records, ' +
    `${rounds} rounds, 3 local epochs of shuffled batches of 32 (${steps.toLocaleString('en')} steps in all). Alike by ` +
    'their code: the model (100-64-32-2, relu, dropout 0.3), Adam at 0.0003, made anew each round, averages weighted by ' +
    'records, the test set of 500 at the server after each round, and no privacy.',
  'Different: initial weights, shuffles and dropout come of each one’s own generators. fedward makes its data, the ' +
    'others read them from files. fedward also evaluates the model by hospital, trains each hospital alone for its ' +
    'table (not with `--no-local`), and writes checkpoints, an audit log, a model and a report. Flower also evaluates ' +
    'the first model; NVFLARE writes the model down each round.',
  'Flower: `run_simulation`, which is lighter than `flwr run` (no server beside it), with one client a core at a time. ' +
    'NVFLARE: the simulator with a process for each client, as it has it by default; its clients ask for work now and ' +
    'then, so that much of its time is waiting. The steps of both are PyTorch on one thread, with batches as slices, ' +
    'which is less work than a DataLoader.',
  'Whole process: from the start of the program to its end. Processor time: user and system seconds of the program and ' +
    'all processes that came of it, as the kernel counts them (in hundredths); of a process that nobody waits for, up to ' +
    'the last look at it, so that it may be a little too small and never too large.',
  'Peak memory: at the look where it was largest, the sum of the proportional set sizes (PSS) of all processes or, if ' +
    'that is more, the resident set of the largest; MB of 10^6 bytes. It is the resident set where there is one process, ' +
    'as for fedward, and counts once what several share. Looks are 20 to 250 ms apart, so far that looking takes no ' +
    'more than a tenth of one core: that slows all programs alike, and a peak between looks is missed.',
];
