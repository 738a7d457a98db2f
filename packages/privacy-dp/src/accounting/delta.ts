import { assertThat } from '@fedward/core';

/** @throws {FedwardError} ARGUMENT_INVALID unless 0 < delta < 1 */
export function assertDelta(delta: number): void {
  assertThat(delta > 0 && delta < 1, 'delta', `delta must be above 0 and below 1, got ${delta}`);
}
