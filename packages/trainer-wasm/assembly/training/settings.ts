export const CLIP_NONE: i32 = 0;
export const CLIP_PER_UNIT: i32 = 1;
export const CLIP_BATCH_MEAN: i32 = 2;

/** What a plan, its mechanism and its strategy ask of each step; terms as in core. */
export class Settings {
  optimizer: i32 = 0;
  learningRate: f64 = 0;
  momentum: f64 = 0;
  beta1: f64 = 0;
  beta2: f64 = 0;
  epsilon: f64 = 0;
  proximalMu: f64 = 0;
  hasCorrection: bool = false;
  clip: i32 = 0;
  clipNorm: f64 = 0;
  noiseMultiplier: f64 = 0;
  /** Rounds of ChaCha: 8 for simulated, 20 for secret noise. */
  noiseRounds: i32 = 8;
  /** Normal draws that make one value of noise: 1 for simulated, 4 for secret noise. */
  noiseDraws: i32 = 1;
  /** Divisor of the sum; 0: the batch's own size. */
  expectedSize: f64 = 0;
  probability: f64 = 0;
}
