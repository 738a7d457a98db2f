import type { SiteCallContext, State } from '@fedward/core';
import { agree, keyPair } from '../crypto/agreement.js';
import { derive } from '../crypto/derive.js';
import { open, seal } from '../crypto/envelope.js';
import { isSigned, sign } from '../crypto/identity.js';
import { commitment, split } from '../crypto/shamir.js';
import { randomBytes } from 'node:crypto';
import { maskDigest, pairInfo, refusal, roundDigest, sameIds, signed, sorted, thresholdOf } from './context.js';
import type { Identities } from './identities.js';
import type { Advertised, AnswerOf, QuestionOf, Share } from './messages.js';
import { questionOf } from './messages.js';

/** What a site remembers of one round, in memory alone. */
type Memory = {
  /** Digest of the round. */
  readonly round: string;
  readonly channel: Keys;
  readonly mask: Keys;
  /** Of the mask that only this site knows. */
  readonly seed: Uint8Array;
  readonly threshold?: number;
  /** All that showed their keys, itself too. */
  readonly members?: Members;
  /** Shares of others' secrets, and of its own, by whose they are: seed, then mask. */
  readonly shares?: Shares;
  /** Whose shares it was given: those who take part. */
  readonly participants?: readonly string[];
  /** Digest of what it was sent; there once its masked update has left. */
  readonly sent?: string;
  readonly survivors?: readonly string[];
  readonly told?: boolean;
};
type Keys = { readonly publicKey: Uint8Array; readonly secretKey: Uint8Array };
type Members = { readonly [id: string]: { readonly channel: Uint8Array; readonly mask: Uint8Array } };
type Shares = { readonly [id: string]: readonly [seed: Uint8Array, mask: Uint8Array] };

const none = new Uint8Array(0);
/** What a site needs no more once its update has left: whoever breaks in later finds nothing that takes its masks off. */
const forgotten = {
  channel: { publicKey: none, secretKey: none },
  mask: { publicKey: none, secretKey: none },
  seed: none,
};

/** A pairwise stream, and the sign with which this site adds it. */
export interface PairMask {
  readonly seed: Uint8Array;
  readonly sign: 1 | -1;
}

/**
 * A site's half: what it answers at each stage, and what it refuses, whatever the server asks. It never tells both secrets
 * of one site, nor anything twice.
 */
export class SiteHalf {
  /** By run: the newest round in which something masked has left. A round that comes again would be summed among others. */
  readonly #masked = new Map<string, number>();

  constructor(
    private readonly identities: Identities,
    private readonly threshold: number | undefined,
  ) {}

  /** @throws {FedwardError} by a code of its own for each thing that no honest server asks (see the README) */
  async answer(body: State, context: SiteCallContext): Promise<State> {
    const question = questionOf(context.clientId, body);
    switch (question.stage) {
      case 'keys':
        return this.#keys(context);
      case 'shares':
        return this.#shares(question, context);
      case 'deliver':
        return this.#deliver(question, context);
      case 'consistency':
        return this.#consistency(question, context);
      case 'unmask':
        return this.#unmask(question, context);
    }
  }

