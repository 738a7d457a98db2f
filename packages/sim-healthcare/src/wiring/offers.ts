import type { LocalTrainer } from '@fedward/core';

/** What a trainer says of itself and of tasks: a wrapper around it can do as much and no more. */
export function offersOf(inner: LocalTrainer): Pick<LocalTrainer, 'name' | 'provides' | 'checkTask'> {
  const { name, provides } = inner;
  return {
    name,
    ...(provides && { provides }),
    ...(inner.checkTask && { checkTask: (task, plan) => inner.checkTask!(task, plan) }),
  };
}
