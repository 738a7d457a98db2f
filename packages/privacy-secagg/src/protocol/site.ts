import { randomBytes } from 'node:crypto';
import type { SiteCallContext, State } from '@fedward/core';
import { agree, keyPair } from '../crypto/agreement.js';
import { derive } from '../crypto/derive.js';
import { isSigned, sign } from '../crypto/identity.js';
import { commitment, split } from '../crypto/shamir.js';
import { maskDigest, pairInfo, refusal, roundDigest, sameIds, sorted, thresholdOf } from './context.js';
import type { Identities } from './identities.js';
import { questionOf, type AnswerOf, type QuestionOf, type Share } from './messages.js';
import { openShares, sealShares } from './sealed-shares.js';
import { signedKeys, signedSurvivors } from './signed.js';
import { forgotten, type Memory, type Shares } from './site-memory.js';

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
    return [{ seed: derive(memory.seed, info), sign: 1 }, ...pairs];
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
    const { round, channel } = memory;
    return {
      sealed: ordered.flatMap((to, i) => {
        if (to === clientId) return [];
        const way = { round, from: clientId, to, own: channel.secretKey, other: byId[to]!.channel };
        return [{ to, bytes: sealShares([seeds![i]!, masks![i]!], way) }];
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
      const { round, channel } = memory;
      given[from] = openShares(bytes, { round, from, to: clientId, own: channel.secretKey, other: member.channel });
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

const keyOf = (clientId: string, runId: string): string => JSON.stringify([clientId, runId]);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const randomBytes32 = (): Uint8Array => new Uint8Array(randomBytes(32));
