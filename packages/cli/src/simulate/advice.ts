import { isFedwardError, type TrainingPlan } from '@fedward/core';
import { relative } from 'node:path';

/** A run that was under way. */
export interface StartedRun {
  readonly folder: string;
  readonly plan: Pick<TrainingPlan, 'onInvalidUpdate'>;
  readonly dropRate: number;
  readonly ledger?: string | undefined;
}

/** What to do after a failure: a run is resumed with the same plan and seed, which does not help against all. */
export function adviceAfter(error: unknown, { folder, plan, dropRate, ledger }: StartedRun): string {
  const path = relative('.', folder) || '.';
  const lastWhole = `The model of the last whole round, if there was one, is in ${path}/checkpoints.`;
  switch (isFedwardError(error) ? error.code : undefined) {
    case 'BUDGET_EXCEEDED':
      return `resuming would be refused again. Start a new run with more noise, fewer rounds or a larger budget. ${lastWhole}`;
    case 'UPDATE_NOT_FINITE':
      return `resuming would end the same way. Start a new run with a smaller --learning-rate. ${lastWhole}`;
    case 'QUORUM_NOT_MET':
      if (dropRate > 0)
        return (
          'resuming would end the same way: the seed says who drops out. ' +
          `Start a new run with a lower --quorum, --quorum-share or --drop-rate, or another --seed. ${lastWhole}`
        );
      if (ledger !== undefined)
        return (
          `where a ledger refused, resuming would be refused again: fedward privacy ledger ${relative('.', ledger) || '.'} ` +
          `shows what is left. Else, to go on: ${resume(path)}. ${lastWhole}`
        );
      if (plan.onInvalidUpdate === 'drop')
        return `to go on, unless updates were dropped as not finite: ${resume(path)}`;
      break;
    case 'POLICY_REFUSED':
      return (
        'change what the message names and start a new run; where it lacks an approval, or it is no hour for it, later on: ' +
        resume(path)
      );
    case 'LEDGER_DAMAGED':
      return `nothing is charged to a damaged ledger, so that the run can't go on. ${lastWhole}`;
    case 'CHECKPOINT_INVALID':
    case 'AUDIT_TAMPERED':
      return `${path} can't be resumed as it is.`;
  }
  if (isFedwardError(error) && error.family === 'configuration')
    return `resuming would end the same way: mend what the message names, and start a new run.`;
  return `to go on: ${resume(path)}`;
}

function resume(path: string): string {
  return `fedward simulate --resume --out ${path}`;
}
