import type { LocalTrainer } from '@fedward/core';

/** What a trainer says of itself: a wrapper around it can do as much and no more. */
export function offersOf(inner: LocalTrainer): Pick<LocalTrainer, 'name' | 'provides' | 'layout'> {
  const { name, provides } = inner;
  return { name, ...(provides && { provides }), ...(inner.layout && { layout: (plan) => inner.layout!(plan) }) };
}
