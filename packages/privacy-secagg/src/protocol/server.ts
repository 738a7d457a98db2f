import { FedwardError, type PrepareContext, type ReleaseContext, type State } from '@fedward/core';
import { agree, publicKeyOf } from '../crypto/agreement.js';
import { derive } from '../crypto/derive.js';
import { isSigned } from '../crypto/identity.js';
import { combine, commitment } from '../crypto/shamir.js';
import { addStream } from '../crypto/words.js';
import { maskDigest, pairInfo, roundDigest, sorted, thresholdOf } from './context.js';
import type { Identities } from './identities.js';
import { answerOf, type Advertised, type AnswerOf, type Share, type Stage } from './messages.js';
import { signedKeys, signedSurvivors } from './signed.js';

/** What the server knows of a round between its task and its sum, in memory alone: a round that is begun anew makes new keys. */
interface ServerRound {
  readonly digest: string;
  readonly threshold: number;
  readonly keys: ReadonlyMap<string, Advertised>;
  /** Those whose shares went out, sorted: who sends no update of them is to be recovered. */
  readonly participants: readonly string[];
  readonly traffic: Traffic;
}

/** Bytes of arrays that went to and came from sites, all sites together, by stage. */
export type Traffic = Partial<Record<Stage, { to: number; from: number }>>;

/** A sum without masks, and how it came about. */
export interface Unmasked {
  readonly words: Uint32Array;
  readonly survivors: readonly string[];
  /** Those who took part and sent nothing, whose masks the others took off. */
  readonly recovered: readonly string[];
  readonly threshold: number;
  readonly traffic: Traffic;
}

type Asking = Pick<PrepareContext, 'ask'>;

/** The server's half: passes on keys and shares, and takes the masks off the sum. It sees no update alone. */
export class ServerHalf {
  #newest: { readonly at: string; readonly round: ServerRound } | undefined;

  constructor(
    private readonly identities: Identities,
    private readonly threshold: number | undefined,
  ) {}

  /** @throws {FedwardError} QUORUM_NOT_MET where fewer than the threshold show keys, or share */
  async prepare(context: PrepareContext): Promise<readonly string[]> {
    const { cohort, plan, leaveOut } = context;
    const digest = roundDigest(context);
    const threshold = thresholdOf(Math.max(cohort.length, this.identities.leastAsked(plan)), this.threshold);
    const traffic: Traffic = {};
    const asking = new Stages(context, traffic);

    const keys = await asking.all('keys', cohort, () => ({ stage: 'keys' }), leaveOut);
    for (const [id, { signature, ...told }] of keys) {
      const key = this.identities.publicKeyOf(id, plan);
      if (key && isSigned(key, signedKeys(digest, id, told), signature)) continue;
      keys.delete(id);
      leaveOut(id, new FedwardError('SIGNATURE_INVALID', `${id} has not signed its keys as the plan's identity`, id));
    }
    assertEnough('showed keys', keys.size, threshold);
    const members = sorted([...keys.keys()]).map((id) => ({ id, ...keys.get(id)! }));

    const shares = await asking.all(
      'shares',
      [...keys.keys()],
      () => ({ stage: 'shares', threshold, members }),
      leaveOut,
    );
    for (const [id, { sealed }] of shares) {
      const others = members.filter((other) => other.id !== id);
      if (sealed.length === others.length && others.every((other) => sealed.some(({ to }) => to === other.id)))
        continue;
      shares.delete(id);
      leaveOut(id, new FedwardError('MESSAGE_INVALID', `${id} has not shared with each of the others`, id));
    }
    assertEnough('shared', shares.size, threshold);
    const participants = sorted([...shares.keys()]);
    const sealedFor = (id: string): State => ({
      stage: 'deliver',
      sealed: participants
        .filter((from) => from !== id)
        .map((from) => ({ from, bytes: shares.get(from)!.sealed.find(({ to }) => to === id)!.bytes })),
    });
    const ready = await asking.all('deliver', participants, sealedFor, leaveOut);
    assertEnough('took their shares', ready.size, threshold);
    this.#newest = { at: digest, round: { digest, threshold, keys, participants, traffic } };
    return participants;
  }

