import type { Reach } from '@fedward/core';

type Weights = ReadonlyMap<string, number>;

/**
 * Of rules that stay among what the other sites sent: how far that is nobody knows before a run.
 * @param liars how many may lie of n sites; undefined where it goes by weight
 * @param limit what is said instead of a number of liars
 */
export function withinTheOthers(liars: ((n: number) => number) | undefined, limit?: string) {
  return (weights: Weights): Reach[] => {
    const most = liars?.(weights.size);
    const holds = limit ?? `no more than ${most} of ${weights.size}`;
    const none = most === 0;
    const because = none
      ? `there is no bound: the rule is set up so that none of the ${weights.size} sites may lie`
      : `stays near what the other sites send, however large its own is, while ${limit ? 'liars have less than ' : ''}${holds}${limit ? '' : ' lie'}; how far those lie apart is not known before a run`;
    return [...weights.keys()].map((id) => ({ id, share: null, most: Infinity, because }));
  };
}
