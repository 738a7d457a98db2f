import type { LocalTrainer } from '@fedward/core';

/** What a trainer says of itself: a wrapper around it can do as much and no more. */
export function offersOf({ name, provides }: LocalTrainer): Pick<LocalTrainer, 'name' | 'provides'> {
  return { name, ...(provides && { provides }) };
}
