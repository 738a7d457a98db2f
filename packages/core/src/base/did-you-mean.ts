/**
 * What a name that is not there was probably meant to be, as the end of a sentence: `; did you mean dp-sgd?`, or nothing
 * where no name is near. Near is at most two slips (a letter more, less, other, or two exchanged: the optimal string
 * alignment distance), and fewer than half of the name's letters; case does not count.
 */
export function didYouMean(name: string, names: readonly string[]): string {
  if (name.length > 64) return '';
  const near = names
    .map((candidate) => ({ candidate, slips: slipsBetween(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, slips }) => slips <= 2 && 2 * slips < Math.max(name.length, candidate.length))
    .sort((a, b) => a.slips - b.slips)[0];
  return near ? `; did you mean ${near.candidate}?` : '';
}

function slipsBetween(from: string, to: string): number {
  let before: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const other = from[i - 1] === to[j - 1] ? 0 : 1;
      let slips = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + other);
      const exchanged = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      if (exchanged) slips = Math.min(slips, before[j - 2]! + 1);
      row.push(slips);
    }
    [before, last] = [last, row];
  }
  return last[to.length]!;
}
