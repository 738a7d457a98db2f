import { setTimeout as sleep } from 'node:timers/promises';
import { FedwardError, planHash, wordsOf } from '@fedward/core';
import { seldom, type Log } from '@fedward/kit-daemon';
import {
  assertServer,
  connectHub,
  ensureDown,
  ensureSiteStreams,
  natsTransport,
  watchLog,
  watchPresence,
  watchRequests,
  type NatsTransport,
  type Study,
} from '@fedward/transport-nats';
import { lookAfter, type Account, type Connection } from './account.js';
import { hubAddresses } from '../hub/addresses.js';
import type { Office } from '../members/office.js';
import { answerRenewal } from '../members/renewal.js';
import type { MembersService } from '../members/service.js';
import { mostBytesOf } from './most-bytes.js';
import type { LiveLogs } from './live-logs.js';
import { Silence } from './silence.js';
import type { StudyTransport, TransportFactory } from '../studies/parts.js';
import type { Presence, Present } from '../studies/presence.js';

/** Of `HubLink`. */
export interface HubLinkOptions {
  readonly office: Office;
  readonly members: MembersService;
  readonly log: Log;
  readonly live: LiveLogs;
  /** Hears of messages that are not taken. */
  readonly onRefused?: (site: string, code: string) => void;
  /** The hub answers nothing in an account to which the connection stands. @param why in words */
  readonly onSilent?: (why: string) => void;
  /** How long that must have lasted, seconds. Default: 20. */
  readonly silentSeconds?: number;
}

/** How long a study that begins waits for connections, milliseconds; after that it tries again by itself. */
const patience = 30_000;
/** How long it waits for one hospital's account, milliseconds: the study goes on without it. */
const patienceWithOne = 5000;
/** How often streams are looked after, milliseconds: a hub that has lost its disk has none. */
const healEvery = 2000;
/** Once is enough: it is asked again by the next look. */
const askedOnce = { tries: 1 };

/** The coordinator's connections: to the federation's account and to each member's, with who is present and what they ask. */
export class HubLink implements TransportFactory, Presence {
  readonly #accounts = new Map<string, Account>();
  readonly #federation: Account;
  readonly #healing: NodeJS.Timeout;

  constructor(private readonly options: HubLinkOptions) {
    const heal = (connection: Connection): Promise<void> => ensureDown(connection, undefined, askedOnce);
    this.#federation = this.#connect('federation', heal, (connection) => ensureDown(connection));
    this.refresh();
    this.#healing = setInterval(() => this.#heal(), healEvery);
    this.#healing.unref();
  }

  /** Whether the federation's account is connected. */
  get connected(): boolean {
    const { connection } = this.#federation;
    return connection !== undefined && !connection.isClosed();
  }