  /**
   * What is added to an update before it leaves: the site's own mask and one a pair. Once a round.
   * @param participants as the task tells them
   * @param sent digest of what the site was sent
   */
  masks(participants: readonly string[], sent: string, context: SiteCallContext): readonly PairMask[] {
    const { clientId, runId, round } = context;
    const memory = this.#memoryOf(context);
    const { members, shares, participants: own } = memory;
    if (!members || !shares || !own) throw refusal('STAGE_INVALID', clientId, 'keys and shares come before an update');
    if (memory.sent !== undefined || (this.#masked.get(keyOf(clientId, runId)) ?? -1) >= round)
      throw refusal('ROUND_REPLAYED', clientId, `round ${round} was answered already`);
    if (!sameIds(participants, own))
      throw refusal(
        'LISTS_DIFFER',
        clientId,
        `the task names [${participants.join(', ')}] as participants, shares came from [${own.join(', ')}]`,
      );
    const info = maskDigest(memory.round, own, sent);
    const pairs = own
      .filter((id) => id !== clientId)
      .map((id): PairMask => {
        const shared = agree(memory.mask.secretKey, members[id]!.mask);
        return { seed: derive(shared, pairInfo(info, clientId, id)), sign: clientId < id ? 1 : -1 };
      });
    context.kept.set({ ...memory, ...forgotten, sent });
    this.#masked.set(keyOf(clientId, runId), round);
    return [{ seed: selfSeed(memory.seed, info), sign: 1 }, ...pairs];
  }

  async #keys(context: SiteCallContext): Promise<AnswerOf<'keys'>> {
    const { clientId, runId, round, cohort, kept } = context;
    const least = this.#leastOf(context);
    if (cohort.length < least)
      throw refusal(
        'THRESHOLD_TOO_LOW',
        clientId,
        `${cohort.length} sites are asked, at least ${least} must take part`,
      );
    const newest = this.#masked.get(keyOf(clientId, runId));
    if (newest !== undefined && round <= newest)
      throw refusal('ROUND_REPLAYED', clientId, `round ${round} of run ${runId} is over: ${newest} was answered`);
    const secretKey = this.identities.secretKeyOf(context);
    const [channel, mask] = [keyPair(), keyPair()];
    const memory: Memory = {
      round: roundDigest(context),
      channel: { ...channel },
      mask: { ...mask },
      seed: randomBytes32(),
    };
    const told = {
      channel: channel.publicKey,
      mask: mask.publicKey,
      commitment: commitment(memory.seed, memory.round),
    };
    kept.set(memory);
    return { ...told, signature: sign(secretKey, signedKeys(memory.round, clientId, told)) };
  }

  async #shares({ threshold, members }: QuestionOf<'shares'>, context: SiteCallContext): Promise<AnswerOf<'shares'>> {
    const { clientId, kept } = context;
    const memory = this.#memoryOf(context);
    if (memory.members) throw refusal('ROUND_REPLAYED', clientId, 'it was asked for its shares already');
    const least = this.#leastOf(context);
    if (threshold < least || members.length < least)
      throw refusal(
        'THRESHOLD_TOO_LOW',
        clientId,
        `${members.length} sites with a threshold of ${threshold}, at least ${least} are wanted`,
      );
    this.#assertMembers(members, memory, context);
    const ordered = sorted(members.map(({ id }) => id));
    const byId = Object.fromEntries(members.map(({ id, channel, mask }) => [id, { channel, mask }]));
    // Before it waits for anything: a second question that comes meanwhile would be answered by other shares.
    kept.set({ ...memory, threshold, members: byId });
    const [seeds, masks] = await Promise.all(
      [memory.seed, memory.mask.secretKey].map((secret) => split(secret, members.length, threshold)),
    );
    const now = this.#memoryOf(context);
    if (hex(now.mask.publicKey) !== hex(memory.mask.publicKey))
      throw refusal('ROUND_REPLAYED', clientId, 'it was asked for new keys meanwhile');
    const own: Shares = { [clientId]: [seeds![ordered.indexOf(clientId)]!, masks![ordered.indexOf(clientId)]!] };
    kept.set({ ...now, shares: own });
    const others = ordered.flatMap((to, i) => (to === clientId ? [] : [{ to, plain: joined(seeds![i]!, masks![i]!) }]));
    return {
      sealed: others.map(({ to, plain }) => {
        const key = derive(agree(memory.channel.secretKey, byId[to]!.channel), memory.round);
        return { to, bytes: seal(key, plain, sealedFor(memory.round, clientId, to)) };
      }),
    };
  }

