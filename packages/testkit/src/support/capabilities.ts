import assert from 'node:assert/strict';
import type { Capability } from '@fedward/core';

const known: readonly Capability[] = ['individual-updates', 'sum-only', 'bounded-sensitivity'];

export function assertCapabilities(member: string, capabilities: readonly Capability[]): void {
  assert.ok(Array.isArray(capabilities), `${member} is not a list`);
  for (const capability of capabilities)
    assert.ok(known.includes(capability), `${member} names ${capability}; known are ${known.join(', ')}`);
}
