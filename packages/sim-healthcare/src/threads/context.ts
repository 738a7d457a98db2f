import {
  FedwardError,
  Random,
  SecureNoise,
  SeededNoise,
  type ClientContext,
  type NoiseSource,
  type TrainingPlan,
} from '@fedward/core';
import type { SentContext } from './messages.js';

/** @throws {FedwardError} CONFIG_INCOMPATIBLE for noise that is neither of core's kinds */
export function sendContext({ plan, random, noise, ...plain }: ClientContext): SentContext {
  return { ...plain, randomKey: random.key(), noiseKey: noiseKeyOf(noise) };
}

export function receiveContext({ randomKey, noiseKey, ...plain }: SentContext, plan: TrainingPlan): ClientContext {
  return {
    ...plain,
    plan,
    random: new Random(randomKey),
    noise: noiseKey ? new SeededNoise(noiseKey) : new SecureNoise(),
  };
}

function noiseKeyOf(noise: NoiseSource): Uint32Array | null {
  if (noise instanceof SeededNoise) return noise.keystream().key;
  if (noise instanceof SecureNoise) return null;
  throw new FedwardError(
    'CONFIG_INCOMPATIBLE',
    'this noise source cannot go to another thread or process',
    '--workers',
  );
}