  async #deliver({ sealed }: QuestionOf<'deliver'>, context: SiteCallContext): Promise<AnswerOf<'deliver'>> {
    const { clientId, kept } = context;
    const memory = this.#memoryOf(context);
    const { members, shares, threshold } = memory;
    if (!members || !shares) throw refusal('STAGE_INVALID', clientId, 'shares come after keys');
    if (memory.participants) throw refusal('ROUND_REPLAYED', clientId, 'it was given its shares already');
    // Without a prototype: an id may be any text.
    const given = Object.assign(Object.create(null) as Record<string, readonly [Uint8Array, Uint8Array]>, shares);
    for (const { from, bytes } of sealed) {
      const member = from !== clientId && Object.hasOwn(members, from) ? members[from] : undefined;
      if (!member || Object.hasOwn(given, from))
        throw refusal('PARTICIPANT_UNKNOWN', clientId, `shares of ${from}, who showed no keys or came twice`);
      const key = derive(agree(memory.channel.secretKey, member.channel), memory.round);
      const plain = opened(key, bytes, sealedFor(memory.round, from, clientId), () =>
        refusal(
          'SHARE_INVALID',
          clientId,
          `the shares of ${from} were not sealed for it, or were changed on their way`,
        ),
      );
      given[from] = [plain.slice(0, plain.length / 2), plain.slice(plain.length / 2)];
    }
    const participants = sorted(Object.keys(given));
    if (participants.length < threshold!)
      throw refusal('THRESHOLD_TOO_LOW', clientId, `shares of ${participants.length} sites, ${threshold} are wanted`);
    kept.set({ ...memory, shares: given, participants });
    return { from: sealed.length };
  }

  async #consistency(
    { survivors }: QuestionOf<'consistency'>,
    context: SiteCallContext,
  ): Promise<AnswerOf<'consistency'>> {
    const { clientId, kept } = context;
    const memory = this.#memoryOf(context);
    const { participants, sent, threshold } = memory;
    if (!participants || sent === undefined)
      throw refusal('STAGE_INVALID', clientId, 'it has sent nothing in this round');
    if (memory.survivors) throw refusal('ROUND_REPLAYED', clientId, 'it has signed who is left already');
    const stranger = survivors.find((id) => !participants.includes(id));
    if (stranger !== undefined)
      throw refusal('PARTICIPANT_UNKNOWN', clientId, `${stranger} is said to be left, and never took part`);
    if (new Set(survivors).size < survivors.length || !survivors.includes(clientId))
      throw refusal(
        'LISTS_DIFFER',
        clientId,
        'who is left is named twice, or without the site that has sent its update',
      );
    if (survivors.length < threshold!)
      throw refusal('THRESHOLD_TOO_LOW', clientId, `${survivors.length} sites are left, ${threshold} are wanted`);
    kept.set({ ...memory, survivors: sorted(survivors) });
    const signature = sign(
      this.identities.secretKeyOf(context),
      signedSurvivors(memory.round, participants, sent, survivors),
    );
    return { sent, signature };
  }

  async #unmask(
    { survivors, signatures }: QuestionOf<'unmask'>,
    context: SiteCallContext,
  ): Promise<AnswerOf<'unmask'>> {
    const { clientId, kept, plan } = context;
    const memory = this.#memoryOf(context);
    const { participants, sent, shares, threshold } = memory;
    if (!memory.survivors || !participants || !shares || sent === undefined)
      throw refusal('STAGE_INVALID', clientId, 'who is left is signed before anything is unmasked');
    if (memory.told) throw refusal('SHARES_TOLD', clientId, 'it has told its shares of this round already');
    if (!sameIds(survivors, memory.survivors))
      throw refusal('LISTS_DIFFER', clientId, 'another list of who is left than it has signed');
    const message = signedSurvivors(memory.round, participants, sent, survivors);
    const signers = new Set<string>();
    for (const { id, signature } of signatures) {
      if (!survivors.includes(id))
        throw refusal('PARTICIPANT_UNKNOWN', clientId, `a signature of ${id}, who is not left`);
      const key = this.identities.publicKeyOf(id, plan);
      if (!key || !isSigned(key, message, signature))
        throw refusal(
          'SIGNATURE_INVALID',
          clientId,
          `the signature of ${id} is not under the same round, model and list: the server tells sites different things, or it is forged`,
        );
      signers.add(id);
    }
    if (signers.size < threshold!)
      throw refusal('THRESHOLD_TOO_LOW', clientId, `${signers.size} have signed who is left, ${threshold} are wanted`);
    // Before anything is told: of each site one secret at most, and once.
    kept.set({ ...memory, shares: {}, told: true });
    const left = new Set(survivors);
    const of = (which: 0 | 1, ids: readonly string[]): Share[] =>
      ids.map((id) => ({ of: id, share: shares[id]![which] }));
    return {
      seeds: of(
        0,
        participants.filter((id) => left.has(id)),
      ),
      masks: of(
        1,
        participants.filter((id) => !left.has(id)),
      ),
    };
  }

  #leastOf({ cohort, plan }: SiteCallContext): number {
    return thresholdOf(Math.max(cohort.length, this.identities.leastAsked(plan)), this.threshold);
  }

  #memoryOf(context: SiteCallContext): Memory {
    const memory = context.kept.get() as Memory | null;
    if (!memory) throw refusal('STAGE_INVALID', context.clientId, 'it was not asked for keys in this round');
    if (memory.round !== roundDigest(context))
      throw refusal('LISTS_DIFFER', context.clientId, 'another cohort than it has made its keys for');
    return memory;
  }

  #assertMembers(
    members: QuestionOf<'shares'>['members'],
    memory: Memory,
    { clientId, cohort, plan }: SiteCallContext,
  ): void {
    const asked = new Set(cohort);
    const keys = new Set<string>();
    for (const { id, signature, ...told } of members) {
      if (!asked.has(id)) throw refusal('PARTICIPANT_UNKNOWN', clientId, `${id} is not in the cohort`);
      const key = this.identities.publicKeyOf(id, plan);
      if (!key) throw refusal('PARTICIPANT_UNKNOWN', clientId, `the plan names no identity key of ${id}`);
      if (!isSigned(key, signedKeys(memory.round, id, told), signature))
        throw refusal(
          'SIGNATURE_INVALID',
          clientId,
          `the keys of ${id} are not signed by the identity that the plan names`,
        );
      for (const each of [id, hex(told.channel), hex(told.mask)]) {
        if (keys.has(each)) throw refusal('LISTS_DIFFER', clientId, `${id} or one of its keys is named twice`);
        keys.add(each);
      }
    }
    const own = members.find(({ id }) => id === clientId);
    const same =
      own && hex(own.mask) === hex(memory.mask.publicKey) && hex(own.channel) === hex(memory.channel.publicKey);
    if (!same) throw refusal('LISTS_DIFFER', clientId, 'its own keys are not among them as it told them');
  }
}

/** Of the mask that a site adds for itself. */
export function selfSeed(seed: Uint8Array, info: string): Uint8Array {
  return derive(seed, info);
}

export function signedKeys(
  round: string,
  id: string,
  { channel, mask, commitment }: Omit<Advertised, 'signature'>,
): Uint8Array {
  return signed('keys', round, id, hex(channel), hex(mask), hex(commitment));
}

export function signedSurvivors(
  round: string,
  participants: readonly string[],
  sent: string,
  survivors: readonly string[],
): Uint8Array {
  return signed('survivors', round, sorted(participants), sent, sorted(survivors));
}

const sealedFor = (round: string, from: string, to: string): string => JSON.stringify([round, from, to]);
const keyOf = (clientId: string, runId: string): string => JSON.stringify([clientId, runId]);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const randomBytes32 = (): Uint8Array => new Uint8Array(randomBytes(32));

/** @param why by name: who seals what can't be opened would put others out of the round, and nobody knew who it was */
function opened(key: Uint8Array, sealed: Uint8Array, associated: string, why: () => Error): Uint8Array {
  try {
    return open(key, sealed, associated);
  } catch {
    throw why();
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
