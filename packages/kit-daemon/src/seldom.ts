/** Tells of something. @param left how often the same came since it was told last, and was not told */
export type Tell = (left: number) => void;

/** Of `seldom`. */
export interface SeldomOptions {
  /** Between two times that the same is told, seconds. Default: 60. */
  readonly everySeconds?: number;
  /** Different things that are told apart at a time; what comes beyond is told as one. Default: 100. */
  readonly most?: number;
  /** Milliseconds, monotonic. Default: the machine's. */
  readonly now?: () => number;
}

/** What has no room of its own: it has a place in common. */
const others = Symbol('others');

/**
 * For what others can bring about as often as they like, such as messages that are refused: the first is told at once, the
 * same again once in a while with how many there were. Whoever sends a million of them fills neither disk nor memory.
 */
export function seldom({ everySeconds = 60, most = 100, now = () => performance.now() }: SeldomOptions = {}) {
  const told = new Map<string | symbol, { at: number; left: number }>();
  const isOver = ({ at }: { readonly at: number }): boolean => now() - at >= everySeconds * 1000;

  return (what: string, tell: Tell): void => {
    if (!told.has(what) && told.size >= most) for (const [key, each] of told) if (isOver(each)) told.delete(key);
    const key = told.has(what) || told.size < most ? what : others;
    const known = told.get(key);
    if (known && !isOver(known)) {
      known.left++;
      return;
    }
    told.set(key, { at: now(), left: 0 });
    tell(known?.left ?? 0);
  };
}
