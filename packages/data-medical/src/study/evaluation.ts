import { FedwardError } from '@fedward/core';
import * as z from 'zod';

const share = z.number().gt(0).lt(1);

/** How a threshold is chosen, always on records that were trained on. */
export const thresholdRuleSchema = z.discriminatedUnion('rule', [
  /** The largest sum of sensitivity and specificity (Youden 1950). */
  z.strictObject({ rule: z.literal('youden') }),
  /** The highest threshold whose sensitivity is at least `at`. */
  z.strictObject({ rule: z.literal('sensitivity'), at: share }),
  /** The lowest threshold whose specificity is at least `at`. */
  z.strictObject({ rule: z.literal('specificity'), at: share }),
]);

/** By what a model is to be judged. */
export const declaredEvaluationSchema = z.strictObject({
  /** Prevalence of class 1 where the model is to be used, in (0, 1): PPV and NPV are told for it. */
  prevalence: share.optional(),
  /** The probability of class 1 from which on a record is called that, in (0, 1); or a rule by which it is chosen. */
  threshold: z
    .union([share, thresholdRuleSchema], {
      error: 'a number between 0 and 1, or { "rule": "youden" }, { "rule": "sensitivity" or "specificity", "at": 0.9 }',
    })
    .optional(),
  /** Sensitivity is told at this specificity, and specificity at this sensitivity, in (0, 1). */
  operatingPoint: share.optional(),
  /** The time at which survival is judged, in the label's unit. */
  horizon: z.number().positive().optional(),
});

/** What a study, or who runs it, declares of how models are judged. */
export type DeclaredEvaluation = z.output<typeof declaredEvaluationSchema>;

/**
 * That what is declared has a meaning for the label: what would change nothing is refused, since who declares it believes
 * that it does.
 *
 * @param label its kind, and how many classes it has
 * @param called how a member is called in messages
 * @throws {FedwardError} CONFIG_INVALID naming the member
 */
export function assertJudgeable(
  declared: DeclaredEvaluation | undefined,
  { kind, classes }: { readonly kind: string; readonly classes?: { readonly length: number } },
  called: (key: string) => string,
): void {
  const refuse = (key: keyof DeclaredEvaluation, why: string): void => {
    if (declared?.[key] !== undefined) throw new FedwardError('CONFIG_INVALID', `${called(key)}: ${why}`, called(key));
  };
  const two = kind === 'class' && classes?.length === 2;
  if (kind !== 'time-to-event') refuse('horizon', 'it is of times until something happens, and these labels are none');
  if (two) return;
  for (const key of ['prevalence', 'threshold', 'operatingPoint'] as const)
    refuse(key, 'it is of two classes, and these labels are not of two');
}
