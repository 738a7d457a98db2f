/** A number of things in words: `1 hospital`, `2 hospitals`. */
export function counted(n: number, thing: string): string {
  return `${n} ${thing}${n === 1 ? '' : 's'}`;
}
