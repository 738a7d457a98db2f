import type { GradientPrivacy } from '../interfaces/gradient-privacy.js';

/**
 * What the steps of one training did to protect their gradients, written down by the code that does it: a path that
 * leaves out clipping or noise can't claim them.
 */
export interface PrivacyRecord {
  /** The gradient of the step under way was clipped like this. The sum over an empty batch is clipped by itself. */
  clipped(clip: GradientPrivacy['clip'], clipNorm: number): void;
  /** Noise of this multiplier was added to it; 0 where none was asked. */
  noised(noiseMultiplier: number): void;
  /** The step is done, with or without the two. */
  endStep(): void;
  /** For `Trained.applied`: what every step so far did alike; undefined where one did not. */
  applied(): GradientPrivacy | undefined;
}

export function createPrivacyRecord(): PrivacyRecord {
  let clip: Pick<GradientPrivacy, 'clip' | 'clipNorm'> | undefined;
  let noiseMultiplier: number | undefined;
  let common: GradientPrivacy | undefined;
  let steps = 0;
  let alike = true;
  return {
    clipped: (kind, clipNorm) => void (clip = { clip: kind, clipNorm }),
    noised: (multiplier) => void (noiseMultiplier = multiplier),
    endStep() {
      const step = clip && noiseMultiplier !== undefined ? { ...clip, noiseMultiplier } : undefined;
      if (steps++ === 0) common = step;
      alike &&= same(common, step);
      clip = undefined;
      noiseMultiplier = undefined;
    },
    applied: () => (alike ? common : undefined),
  };
}

function same(a: GradientPrivacy | undefined, b: GradientPrivacy | undefined): boolean {
  return a?.clip === b?.clip && a?.clipNorm === b?.clipNorm && a?.noiseMultiplier === b?.noiseMultiplier;
}
