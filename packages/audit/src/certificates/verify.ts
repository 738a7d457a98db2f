import type { EntryProof, JsonObject, RoundCertificate } from '@fedward/core';
import { verifierOf, type Verifier } from '@fedward/kit-keys';
import type { Checkpoint } from '@fedward/kit-merkle';
import type * as z from 'zod';
import { reasonOf } from '../event.js';
import { provedEntry, trustedKey, type ProvedEntry } from './entry.js';
import { answeredSchema, certificateSchema, certifiedSchema, type Certified } from './schema.js';
import { witnessedHead, type WitnessedHead } from './witnessed.js';

/** What does not hold in a certificate. */
export interface CertificateFault {
  /** `certificate`, `coordinator`, a site's id, or `witnessed 0` and so on: the part that it is about. */
  readonly part: string;
  readonly message: string;
}

/** What a site shows in a certificate. */
export interface CertifiedSite {
  readonly id: string;
  readonly verifierKey: string;
  /** Of the answer in its own log, and the round that it says. */
  readonly index: number;
  readonly round: number;
  /** Its own log as it stood then. */
  readonly head: Checkpoint;
}

/** What a certificate shows. */
export interface CertificateVerification {
  /** True where all that it says is signed, proved, and said by all of them alike. */
  readonly ok: boolean;
  readonly faults: readonly CertificateFault[];
  readonly runId: string | null;
  readonly round: number | null;
  /** Of the server's entry; null where that does not hold. */
  readonly certified: Certified | null;
  /** The server's entry in its log, and the head that it was proved under. */
  readonly coordinator: { readonly verifierKey: string; readonly index: number; readonly head: Checkpoint } | null;
  /** Of those whose entry holds. */
  readonly sites: readonly CertifiedSite[];
  /** Heads of the server's log that sites have cosigned, by which keys. */
  readonly witnessed: readonly WitnessedHead[];
}

/**
 * Checks a round's certificate by public keys alone, without log, server or site: that each entry is in the log of a key
 * that is trusted; that the server's entry and each site's own speak of the same update, plan and data sheet; that the sites
 * cosigned the heads of the server's log which their entries name; and that nobody took part who does not show it.
 *
 * What it can't show: that a key is whose it should be, and what those who hold all keys made up together.
 *
 * @param certificate as JSON
 * @param keys verifier keys (C2SP signed-note) of the server and of the sites
 * @throws {FedwardError} ARGUMENT_INVALID for a key that is none; never for what is in the certificate
 */
export function verifyCertificate(certificate: unknown, keys: readonly string[]): CertificateVerification {
  const parsed = certificateSchema.safeParse(certificate);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    const fault = { part: 'certificate', message: `it is no certificate: ${path.join('.')}: ${message}` };
    return { ...nothing, faults: [fault] };
  }
  const { runId, round } = parsed.data;
  const faults: CertificateFault[] = [];
  const held = new Holding(parsed.data, keys, faults);
  const { coordinator, certified } = held.coordinator();
  const sites = certified && coordinator ? held.sites(certified, coordinator) : [];
  const witnessed = held.witnessed(coordinator, sites);
  return {
    ...{ ok: faults.length === 0, faults, runId, round, certified: certified ?? null },
    coordinator: coordinator
      ? { verifierKey: coordinator.key.verifierKey, index: coordinator.index, head: coordinator.head }
      : null,
    sites: sites.map(({ id, key, index, event, head }) => ({
      ...{ id, verifierKey: key.verifierKey, index, head },
      round: event.round ?? round,
    })),
    witnessed,
  };
}

const nothing: Omit<CertificateVerification, 'faults'> = {
  ...{ ok: false, runId: null, round: null, certified: null, coordinator: null },
  ...{ sites: [], witnessed: [] },
};

/** An entry with its proof, as a certificate has it. */
type Shown = EntryProof & { readonly verifierKey?: string; readonly details?: JsonObject };
type Proved = ProvedEntry & { readonly key: Verifier };
type ProvedSite = Proved & {
  readonly id: string;
  readonly serverHead: { readonly index: number; readonly root: string };
};

/** A certificate under examination. What does not hold is in `faults`. */
class Holding {
  constructor(
    private readonly certificate: RoundCertificate,
    private readonly keys: readonly string[],
    private readonly faults: CertificateFault[],
  ) {}

