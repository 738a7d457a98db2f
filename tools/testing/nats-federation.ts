import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@fedward/core';
import { signerOf, verifierOf, type Signer } from '@fedward/kit-keys';
import { connectHub, identities, natsTransport, serveSite, streams } from '@fedward/transport-nats';
import type { CourierEvent, Member, NatsTransport, NatsTransportOptions, SiteCourier } from '@fedward/transport-nats';
import type { SiteCourierOptions, SiteDoor, StudyNotice, TransportEvent } from '@fedward/transport-nats';
import { startHub, type TestHub } from './nats-hub.js';

/** A connection, by whichever version of the library. */
type Connection = Member['connection'];

/** A signer whose key is of this process alone. */
export function newSigner(name: string): Signer {
  return signerOf(name, generateKeyPairSync('ed25519').privateKey);
}

/** A door that lets everything in to one client. */
export function openDoor(client: Client, told: (StudyNotice | { taken: number })[] = []): SiteDoor {
  return {
    admit: async () => undefined,
    clientOf: async () => client,
    async study(notice) {
      told.push(notice);
      return { state: 'approved', why: 'all is approved here' };
    },
    taken: async (_, round) => void told.push({ taken: round }),
  };
}

/** A hub of the tests with the connections of its parties, and both halves of the transport over it. */
export class TestFederation {
  readonly events: (TransportEvent | (CourierEvent & { readonly id: string }))[] = [];
  readonly coordinatorKey = newSigner('coordinator');
  readonly keys = new Map<string, Signer>();
  readonly #folder = mkdtempSync(join(tmpdir(), 'fedward-courier-'));
  readonly #open: { close(): Promise<void> }[] = [];

  private constructor(
    readonly hub: TestHub,
    readonly down: Connection,
    /** In each hospital's account, and the hospital's own, by the id of the account. */
    readonly inAccount: ReadonlyMap<string, Connection>,
    readonly own: ReadonlyMap<string, Connection>,
  ) {}

  static async start(accounts: readonly string[], server?: string): Promise<TestFederation> {
    const hub = await startHub({ sites: accounts, ...(server !== undefined && { server }) });
    const connect = async (at: (id: string) => Promise<Connection>) =>
      new Map(await Promise.all(accounts.map(async (id) => [id, await at(id)] as const)));
    const inAccount = await connect((id) =>
      connectAs(hub, 'coordinator', identities.coordinatorAt(hub.federation, id)),
    );
    return new TestFederation(
      hub,
      await connectAs(hub, 'coordinator', identities.coordinator(hub.federation)),
      inAccount,
      await connect((id) => connectAs(hub, id, identities.site(hub.federation, id))),
    );
  }

  keyOf(id: string): Signer {
    const key = this.keys.get(id) ?? newSigner('site');
    this.keys.set(id, key);
    return key;
  }

  member(id: string, account = id): Member {
    const verifier = verifierOf(this.keyOf(id).verifierKey);
    return { id, verifier: () => verifier, connection: this.inAccount.get(account)! };
  }

  folderOf(id: string): string {
    return join(this.#folder, Buffer.from(id).toString('hex'));
  }

  async courier(
    id: string,
    door: SiteDoor,
    more: Partial<SiteCourierOptions> & { readonly account?: string } = {},
  ): Promise<SiteCourier> {
    const { account = id, ...options } = more;
    const verifier = verifierOf(this.coordinatorKey.verifierKey);
    const courier = await serveSite({
      ...{ connection: this.own.get(account)!, federation: this.hub.federation, id, door },
      ...{ signer: this.keyOf(id), coordinator: () => verifier, folder: this.folderOf(id) },
      onEvent: (event) => void this.events.push({ ...event, id }),
      ...options,
    });
    this.#open.push(courier);
    return courier;
  }

  transport(members: readonly Member[], more: Partial<NatsTransportOptions> = {}): NatsTransport {
    const transport = natsTransport(this.down, {
      ...{
        federation: this.hub.federation,
        runId: 'run-1',
        planHash: 'sha256:00',
        signer: this.coordinatorKey,
        members,
      },
      onEvent: (event) => void this.events.push(event),
      ...more,
    });
    this.#open.push(transport);
    return transport;
  }

  /** Ends couriers and transports, and forgets what they left. */
  async clear(): Promise<void> {
    await Promise.all(this.#open.splice(0).map((each) => each.close()));
    this.events.length = 0;
    rmSync(this.#folder, { recursive: true, force: true });
    const purge = (connection: Connection, stream: string) =>
      connection.request(`$JS.API.STREAM.PURGE.${stream}`, '').catch(() => undefined);
    const { down, ...inAccount } = streams;
    await Promise.all([
      purge(this.down, down),
      ...[...this.inAccount.values()].flatMap((at) => Object.values(inAccount).map((stream) => purge(at, stream))),
    ]);
  }

  async close(): Promise<void> {
    await this.clear();
    await Promise.all([this.down, ...this.inAccount.values(), ...this.own.values()].map((each) => each.close()));
    await this.hub.close();
  }
}

/** Connects a party of the tests by a certificate of its own. */
async function connectAs(hub: TestHub, party: string, uri: string): Promise<Connection> {
  const identity = await hub.party(uri);
  return connectHub({ servers: [hub.url], identity: () => identity, party });
}
