import { didYouMean, FedwardError } from '@fedward/core';
import * as z from 'zod';

/** Most folds: each is a whole federation. */
export const mostFolds = 20;

/** How a run's model is judged. `holdout`: by the test parts of the hospitals, as every run does. */
export const validationMethodSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('holdout') }),
  z.strictObject({ kind: z.literal('kfold'), folds: z.int().min(2).max(mostFolds) }),
  z.strictObject({ kind: z.literal('leave-one-hospital-out') }),
]);
/** How a run is validated: on its test parts alone, or in folds too. */
export type ValidationMethod = z.output<typeof validationMethodSchema>;
/** One that trains a federation for each fold. */
export type FoldedMethod = Exclude<ValidationMethod, { readonly kind: 'holdout' }>;

/** As they are written on the command line. */
export const validationForms = ['holdout', 'kfold:K', 'leave-one-hospital-out'] as const;

/** @throws {FedwardError} CONFIG_INVALID */
export function parseValidation(text: string): ValidationMethod {
  const kind = text.trim();
  if (kind === 'holdout' || kind === 'leave-one-hospital-out') return { kind };
  const [, count] = /^kfold(?::(.*))?$/.exec(kind) ?? [];
  const folds = Number(count);
  if (kind.startsWith('kfold:') && Number.isSafeInteger(folds) && folds >= 2 && folds <= mostFolds)
    return { kind: 'kfold', folds };
  throw refused(
    kind.startsWith('kfold')
      ? `${text}: write kfold:K with 2 to ${mostFolds} folds, such as kfold:5`
      : `there is no ${text}; there are ${validationForms.join(', ')}${didYouMean(kind, ['holdout', 'leave-one-hospital-out'])}`,
  );
}

function refused(why: string): FedwardError {
  return new FedwardError('CONFIG_INVALID', `--validate: ${why}`, '--validate');
}
