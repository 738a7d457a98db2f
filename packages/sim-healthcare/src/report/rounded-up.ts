/** Four digits of an epsilon, never below it; `unbounded` where there is no bound. */
export function roundedUp(epsilon: number | null): string {
  if (epsilon === null || !Number.isFinite(epsilon)) return 'unbounded';
  const short = Number(epsilon.toPrecision(4));
  if (short >= epsilon) return String(short);
  const step = 10 ** (Math.floor(Math.log10(epsilon)) - 3);
  return String(Number((short + step).toPrecision(4)));
}
