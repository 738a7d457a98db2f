import { visible, visibleJson } from '@fedward/sim-healthcare/visible';

/**
 * All that the command says goes out through here. Names of hospitals, columns, levels and files, and the messages of
 * clients, are others' text: what would talk to a terminal, or fake a line, is made visible (`visible`).
 */

/** One JSON document on stdout. What JSON can't carry (an unbounded epsilon) has become null before. */
export function printJson(value: unknown): void {
  process.stdout.write(visibleJson(JSON.stringify(value, null, 2)) + '\n');
}

/** A line for people on stdout. */
export function printLine(text = ''): void {
  process.stdout.write(visible(text) + '\n');
}

/** Lines for people on stdout. Line feeds are the program's own: names in the text have become visible before. */
export function printLines(text: string): void {
  for (const line of text.split('\n')) printLine(line);
}

/** A line about the work under way, on stderr, so that stdout stays clean. */
export function note(text: string): void {
  process.stderr.write(visible(text) + '\n');
}

/** What went wrong on stdout, if anything did. */
let lost: NodeJS.ErrnoException | undefined;

/** Whether the listeners below are there: one program may run many command lines. */
let outliving = false;

/**
 * A run is worth more than its lines: it goes on whatever happens to them. Whoever reads may stop reading (`| head`);
 * the rest is then for nobody, and no failure. What can't be written on stdout for another reason (a full disk) was to
 * be kept, which `outputLost` tells at the end. stderr is for people, and has nowhere to be missed.
 */
export function outliveReaders(): void {
  if (outliving) return;
  outliving = true;
  process.stderr.on('error', () => undefined);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') lost ??= error;
  });
}

/** Waits until stdout has taken, or lost, all that was written. @returns why it was lost */
export async function outputLost(): Promise<NodeJS.ErrnoException | undefined> {
  await new Promise((resolve) => process.stdout.write('', resolve));
  return lost;
}
