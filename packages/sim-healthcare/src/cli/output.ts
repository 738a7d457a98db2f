/** One JSON document on stdout. What JSON can't carry (an unbounded epsilon) has become null before. */
export function printJson(value: unknown): void {
  process.stdout.write(JSON.stringify(value, null, 2) + '\n');
}

/** A line for people on stdout. */
export function printLine(text = ''): void {
  process.stdout.write(text + '\n');
}

/** A line about the work under way, on stderr, so that stdout stays clean. */
export function note(text: string): void {
  process.stderr.write(text + '\n');
}

/**
 * Whoever reads may stop reading (`| head`): the rest is then for nobody, and no failure. What was begun goes on, since a
 * run is worth more than its lines.
 */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
}
