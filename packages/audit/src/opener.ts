import type { AuditEvent, JsonObject } from '@fedward/core';
import type { Signer } from '@fedward/kit-keys';

/** Who writes a log. */
export interface Opener {
  readonly now: () => string;
  /** Of the log's own entries. */
  readonly runId: string;
  readonly role?: string | undefined;
  readonly software?: readonly { readonly name: string; readonly version: string }[] | undefined;
  readonly operator?: string | undefined;
  readonly signer?: Signer | undefined;
}

/** Whether there is anything to say of who writes. */
export function isNamed({ role, software, operator, signer }: Opener): boolean {
  return [role, software, operator, signer].some((one) => one !== undefined);
}

/** The entry that says who writes from here on. */
export function openedEvent({ now, runId, role, software, operator, signer }: Opener): AuditEvent {
  const details: JsonObject = {
    ...(role !== undefined && { role }),
    ...(software && { software: software.map(({ name, version }) => ({ name, version })) }),
    ...(operator !== undefined && { operator }),
    ...(signer && { key: signer.verifierKey }),
  };
  return { type: 'log-opened', time: now(), runId, details };
}
