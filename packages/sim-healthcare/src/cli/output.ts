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

/** Four digits, or the word for no bound at all. */
export function epsilonText(epsilon: number | null): string {
  return epsilon === null ? 'unbounded' : epsilon >= 1000 ? epsilon.toFixed(0) : epsilon.toPrecision(3);
}
