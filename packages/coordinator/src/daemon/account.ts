import { hasCode } from '@fedward/core';
import type { connectHub, Presence } from '@fedward/transport-nats';
import { machineSeconds, type Silence } from './silence.js';

export type Connection = Awaited<ReturnType<typeof connectHub>>;

/** An account at the hub, as the coordinator is connected there. */
export interface Account {
  readonly connected: Promise<Connection>;
  connection?: Connection;
  /** Of the hospital whose account it is. */
  presence?: Presence;
  readonly stop: AbortController;
  /** Whether the connection stands. */
  linked: boolean;
  /** Makes streams that are missing, and is an answer of the hub's in any case. */
  readonly heal: (connection: Connection) => Promise<void>;
  readonly silence: Silence;
  /** While its streams are looked after. */
  healing?: Promise<void> | undefined;
}

/**
 * Makes the streams that the hub has lost. A hub that is away is told by its connection, and asked once it is back; one that
 * answers nothing over a connection that stands hangs.
 * @param onSilent hears of that, for as long as it is so. @param seconds since when
 */
export function lookAfter(account: Account, onSilent: (seconds: number) => void): void {
  const { connection, silence } = account;
  if (!connection || connection.isClosed() || account.healing) return;
  const asked = machineSeconds();
  const unanswered = (error: unknown): void => {
    if (!hasCode(error, 'HUB_SILENT')) return silence.answered(); // a refusal is an answer
    if (!account.linked) return;
    silence.unanswered(asked);
    if (silence.seconds !== undefined) onSilent(silence.seconds);
  };
  account.healing = account
    .heal(connection)
    .then(() => silence.answered(), unanswered)
    .finally(() => (account.healing = undefined));
}
