import assert from 'node:assert/strict';
import type { Capability } from '@fedward/core';

/** Fails unless each has a name, and is there once. The set is open: plugins name what plugins need. */
export function assertCapabilities(member: string, capabilities: readonly Capability[]): void {
  assert.ok(Array.isArray(capabilities), `${member} is not a list`);
  for (const capability of capabilities)
    assert.ok(
      typeof capability === 'string' && /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(capability),
      `${member} names ${JSON.stringify(capability)}; a capability is written as individual-updates is`,
    );
  assert.equal(new Set(capabilities).size, capabilities.length, `${member} names a capability twice`);
}