  /** In whose account the hub answers nothing; undefined where it does in all. `federation`: the coordinator's own. */
  get silentFor(): string | undefined {
    if (this.#federation.silence.seconds !== undefined) return 'federation';
    return [...this.#accounts].find(([, { silence }]) => silence.seconds !== undefined)?.[0];
  }

  /** Connects to the accounts of who is new, and lets go of those of who is a member no longer. */
  refresh(): void {
    const active = new Set(this.options.members.active().map(({ id }) => id));
    for (const id of active) if (!this.#accounts.has(id)) this.#accounts.set(id, this.#open(id));
    for (const [id, account] of this.#accounts) {
      if (active.has(id)) continue;
      this.#accounts.delete(id);
      void this.#close(account);
    }
  }

  of(id: string): Present {
    const watched = this.#accounts.get(id)?.presence;
    if (!watched) return { present: false, heardSecondsAgo: Infinity };
    const { present, heardSecondsAgo, said } = watched;
    const training = said?.atWork.find(({ kind, run }) => kind === 'answer' && run !== undefined);
    const { run: runId, round } = training ?? {};
    const software = said?.software.find(({ name }) => name === '@fedward/site');
    const busy = runId !== undefined && { busyWith: { runId, ...(round !== undefined && { round }) } };
    return { present, heardSecondsAgo, ...(software && { version: software.version }), ...busy };
  }

  /**
   * Whoever's account can't be reached is absent, and in the study as soon as it can: a hospital that takes all connections of
   * its account holds up nobody but itself.
   * @throws {FedwardError} CLIENT_ABSENT where the hub can't be reached: it is tried again
   */
  async open(study: Study): Promise<StudyTransport> {
    const hub = await this.#reached(this.#federation, 'the hub', patience);
    const there = study.members.filter((id) => this.#accounts.has(id));
    const soon = Promise.all(there.map((id) => this.#reached(this.#accounts.get(id)!, id, patienceWithOne).catch(() => undefined))); // prettier-ignore
    const connections = new Map((await soon).map((connection, i) => [there[i]!, connection] as const));
    const first = this.#transport(hub, study, connections);
    const late = new Map<string, NatsTransport>();
    const of = (id: string): NatsTransport => {
      const account = this.#accounts.get(id);
      if (!there.includes(id) || !account) throw new FedwardError('CLIENT_UNKNOWN', `${id} is no member any more`, id);
      if (connections.get(id)) return first;
      if (!account.connection) throw new FedwardError('CLIENT_ABSENT', `the account of ${id} can't be reached`, id);
      const own = late.get(id) ?? this.#transport(hub, study, new Map([[id, account.connection]]));
      late.set(id, own);
      return own;
    };
    return {
      clients: () => study.members,
      client: (id) => of(id).client(id),
      announce: async (id, task, signal) => of(id).announce(id, task, signal),
      propose: async (id, asked, signal) => of(id).propose(id, asked, signal),
      ended: async (id, notice, signal) => of(id).ended(id, notice, signal),
      close: async () => void (await Promise.all([first, ...late.values()].map((transport) => transport.close()))),
    };
  }

  async close(): Promise<void> {
    clearInterval(this.#healing);
    await Promise.all([this.#federation, ...this.#accounts.values()].map((account) => this.#close(account)));
    this.#accounts.clear();
  }

  #open(id: string): Account {
    const { office, members, log, live } = this.options;
    const { federation } = office.config;
    const heal = (connection: Connection): Promise<void> => ensureSiteStreams(connection, undefined, askedOnce);
    const account: Account = this.#connect(id, heal, async (connection) => {
      await ensureSiteStreams(connection);
      const member = { id, verifier: () => members.verifierOf(id), connection };
      const rarely = seldom();
      const onRefused = ({ code, message }: FedwardError): void => {
        this.options.onRefused?.(id, code);
        rarely(code, (left) => log.warn(message, { site: id, code, ...(left > 0 && { left }) }));
      };
      account.presence = watchPresence(member, { federation, onRefused });
      const shown = watchLog(member, { federation, onRefused, onLine: (line) => live.add(id, line) });
      account.stop.signal.addEventListener('abort', () => shown.close());
      const answer = async (kind: string, said: unknown): Promise<unknown> => {
        if (kind === 'certificate') return answerRenewal(office, id, said);
        throw new FedwardError('MESSAGE_INVALID', `the coordinator answers no requests of the kind ${kind}`, kind);
      };
      const requests = watchRequests(member, answer, { federation, signer: office.signer, onRefused });
      account.stop.signal.addEventListener('abort', () => void requests.close().catch(() => undefined));
    });
    return account;
  }

  #transport(hub: Connection, study: Study, connections: ReadonlyMap<string, Connection | undefined>): NatsTransport {
    const { office, log, members } = this.options;
    const rarely = seldom();
    return natsTransport(hub, {
      ...{ federation: office.config.federation, runId: study.id, planHash: planHash(study.plan) },
      ...{ signer: office.signer, mostBytes: mostBytesOf(study) },
      members: [...connections].flatMap(([id, connection]) =>
        connection ? [{ id, verifier: () => members.verifierOf(id), connection }] : [],
      ),
      onEvent: ({ kind, site, code, words }) => {
        if (kind === 'refused') this.options.onRefused?.(site, code);
        rarely(`${site} ${kind} ${code}`, (left) =>
          log.warn(words, { study: study.id, site, kind, code, ...(left > 0 && { left }) }),
        );
      },
    });
  }

  /** @param id of a member, or `federation` */
  #connect(id: string, heal: Account['heal'], prepare: (connection: Connection) => Promise<void>): Account {
    const { office, members, log } = this.options;
    const stop = new AbortController();
    const connecting = async (): Promise<Connection> => {
      const connection = await connectHub({
        servers: hubAddresses(office.config),
        identity: () => members.identity(id === 'federation' ? id : { site: id }),
        party: 'coordinator',
        signal: stop.signal,
        onStatus: ({ state, server, why }) => {
          account.linked = state === 'connected';
          log.info(why ?? `connected to ${server}`, { account: id, state });
        },
      });
      const notice = id === 'federation' ? assertServer(connection) : undefined;
      if (notice !== undefined) log.warn(notice);
      // A hub that goes away meanwhile comes back; a hospital that has what it may not have is told of.
      for (let wait = 250; ; wait = Math.min(2 * wait, 10_000)) {
        try {
          await prepare(connection);
          break;
        } catch (error) {
          if (stop.signal.aborted || connection.isClosed()) throw error;
          log.warn(wordsOf(error), { account: id });
          await sleep(wait, undefined, { signal: stop.signal });
        }
      }
      account.connection = connection;
      return connection;
    };
    const silence = new Silence({ ...(this.options.silentSeconds !== undefined && { seconds: this.options.silentSeconds }) }); // prettier-ignore
    // Before it connects, which tells of it.
    const account: Account = { connected: Promise.resolve().then(connecting), stop, linked: false, heal, silence };
    account.connected.catch((error: unknown) => {
      if (!stop.signal.aborted) log.error(wordsOf(error), { account: id });
    });
    return account;
  }

  async #reached({ connected }: Account, what: string, within: number): Promise<Connection> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new FedwardError('CLIENT_ABSENT', `${what} can't be reached`)), within);
    });
    return Promise.race([connected, late]).finally(() => clearTimeout(timer));
  }

  #heal(): void {
    const { onSilent } = this.options;
    for (const [id, account] of [['the federation', this.#federation] as const, ...this.#accounts])
      lookAfter(account, (seconds) => onSilent?.(`it runs, and has answered nothing in the account of ${id} for ${Math.round(seconds)} s`)); // prettier-ignore
  }

  async #close({ connection, stop, presence }: Account): Promise<void> {
    stop.abort();
    presence?.close();
    await connection?.close().catch(() => undefined);
  }
}
