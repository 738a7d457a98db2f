import { reserve } from '../memory';

/** ChaCha keys of 8 words: of its dropout masks, and of its noise source (sampling, noise). */
export const randomKey: usize = memory.data(32, 16);
export const noiseKey: usize = memory.data(32, 16);

/** Rounds of the generator of dropout masks: 8, or 20 where they are to be secret. */
export let maskRounds: i32 = 8;
export function setMaskRounds(rounds: i32): void {
  maskRounds = rounds;
}

/** The step under way, from 0 on within a training. */
export let stepNumber: u32 = 0;
export function setStep(step: u32): void {
  stepNumber = step;
}

/** All values are in the layout of the model; buffers have some room to spare. */
export class Weights {
  readonly values: usize;
  /** What the training started from. */
  readonly initial: usize;
  readonly gradient: usize;
  /** Added to each step's gradient where `hasCorrection`. */
  readonly correction: usize;

  constructor(readonly size: i32) {
    this.values = reserve(size);
    this.initial = reserve(size);
    this.gradient = reserve(size);
    this.correction = reserve(size);
  }
}
