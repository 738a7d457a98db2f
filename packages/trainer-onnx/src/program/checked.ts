import { FedwardError } from '@fedward/core';
import type { BackendName } from '../backends.js';
import { ports } from './model.js';
import type { Feeds, Session } from './session.js';

/** Of the largest number of a tensor. Far above what rounding makes, of 11 binary digits too; an error below it is not found. */
const mostDifference = 0.05;

/**
 * A tensor with less than this of the largest number of all is compared with that: a gradient that is 0 but for rounding, such
 * as that of a bias before a norm, has no size of its own.
 */
const leastShare = 1e-3;

/**
 * A session whose results are held to the processor's. What a backend computes may be wrong without a word, for some numbers of
 * examples and not for others: so the first batch of each size is computed twice.
 *
 * @param open the same graph, on the processor
 */
export function checkedSession(session: Session, open: () => Promise<Session>, backend: BackendName): Session {
  const seen = new Set<number>();
  let reference: Promise<Session> | undefined;
  return {
    run: async (feeds, fetches) => {
      const results = await session.run(feeds, fetches);
      const size = feeds[ports.input]?.dims[0] ?? 0;
      if (seen.has(size)) return results;
      const names = Object.keys(fetches);
      reference ??= open();
      const right = await (await reference).run(feeds, Object.fromEntries(names.map((name) => [name, null])));
      const different = differing(results, right);
      if (different !== undefined) throw disagreement(different, size, backend);
      seen.add(size);
      return results;
    },
    close: async () => {
      await session.close();
      await (await reference)?.close();
    },
  };
}

/** The name of a result that differs. */
function differing(results: Feeds, right: Feeds): string | undefined {
  const largest = new Map(Object.entries(right).map(([name, { data }]) => [name, largestOf(data as Float32Array)]));
  const least = leastShare * largestOf([...largest.values()].filter(Number.isFinite));
  return Object.keys(right).find((name) => {
    const [found, expected] = [results, right].map((of) => of[name]!.data as Float32Array);
    const bound = mostDifference * Math.max(largest.get(name)!, least);
    return expected!.some((value, i) => {
      const other = found![i]!;
      return !Object.is(value, other) && !(Math.abs(value - other) <= bound);
    });
  });
}

function largestOf(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]!));
  return most;
}

/** No number of it is told: it may go to whoever sent the task. */
function disagreement(name: string, size: number, backend: BackendName): FedwardError {
  return new FedwardError(
    'CONFIG_INCOMPATIBLE',
    `on ${backend} ONNX Runtime does not compute this model as on the processor: its ${name} differs by more than ` +
      `${100 * mostDifference} % in a batch of ${size}. Train it on the backend cpu`,
    'trainer.backend',
  );
}
