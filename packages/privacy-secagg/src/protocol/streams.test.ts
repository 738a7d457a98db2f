import { describe, expect, it } from 'vitest';
import { sign } from '../crypto/identity.js';
import { Hospital, idsOf, plan, runRound, type AnyStage, type Body } from '../testing/round.js';
import { roundDigest } from './context.js';
import { simulatedIdentities } from './identities.js';
import type { Advertised } from './messages.js';
import { signedKeys } from './signed.js';

describe('the streams of two pairs', () => {
  it('differ, though a site shows the key of another once more in another encoding', async () => {
    const ids = idsOf(4);
    const [thief, victim, robbed] = ids as [string, string, string];
    const hospitals = new Map(ids.map((id) => [id, new Hospital(id)]));
    const told = new Map<string, Advertised>();
    const byThief = (): Body => {
      const own = told.get(thief)!;
      const mask = told.get(robbed)!.mask.slice();
      mask[31]! ^= 0x80; // which X25519 ignores
      const keys = { channel: own.channel, mask, commitment: own.commitment };
      const round = roundDigest({ runId: 'run', round: 0, plan, cohort: ids });
      const secretKey = simulatedIdentities.secretKeyOf({ clientId: thief, plan });
      return { ...keys, signature: sign(secretKey, signedKeys(round, thief, keys)) };
    };
    const tamper = (id: string, stage: AnyStage, body: Body): Body =>
      stage === 'shares' && id === victim
        ? {
            ...body,
            members: (body['members'] as never as { id: string }[]).map((member) =>
              member.id === thief ? { id: thief, ...byThief() } : member,
            ) as never,
          }
        : body;
    const spoil = (id: string, stage: AnyStage, answer: Body): Body => {
      if (stage === 'keys') told.set(id, answer as never);
      return answer;
    };
    const updates = new Map(ids.map((id) => [id, new Uint32Array(2)]));
    const seeds: string[] = [];
    const participants = (id: string, given: readonly string[]): readonly string[] => {
      if (id === victim) {
        const { half } = hospitals.get(victim)!;
        for (const { seed } of half.masks(given, 'model', hospitals.get(victim)!.context(ids)))
          seeds.push(Buffer.from(seed).toString('hex'));
      }
      return given;
    };
    await runRound({ updates, hospitals, tamper, spoil, participants }).catch(() => undefined);
    expect(seeds).toHaveLength(4);
    expect(new Set(seeds).size).toBe(4);
  });
});