  /**
   * @param sum of masked words, in float64, which holds it exactly
   * @throws {FedwardError} QUORUM_NOT_MET where fewer than the threshold are left at a stage: nothing is released; SHARE_INVALID
   *   where shares don't make the secret that a site was bound to
   */
  async release(sum: Float64Array, context: ReleaseContext): Promise<Unmasked> {
    const { participants: survivors, plan } = context;
    const known = this.#newest;
    if (known?.at !== roundDigest(context))
      throw new FedwardError(
        'QUORUM_NOT_MET',
        `round ${context.round}: its keys are not known here any more`,
        'secagg',
      );
    this.#newest = undefined;
    const { digest, threshold, keys, participants, traffic } = known.round;
    const asking = new Stages(context, traffic);
    assertEnough('sent an update', survivors.length, threshold);

    const answers = await asking.all('consistency', survivors, () => ({
      stage: 'consistency',
      survivors: [...survivors],
    }));
    const { sent, signatures } = this.#agreed(answers, (id, said, signature) => {
      const key = this.identities.publicKeyOf(id, plan);
      return key !== undefined && isSigned(key, signedSurvivors(digest, participants, said, survivors), signature);
    });
    assertEnough('agree on who is left and on what they were sent', signatures.length, threshold);

    const signers = signatures.map(({ id }) => id);
    const question = { stage: 'unmask', survivors: [...survivors], signatures };
    const told = await asking.all('unmask', signers, () => question);
    assertEnough('told their shares', told.size, threshold);

    const words = Uint32Array.from(sum, (value) => value % 2 ** 32);
    const info = maskDigest(digest, participants, sent);
    for (const id of survivors) {
      const bound = keys.get(id)!.commitment;
      const seed = await secretOf(id, sharesOf(told, 'seeds', id), threshold, (s) =>
        same(commitment(s, digest), bound),
      );
      addStream(words, derive(seed, info), -1);
    }
    const recovered = participants.filter((id) => !survivors.includes(id));
    for (const gone of recovered) {
      const { mask } = keys.get(gone)!;
      const secret = await secretOf(gone, sharesOf(told, 'masks', gone), threshold, (s) => same(publicKeyOf(s), mask));
      for (const id of survivors) {
        const seed = derive(agree(secret, keys.get(id)!.mask), pairInfo(info, id, gone));
        addStream(words, seed, id < gone ? -1 : 1);
      }
    }
    return { words, survivors, recovered, threshold, traffic };
  }

  /** What most say that they were sent, with the signatures of those who say so. */
  #agreed(
    answers: ReadonlyMap<string, AnswerOf<'consistency'>>,
    isValid: (id: string, sent: string, signature: Uint8Array) => boolean,
  ): {
    readonly sent: string;
    readonly signatures: readonly { readonly id: string; readonly signature: Uint8Array }[];
  } {
    const bySent = new Map<string, { id: string; signature: Uint8Array }[]>();
    for (const [id, { sent, signature }] of answers)
      if (isValid(id, sent, signature)) bySent.set(sent, [...(bySent.get(sent) ?? []), { id, signature }]);
    const [sent, signatures] = [...bySent].sort(([, a], [, b]) => b.length - a.length)[0] ?? ['', []];
    return { sent, signatures };
  }
}

/** Asks many sites the question of a stage at once. */
class Stages {
  constructor(
    private readonly context: Asking,
    private readonly traffic: Traffic,
  ) {}

  /** The answers of those that gave one. @param failed told of each other */
  async all<S extends Stage>(
    stage: S,
    ids: readonly string[],
    questionFor: (id: string) => State,
    failed: (id: string, error: unknown) => void = () => undefined,
  ): Promise<Map<string, AnswerOf<S>>> {
    const counted = (this.traffic[stage] ??= { to: 0, from: 0 });
    const answers = await Promise.all(
      ids.map(async (id) => {
        try {
          const question = questionFor(id);
          counted.to += bytesIn(question);
          const answer = await this.context.ask(id, question);
          counted.from += bytesIn(answer);
          return [id, answerOf(stage, id, answer)] as const;
        } catch (error) {
          failed(id, error);
          return undefined;
        }
      }),
    );
    return new Map(answers.filter((answer) => answer !== undefined));
  }
}

function sharesOf(told: ReadonlyMap<string, AnswerOf<'unmask'>>, which: 'seeds' | 'masks', id: string): Uint8Array[] {
  const own = (shares: readonly Share[]): Uint8Array[] =>
    shares
      .filter(({ of }) => of === id)
      .slice(0, 1)
      .map(({ share }) => share);
  return [...told.values()].flatMap((answer) => own(answer[which]));
}

/**
 * A secret out of shares of which some may be wrong: any t neighbouring ones, until the secret is the one that its owner is
 * bound to.
 */
async function secretOf(
  id: string,
  shares: readonly Uint8Array[],
  threshold: number,
  isRight: (secret: Uint8Array) => boolean,
): Promise<Uint8Array> {
  assertEnough(`told a share of ${id}`, shares.length, threshold);
  for (let first = 0; first < shares.length; first++) {
    const some = Array.from({ length: threshold }, (_, k) => shares[(first + k) % shares.length]!);
    const secret = await combine(some).catch(() => undefined);
    if (secret?.length === 32 && isRight(secret)) return secret;
  }
  throw new FedwardError('SHARE_INVALID', `the shares of ${id} don't make the secret that it was bound to`, id);
}

function assertEnough(what: string, count: number, threshold: number): void {
  if (count >= threshold) return;
  throw new FedwardError(
    'QUORUM_NOT_MET',
    `secure aggregation: ${count} sites ${what}, the threshold is ${threshold}`,
    'secagg',
  );
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.from(a).equals(b);
}

function bytesIn(state: State): number {
  if (ArrayBuffer.isView(state)) return state.byteLength;
  if (typeof state === 'string') return state.length;
  if (typeof state !== 'object' || state === null) return 8;
  return (Array.isArray(state) ? state : Object.values(state)).reduce<number>(
    (sum, member) => sum + bytesIn(member as State),
    0,
  );
}
