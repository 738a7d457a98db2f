import type { RoundReport } from '@fedward/core';
import type { SimulationResult } from './result.js';

/** What was sent to hospitals and received from them over all rounds. */
export function bytesOf(rounds: readonly RoundReport[]): NonNullable<SimulationResult['bytes']> {
  const sum = (of: (bytes: RoundReport['bytes']) => number) =>
    rounds.reduce((total, { bytes }) => total + of(bytes), 0);
  return {
    sent: sum(({ sent }) => sent),
    received: sum(({ received }) => received),
    uncompressed: sum(({ received, uncompressed = received }) => uncompressed),
  };
}
