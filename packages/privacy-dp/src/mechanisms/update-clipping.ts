import { FedwardError, createParameters, type Update, type Parameters } from '@fedward/core';

/** An update within the clip norm, and what it was before. */
export interface ClippedUpdate {
  readonly update: Update;
  /** L2 norm of the change before it was clipped. */
  readonly norm: number;
}

/**
 * An update whose change, what it has minus what was sent, has an L2 norm of at most the clip norm over all tensors
 * together (McMahan et al. 2018, "flat clipping"). An update travels as weights, which float32 rounds: the change of the
 * rounded weights is what is bounded, not that of the weights before.
 *
 * @param clipNorm > 0
 * @throws {FedwardError} UPDATE_NOT_FINITE naming the client: a NaN has no norm
 */
export function clipUpdate(update: Update, sent: Parameters, clipNorm: number): ClippedUpdate {
  const { clientId, payload } = update;
  const norm = distance(payload.values, sent.values);
  if (!Number.isFinite(norm))
    throw new FedwardError('UPDATE_NOT_FINITE', `the update of ${clientId} has a NaN or Infinity`, clientId);
  if (norm <= clipNorm) return { update, norm };
  const values = shortened(payload.values, sent.values, clipNorm, norm);
  return { update: { ...update, payload: createParameters(payload.layout, values) }, norm };
}

/** Rounding may make a change longer again, so it is measured, and shortened until it fits. */
function shortened(values: Float32Array, from: Float32Array, clipNorm: number, norm: number): Float32Array {
  let factor = clipNorm / norm;
  for (let attempt = 0; attempt < 30; attempt++) {
    const shorter = values.map((x, i) => from[i]! + factor * (x - from[i]!));
    const left = distance(shorter, from);
    if (left <= clipNorm) return shorter;
    factor *= (clipNorm / left) * (1 - 2 ** -23);
  }
  return from.slice(); // the steps of float32 are longer here than the clip norm
}

/** L2 norm of a - b. */
function distance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(sum);
}