  /** The server's entry, and what it says. */
  coordinator(): { readonly coordinator?: Proved; readonly certified?: Certified } {
    const { coordinator: said, round } = this.certificate;
    return (
      this.#try('coordinator', () => {
        const coordinator = this.#proved(said);
        const { event } = coordinator;
        if (event.type !== 'round-certified') throw new Error(`its entry is of the type ${event.type}`);
        if (event.round !== round) throw new Error(`its entry is of round ${event.round}, the certificate of ${round}`);
        return { coordinator, certified: parsedAs('its entry', certifiedSchema, event.details) };
      }) ?? {}
    );
  }

  /** The entries of those that took part, each held against what the server says of it. */
  sites(certified: Certified, server: Proved): ProvedSite[] {
    const { sites } = this.certificate;
    const ids = sites.map(({ id }) => id);
    for (const id of certified.participants)
      if (!ids.includes(id)) this.#fault(id, 'the server says that it took part, and nothing shows it');
    return sites.flatMap((said, n) => {
      const { id } = said;
      const found = this.#try(id, () => {
        if (!certified.participants.includes(id)) throw new Error('the server does not say that it took part');
        if (ids.indexOf(id) !== n) throw new Error('it is there twice');
        const site = this.#site(said, certified);
        // An answer to an earlier round needs no cosignature here: else the server could answer for all in its own log.
        if (site.key.verifierKey === server.key.verifierKey) throw new Error("its entry is in the server's log");
        return site;
      });
      return found ? [found] : [];
    });
  }

  #site(said: RoundCertificate['sites'][number], certified: Certified): ProvedSite {
    const { id } = said;
    const { round } = this.certificate;
    const site = this.#proved(said);
    const { event, head, index } = site;
    if (event.type !== 'training' && event.type !== 'query') throw new Error(`its entry is of the type ${event.type}`);
    if (event.clientId !== id) throw new Error(`its entry is of ${event.clientId}`);
    if (event.round === undefined || event.round > round) throw new Error(`its entry is of round ${event.round}`);
    const answered = parsedAs('its entry', answeredSchema, event.details);
    const differ = (what: string, own: unknown, servers: unknown): void => {
      if (own !== servers) throw new Error(`its own log has ${what} ${own}, the server's has ${servers}`);
    };
    differ('the update', answered.update, certified.updates[id]);
    differ('the plan', answered.planHash, certified.planHash);
    differ('the data sheet', answered.dataSheet, certified.dataSheets[id]);
    const told = certified.heads[id];
    if (!told) throw new Error('the server does not say where its log stood');
    if (told.index < index) throw new Error(`the server saw its log before entry ${index}, which is the answer`);
    if (told.index + 1 === head.size) differ('the root', head.root, told.root);
    return { ...site, id, serverHead: answered.serverHead };
  }

  /** Heads of the server's log with the cosignatures of sites, and whether each site's entry names one that it cosigned. */
  witnessed(coordinator: Proved | undefined, sites: readonly ProvedSite[]): WitnessedHead[] {
    if (!coordinator) return [];
    // Also those cosign whose update came too late, or was left out of the sum.
    const verifiers = this.keys.filter((key) => key !== coordinator.key.verifierKey).map(verifierOf);
    const heads = this.certificate.witnessed.flatMap((note, n) => {
      const head = this.#try(`witnessed ${n}`, () => witnessedHead(note, coordinator.key, verifiers));
      return head ? [head] : [];
    });
    const bySize = new Map([[coordinator.head.size, coordinator.head.root]]);
    for (const [n, { size, root }] of heads.entries()) {
      if ((bySize.get(size) ?? root) !== root)
        this.#fault(`witnessed ${n}`, `the server's log has two roots over ${size} entries`);
      bySize.set(size, root);
    }
    for (const { id, key, serverHead, event } of sites) {
      const size = serverHead.index + 1;
      const seen = heads.find((head) => head.size === size && head.cosigned.includes(key.verifierKey));
      if (seen && seen.root !== serverHead.root)
        this.#fault(id, `it was shown the root ${serverHead.root} over ${size} entries, and cosigned ${seen.root}`);
      // Who answered an earlier round cosigned then: that is in an earlier certificate.
      else if (!seen && event.round === this.certificate.round)
        this.#fault(id, `its entry names the server's log at ${size} entries, which it has not cosigned`);
    }
    return heads;
  }

  #proved({ verifierKey, details, ...proof }: Shown): Proved {
    const key = trustedKey(verifierKey, this.keys);
    const entry = provedEntry(proof, key, details);
    const { runId } = this.certificate;
    if (entry.event.runId !== runId)
      throw new Error(`its entry is of run ${entry.event.runId}, the certificate of ${runId}`);
    return { ...entry, key };
  }

  #try<T>(part: string, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.#fault(part, reasonOf(error));
      return undefined;
    }
  }

  #fault(part: string, message: string): void {
    this.faults.push({ part, message });
  }
}

function parsedAs<T>(what: string, schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw new Error(`${what}: ${path.map(String).join('.')}: ${message}`);
}
