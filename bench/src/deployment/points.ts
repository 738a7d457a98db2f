import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the processes of a deployment write when they came to which point. */
const folderName = 'FEDWARD_BENCH_POINTS';

/** Remembers when which point of fedward was reached, and writes it when the process ends. */
const remember = `
import { subscribe } from 'node:diagnostics_channel';
import { writeFileSync } from 'node:fs';
const folder = process.env.${folderName};
const lines = [];
subscribe('fedward.point', ({ point, about }) => {
  if (about.round === undefined) return; // chunks, of which there are many
  const at = performance.timeOrigin + performance.now();
  const { user, system } = process.cpuUsage();
  lines.push(JSON.stringify({ at, point, round: about.round, used: (user + system) / 1e6 }) + '\\n');
});
process.on('exit', () => lines.length > 0 && writeFileSync(folder + '/' + process.pid, lines.join('')));
`;

/** Of a process whose points are to be known. @param folder that is there */
export function rememberingPoints(folder: string): Readonly<Record<string, string>> {
  const before = process.env['NODE_OPTIONS'];
  const own = `--import=data:text/javascript,${encodeURIComponent(remember)}`;
  return { NODE_OPTIONS: before ? `${before} ${own}` : own, [folderName]: folder };
}

/** One point that a process came to. */
interface Point {
  /** Milliseconds, by this machine's clock. */
  readonly at: number;
  readonly point: string;
  readonly round?: number;
  /** Processor seconds of the process until then. */
  readonly used: number;
}

/** How long a round took, milliseconds. */
export interface RoundTimes {
  /** From its start to that of the next, or to its checkpoint for the last one. */
  readonly whole: number;
  /** The longest of its trainings, all of which begin at about the same time. */
  readonly training: number;
  /** From its start to the begin of the last training; from the end of the last one to the round's end. */
  readonly before: number;
  readonly after: number;
}

/** What the processes of one study came to. */
export interface StudyTimes {
  readonly rounds: readonly RoundTimes[];
  /** Processor seconds of the coordinator from the first round on, and of the hospital's daemon that took the most. */
  readonly processors: { readonly coordinator: number; readonly hospital: number };
}

/** Reads what the processes of one study have written. @param folder of `rememberingPoints` */
export async function readPoints(folder: string): Promise<StudyTimes> {
  const files = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')));
  return timesOf(files.map(pointsIn));
}

/** @param processes points of each, in order */
export function timesOf(processes: readonly (readonly Point[])[]): StudyTimes {
  const used = (from: string): number =>
    Math.max(
      ...processes.flatMap((points) => {
        const begun = points.find(({ point }) => point === from);
        return begun ? [points.at(-1)!.used - begun.used] : [];
      }),
    );
  const processors = { coordinator: used('coordinator.round-started'), hospital: used('site.training') };
  return { rounds: roundsOf(processes), processors };
}

function roundsOf(processes: readonly (readonly Point[])[]): readonly RoundTimes[] {
  const all = processes.flat();
  const at = (point: string): Map<number, number> =>
    new Map(all.flatMap((each) => (each.point === point && each.round !== undefined ? [[each.round, each.at]] : [])));
  const [starts, saved] = [at('coordinator.round-started'), at('coordinator.checkpoint-saved')];
  const sites = processes.map((points) => trainingsIn(points));
  return [...starts].map(([round, start]) => {
    const end = starts.get(round + 1) ?? saved.get(round) ?? NaN;
    const trainings = sites.flatMap((site) => site.get(round) ?? []);
    return {
      whole: end - start,
      training: Math.max(...trainings.map(({ begun, done }) => done - begun)),
      before: Math.max(...trainings.map(({ begun }) => begun)) - start,
      after: end - Math.max(...trainings.map(({ done }) => done)),
    };
  });
}

function trainingsIn(points: readonly Point[]): Map<number, { readonly begun: number; readonly done: number }> {
  const trainings = new Map<number, { begun: number; done: number }>();
  for (const { at, point, round } of points) {
    if (round === undefined) continue;
    if (point === 'site.training') trainings.set(round, { begun: at, done: NaN });
    if (point === 'site.trained' && trainings.has(round)) trainings.get(round)!.done = at;
  }
  return trainings;
}

function pointsIn(text: string): Point[] {
  return text.trimEnd().split('\n').map((line) => JSON.parse(line) as Point); // prettier-ignore
}
