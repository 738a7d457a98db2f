import { readAuditLog } from '@fedward/audit';
import { planHash, sha256, type Plan } from '@fedward/core';
import { openLog } from '@fedward/kit-daemon';
import type { Signer } from '@fedward/kit-keys';
import {
  connectHub,
  ensureDown,
  ensureSiteStreams,
  natsTransport,
  sealEnvelope,
  subjects,
  tokenOf,
  type Body,
  type Member,
  type Sealed,
} from '@fedward/transport-nats';
import { verifierOf } from '@fedward/kit-keys';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { identities, startHub, type TestHub } from '../../../../tools/testing/nats-hub.js';
import { overNats, startSite, type SiteDaemon } from '../daemon/index.js';
import { hospitalFolder, temporary } from './hospitals.js';
import { tableIn } from './table.js';

type Connection = Member['connection'];

/** Hospitals as daemons at a hub, and somebody who has all that the coordinator's machine has but its signing key. */
export class Besieged {
  readonly lines: string[] = [];
  /** In each hospital's account, by the coordinator's own certificate. */
  readonly inAccount = new Map<string, Connection>();
  readonly #daemons = new Map<string, SiteDaemon>();

  private constructor(
    readonly at: string,
    readonly hub: TestHub,
    readonly coordinator: Signer,
    readonly down: Connection,
  ) {}

  static async start(ids: readonly string[], coordinator: Signer): Promise<Besieged> {
    const hub = await startHub({ sites: ids });
    onTestFinished(() => hub.close());
    const as = async (uri: string): Promise<Connection> => {
      const pass = await hub.party(uri);
      const connection = await connectHub({ servers: [hub.url], identity: () => pass, party: 'coordinator' });
      onTestFinished(() => connection.close());
      return connection;
    };
    const down = await as(identities.coordinator(hub.federation));
    await ensureDown(down);
    const made = new Besieged(temporary(), hub, coordinator, down);
    for (const id of ids) {
      const connection = await as(identities.coordinatorAt(hub.federation, id));
      await ensureSiteStreams(connection);
      made.inAccount.set(id, connection);
      const { federation } = hub;
      const data = tableIn(made.at);
      const more = { federation, data, hub: { servers: [hub.url] }, ledger: { budget: 50 } };
      await hospitalFolder(made.at, id, coordinator, { ...more, noise: 'secret' });
      await made.starts(id);
    }
    onTestFinished(async () => {
      for (const daemon of made.#daemons.values()) await daemon.close();
    });
    return made;
  }

  /** Starts a hospital's daemon; one that runs is ended first. */
  async starts(id: string): Promise<SiteDaemon> {
    await this.#daemons.get(id)?.close();
    const write = (line: string): void => void this.lines.push(line);
    const daemon = await startSite(join(this.at, id), {
      log: await openLog({ level: 'info', destination: { write } }),
      onStop: () => undefined,
      connect: overNats({ read: () => this.hub.party(identities.site(this.hub.federation, id)) }),
    });
    this.#daemons.set(id, daemon);
    return daemon;
  }

  site(id: string): SiteDaemon['running']['site'] {
    return this.#daemons.get(id)!.running.site;
  }

  /** The true coordinator's transport, until the test is over. */
  transport(ids: readonly string[], plan: Plan, runId = 'study-1') {
    const members = ids.map((id) => {
      const verifier = verifierOf(this.site(id).signer.verifierKey);
      return { id, verifier: () => verifier, connection: this.inAccount.get(id)! };
    });
    const { federation } = this.hub;
    const asked = { federation, runId, planHash: planHash(plan), signer: this.coordinator, members };
    const transport = natsTransport(this.down, asked);
    onTestFinished(() => transport.close());
    return transport;
  }

  /** A message as of the coordinator, signed by whomever. */
  message(to: string, changes: Partial<Body>, signer: Signer): Sealed {
    const { federation } = this.hub;
    const place = { from: 'coordinator', to, federation, run: 'study-1', lane: 0, order: 1000, payload: null, inline: false }; // prettier-ignore
    const text = JSON.stringify(changes);
    const named = { task: sha256(`task ${text}`), ask: sha256(`ask ${text}`) };
    return sealEnvelope({ kind: 'answer', said: '{}', ...place, ...named, ...changes }, signer);
  }

  /** Puts a message where the coordinator's questions lie, of a kind and lane that are the attacker's to choose. */
  async puts(to: string, { data, headers }: Sealed, lane = Math.floor(Math.random() * 1e9)): Promise<void> {
    const place = subjects.task('answer', tokenOf('study-1'), lane);
    await this.inAccount.get(to)!.request(place, data, { timeout: 60_000, ...(headers && { headers }) });
  }

  /** What the coordinator sends to a hospital from now on, as whoever listens in the account has it. */
  overhears(id: string): Sealed[] {
    const heard: Sealed[] = [];
    this.inAccount.get(id)!.subscribe(subjects.tasks, {
      callback: (_, { data, headers }) => {
        headers?.delete('Nats-Msg-Id'); // by it the hub would drop what it has seen
        heard.push({ data, headers });
      },
    });
    return heard;
  }

  /** Refusals in a hospital's log: codes and reasons. */
  async refusals(id: string): Promise<{ code: string; reason: string }[]> {
    const found: { code: string; reason: string }[] = [];
    for await (const { event } of readAuditLog(join(this.at, id, 'audit')))
      if (event.type === 'refusal') found.push(event.details as never);
    return found;
  }
}
