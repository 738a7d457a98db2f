import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { coordinator, type AuditEventType, type JsonObject, type RoundCertificate } from '@fedward/core';
import { signerOf, type Signer } from '@fedward/kit-keys';
import { openAuditLog } from '../open.js';
import type { SignedAuditLog } from '../audit-log.js';
import { openWitness } from '../witness.js';

/** What a party of the round says otherwise than it is. */
export interface Said {
  /** By the server, in its entry. */
  readonly certified?: JsonObject;
  /** By the site `north`, in its own. */
  readonly north?: JsonObject;
  readonly northType?: AuditEventType;
  readonly northClient?: string;
  /** The round that the sites answered; default: the certificate's. */
  readonly answered?: number;
  /** Whose key the sites sign with; default: their own. */
  readonly signedBy?: string;
}

const runId = 'run';
const time = '2026-01-01T00:00:00.000Z';
export const ids = ['north', 'south'];
const planHash = `sha256:${'a'.repeat(64)}`;
const updateOf = (id: string): string => Buffer.from(id.padEnd(32)).toString('hex');

/** A round of two sites whose logs are files in a folder, and its certificate. */
export async function certifiedRound(folder: string, said: Said = {}, round = 0) {
  const signers = new Map([coordinator, ...ids].map((name) => [name, newSigner(name)]));
  const keyOf = (who: string): string => signers.get(who)!.verifierKey;
  const logOf = (who: string, by = who) =>
    openAuditLog(join(folder, who), { signer: signers.get(by)!, runId, now: () => time });
  const witnessOf = (who: string) =>
    openWitness(join(folder, `${who}.witness`), { signer: signers.get(who)!, known: keyOf, now: () => time });
  const server = await logOf(coordinator);
  await server.append({ type: 'round-start', time, runId, round, details: {} });
  const sites: { readonly id: string; readonly log: SignedAuditLog; readonly index: number; readonly line: string }[] =
    [];
  const shown = (await server.head())!;
  for (const id of ids) {
    const log = await logOf(id, said.signedBy);
    const witness = await witnessOf(id);
    const line = await witness.note(coordinator, shown);
    await witness.close();
    const serverHead = { index: shown.index, root: shown.root };
    const details = { planHash, update: updateOf(id), serverHead, ...(id === 'north' && said.north) };
    const type = (id === 'north' && said.northType) || 'training';
    const clientId = (id === 'north' && said.northClient) || id;
    sites.push({
      id,
      log,
      line,
      index: (await log.append({ type, time, runId, round: said.answered ?? round, clientId, details })).index,
    });
  }
  const heads: Record<string, JsonObject> = {};
  for (const { id, log } of sites) heads[id] = { index: log.size - 1, root: log.root };
  const details: JsonObject = {
    ...{ planHash, participants: ids, dropped: [], leftOut: [], lost: null },
    ...{ model: { before: 'b'.repeat(64), after: 'c'.repeat(64) }, epsilon: null },
    ...{ updates: Object.fromEntries(ids.map((id) => [id, updateOf(id)])), dataSheets: {}, heads },
    ...said.certified,
  };
  const { index } = await server.append({ type: 'round-certified', time, runId, round, details });
  const certificate: RoundCertificate = {
    ...{ version: 1, runId, round },
    coordinator: { verifierKey: server.verifierKey, ...(await server.prove(index)) },
    sites: await Promise.all(
      sites.map(async ({ id, log, index: at }) => ({ id, verifierKey: log.verifierKey, ...(await log.prove(at)) })),
    ),
    witnessed: [(shown.checkpoint ?? '') + sites.map(({ line }) => line).join('')],
  };
  for (const log of [server, ...sites.map((site) => site.log)]) await log.close();
  return { certificate, keys: [...signers.values()].map(({ verifierKey }) => verifierKey), details };
}

export function newSigner(name: string): Signer {
  return signerOf(name, generateKeyPairSync('ed25519').privateKey);
}
