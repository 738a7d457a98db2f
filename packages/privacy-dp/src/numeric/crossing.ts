/** Where a crossing is looked for. */
export interface CrossingRange {
  /** Where the search begins; the nearer to the answer, the fewer evaluations. */
  readonly guess: number;
  /** > 0 */
  readonly minimum: number;
  /** Finite, above `minimum`. */
  readonly maximum: number;
  /** The answer is at most this factor, less one, below the greatest number. */
  readonly relativeTolerance: number;
  /** Only whole numbers are tried, and the answer is the greatest of them; `minimum` and `maximum` are whole. */
  readonly whole?: boolean;
}

/** A number that was tried, and the function there. */
interface Point {
  readonly at: number;
  readonly value: number;
}

/**
 * The greatest number at which an increasing function is <= 0, in few evaluations, for functions that take their
 * time. The function has been seen to be <= 0 at the number returned: it errs downwards only.
 *
 * A bracket is sought around the guess, then narrowed by the ITP method (Oliveira and Takahashi 2020, ACM
 * Transactions on Mathematical Software 47, 1): false position, moved a little towards the middle, and never further
 * from it than a bisection that is one step behind would be. All of it on the logarithms of the numbers, on which
 * privacy costs are close to straight lines.
 *
 * @param excess may be -Infinity or Infinity
 * @returns `maximum` where the function is <= 0 up to there, undefined where it is above 0 at `minimum`
 */
export function greatestWithin(excess: (x: number) => number, range: CrossingRange): number | undefined {
  const seen = (at: number): Point => ({ at, value: excess(at) });
  const bracket = bracketAround(seen, range);
  return typeof bracket === 'object' ? narrowed(seen, bracket, range) : bracket;
}

interface Bracket {
  /** Value <= 0. */
  readonly within: Point;
  /** Value > 0, at a greater number. */
  readonly beyond: Point;
}

/**
 * Steps away from the guess until the function changes its sign. The first step is what a cost that grows with the
 * square root would need: no cost grows more slowly while noise has not drowned everything.
 */
function bracketAround(seen: (at: number) => Point, range: CrossingRange): Bracket | number | undefined {
  const { minimum, maximum, whole = false } = range;
  const allowed = (x: number): number => Math.min(maximum, Math.max(minimum, whole ? Math.round(x) : x));
  let last = seen(allowed(range.guess));
  const up = last.value <= 0;
  let step = Math.min(Math.max(2 * Math.abs(last.value), 0.01), Math.LN2);
  for (;;) {
    if (last.at === (up ? maximum : minimum)) return up ? maximum : undefined;
    const stepped = allowed(last.at * Math.exp(up ? step : -step));
    const next = seen(stepped === last.at ? last.at + (up ? 1 : -1) : stepped);
    if (up && next.value > 0) return { within: last, beyond: next };
    if (!up && next.value <= 0) return { within: next, beyond: last };
    last = next;
    step *= 2;
  }
}

function narrowed(seen: (at: number) => Point, bracket: Bracket, range: CrossingRange): number {
  let { within, beyond } = bracket;
  const { whole = false } = range;
  const tolerance = whole ? 1 / beyond.at : range.relativeTolerance;
  const width = Math.log(beyond.at / within.at);
  const bisections = Math.max(0, Math.ceil(Math.log2(width / tolerance))) + 1;
  const isNarrow = (): boolean =>
    whole ? beyond.at - within.at <= 1 : beyond.at - within.at <= range.relativeTolerance * within.at;
  for (let i = 0; !isNarrow(); i++) {
    const reach = (tolerance * 2 ** (bisections - i)) / 2;
    const at = within.at * Math.exp(itpStep(within.value, beyond.value, Math.log(beyond.at / within.at), width, reach));
    const next = whole ? Math.min(beyond.at - 1, Math.max(within.at + 1, Math.round(at))) : at;
    if (next <= within.at || next >= beyond.at) break; // no double lies between
    const point = seen(next);
    if (point.value <= 0) within = point;
    else beyond = point;
  }
  return within.at;
}

/**
 * Where to look next in a bracket from 0 to `width`.
 * @param atStart value at 0, <= 0
 * @param atEnd value at `width`, > 0
 * @param firstWidth of the bracket at the beginning
 * @param reach half the width that a bisection one step behind may have here
 */
function itpStep(atStart: number, atEnd: number, width: number, firstWidth: number, reach: number): number {
  const middle = width / 2;
  if (!Number.isFinite(atStart) || !Number.isFinite(atEnd)) return middle;
  const falsePosition = (width * atStart) / (atStart - atEnd);
  const inwards = Math.sign(middle - falsePosition);
  const shift = (0.2 / firstWidth) * width * width;
  const candidate = shift <= Math.abs(middle - falsePosition) ? falsePosition + inwards * shift : middle;
  const radius = Math.max(0, reach - middle);
  return Math.abs(candidate - middle) <= radius ? candidate : middle - inwards * radius;
}
