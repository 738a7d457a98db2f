import { FedwardError, incompatible, type Update } from '@fedward/core';

/** Numbers that can be shortened: not the words of a sum that is masked or counted. */
type Numbers = Float32Array | Float64Array;

/** An update within the clip norm, and what it was before. */
export interface ClippedUpdate {
  readonly update: Update;
  /** L2 norm before it was clipped. */
  readonly norm: number;
}

/**
 * An update of an L2 norm of at most the clip norm over all tensors together (McMahan et al. 2018, "flat clipping"), in
 * the element type that it came in. What is bounded is what travels: the norm is that of the rounded numbers, measured in
 * float64.
 *
 * @param clipNorm > 0
 * @param mechanism whose clipping it is, for messages
 * @throws {FedwardError} UPDATE_NOT_FINITE naming the client: a NaN has no norm; CONFIG_INCOMPATIBLE for words (u32)
 */
export function clipUpdate(update: Update, clipNorm: number, mechanism: string): ClippedUpdate {
  const values = numbersOf(update, mechanism);
  const norm = normOf(values);
  if (Number.isNaN(norm))
    throw new FedwardError(
      'UPDATE_NOT_FINITE',
      `the update of ${update.clientId} has a NaN or Infinity`,
      update.clientId,
    );
  if (norm <= clipNorm) return { update, norm };
  return { update: { ...update, payload: { ...update.payload, values: shortened(values, clipNorm, norm) } }, norm };
}

/** @throws {FedwardError} CONFIG_INCOMPATIBLE for words: noise on them, or a norm of them, means nothing */
export function numbersOf({ payload: { values } }: Update, mechanism: string): Numbers {
  if (!(values instanceof Uint32Array)) return values;
  throw incompatible(
    `${mechanism} acts on numbers (float32 or float64), and the update is of 32-bit words: name it before what masks or counts`,
    'privacy.mechanisms',
  );
}

/** Rounding may make it longer again, so it is measured, and shortened until it fits. */
function shortened<V extends Numbers>(values: V, clipNorm: number, norm: number): V {
  let factor = clipNorm / norm;
  for (let attempt = 0; attempt < 30; attempt++) {
    const shorter = values.map((x) => factor * x) as V;
    const left = normOf(shorter);
    if (left <= clipNorm) return shorter;
    factor *= (clipNorm / left) * (1 - 2 ** -23);
  }
  return values.map(() => 0) as V;
}

/** L2 norm in float64; NaN where a value is not finite. */
function normOf(values: Numbers): number {
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += values[i]! * values[i]!;
  if (squares < Infinity) return Math.sqrt(squares);
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]!));
  if (!Number.isFinite(most)) return NaN;
  // The squares of float64 go beyond it, those of float32 never do.
  let shares = 0;
  for (let i = 0; i < values.length; i++) shares += (values[i]! / most) ** 2;
  return Math.min(most * Math.sqrt(shares), Number.MAX_VALUE);
}
