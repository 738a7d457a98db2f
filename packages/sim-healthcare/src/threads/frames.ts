import type { Task } from '@fedward/core';
import type { Frame, SitesRecipe } from './messages.js';
import { SharedModel } from './shared-data.js';

/** Finds what a task has in common with the one before, so that each thread is sent it once. */
export class Frames {
  readonly #shared = new SharedModel();
  #last: { readonly frame: Frame; readonly key: string } | undefined;

  constructor(private readonly sites: SitesRecipe) {}

  /** The task as it is now, but for what is of one client alone: whoever sent it may write to it afterwards. */
  of({ payload, taken: _own, noted: _noted, cosignature: _cosignature, head, ...task }: Task): Frame {
    const { cohort, ...common } = task;
    const rest = { ...common, ...(head && { head: { index: head.index, root: head.root } }) };
    const sent = this.#shared.share(payload.values);
    const key = JSON.stringify([rest, payload.layout.tensors]);
    const last = this.#last;
    // A cohort that can't be written to is the same as long as it is the same object.
    const same = last?.key === key && last.frame.sent === sent && last.frame.task.cohort === cohort && Object.isFrozen(cohort); // prettier-ignore
    if (same) return last.frame;
    const frame: Frame = {
      sites: this.sites,
      task: { ...structuredClone(rest), cohort: Object.isFrozen(cohort) ? cohort : [...cohort] },
      layout: structuredClone(payload.layout),
      sent,
    };
    this.#last = { frame, key };
    return frame;
  }
}

/** A frame as it came: what its sites share, none of them can write to. */
export function arrived(frame: Frame): Frame {
  const { task } = frame;
  return { ...frame, task: { ...task, cohort: Object.freeze([...task.cohort]) } };
}
