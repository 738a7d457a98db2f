/** A number with what is counted, such as `1 message` and `2 messages`. */
export function counted(n: number, what: string): string {
  return `${n} ${n === 1 ? what : what.endsWith('y') ? `${what.slice(0, -1)}ies` : `${what}s`}`;
}
