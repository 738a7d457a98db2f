import type { Msg, NatsConnection } from '@nats-io/nats-core';
import * as z from 'zod';
import { accountOf } from './config.js';

/** What the hub tells of who connects to it. */
export interface HubEvent {
  readonly what: 'connected' | 'disconnected' | 'refused';
  /** The identity in the certificate (`identities`); null for who has none that the hub knows. */
  readonly who: string | null;
  /** From where: an address, as the hub sees it. */
  readonly address: string;
  /** The hub's words. */
  readonly why?: string;
}

const subjectsOf = {
  connected: '$SYS.ACCOUNT.*.CONNECT',
  disconnected: '$SYS.ACCOUNT.*.DISCONNECT',
  refused: '$SYS.SERVER.*.CLIENT.AUTH.ERR',
} as const;

const text = z.string().max(1000);
const event = z.object({
  client: z.object({ host: text.default(''), user: text.optional() }),
  reason: text.optional(),
});

/**
 * Hears of every connection that is made, ends, or is refused, for as long as it is watched: whoever opens no TLS with the
 * federation's certificates is seen in the hub's own log alone.
 *
 * @param connection of the system account (`identities.system`)
 */
export function watchHub(connection: NatsConnection, onEvent: (event: HubEvent) => void): { close(): void } {
  const watched = Object.entries(subjectsOf).map(([what, subject]) =>
    connection.subscribe(subject, {
      callback: (error, message) => {
        if (!error) tell(what as HubEvent['what'], message, onEvent);
      },
    }),
  );
  return { close: () => watched.forEach((each) => each.unsubscribe()) };
}

/** The hub is no party that is trusted with the coordinator's life: what it sends may be anything. */
function tell(what: HubEvent['what'], message: Msg, onEvent: (event: HubEvent) => void): void {
  let told: z.output<typeof event>;
  try {
    told = event.parse(JSON.parse(message.string()));
  } catch {
    return;
  }
  const { client, reason: why } = told;
  onEvent({ what, who: client.user ?? null, address: client.host, ...(why !== undefined && { why }) });
}

const connections = z.object({
  data: z.object({ connections: z.array(z.object({ authorized_user: text.optional() })).nullish() }),
});

/**
 * Identities that are connected to a hospital's account now.
 * @param connection of the system account
 * @throws {Error} the library's own, where the hub does not answer within 5 s
 */
export async function connectedAt(connection: NatsConnection, site: string): Promise<string[]> {
  const question = JSON.stringify({ auth: true });
  const answer = await connection.request(`$SYS.REQ.ACCOUNT.${accountOf(site)}.CONNZ`, question, { timeout: 5000 });
  const parsed = connections.safeParse(JSON.parse(answer.string()));
  return (parsed.data?.data.connections ?? []).flatMap((each) => each.authorized_user ?? []);
}
