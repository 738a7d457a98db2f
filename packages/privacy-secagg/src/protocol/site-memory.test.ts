import type { State } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { Hospital, idsOf, runRound, type AnyStage, type Body } from '../testing/round.js';

const ids = idsOf(5);
const [victim] = ids as [string];
const updates = new Map(ids.map((id) => [id, new Uint32Array(2)]));

/** What becomes of a question for its shares, where the server asks a site something more before that is answered. */
async function asked(more: (shares: Body) => Body) {
  const hospitals = new Map(ids.map((id) => [id, new Hospital(id)]));
  const { half } = hospitals.get(victim)!;
  const context = hospitals.get(victim)!.context(ids);
  let answers: Promise<readonly State[]> | undefined;
  const tamper = (id: string, stage: AnyStage, body: Body): Body => {
    if (id === victim && stage === 'shares')
      answers ??= Promise.all([body, more(body)].map((each) => half.answer(each, context).catch((error) => error)));
    return body;
  };
  await runRound({ updates, hospitals, tamper }).catch(() => undefined);
  return answers!;
}

describe('a site that is asked two things at once', () => {
  it('shares its secrets once', async () => {
    const [first, second] = await asked((shares) => shares);
    expect(first).toHaveProperty('sealed');
    expect(second).toMatchObject({ code: 'ROUND_REPLAYED' });
  });

  it('does not go back to the keys that it had before it was asked for new ones', async () => {
    const [shares, keys] = await asked(() => ({ stage: 'keys' }));
    expect(keys).toHaveProperty('mask');
    expect(shares).toMatchObject({ code: 'ROUND_REPLAYED' });
  });
});

describe('a site', () => {
  it('keeps no secret once its update has left, and no share once it has told them', async () => {
    const hospitals = new Map(ids.map((id) => [id, new Hospital(id)]));
    const kept = (): State => hospitals.get(victim)!.context(ids).kept.get();
    const between: State[] = [];
    const tamper = (id: string, stage: AnyStage, body: Body): Body => {
      if (id === victim && (stage === 'deliver' || stage === 'consistency')) between.push(kept());
      return body;
    };
    await runRound({ updates, hospitals, tamper });
    const none = new Uint8Array(0);
    const [before, after] = between as unknown as { readonly shares: object; readonly seed: Uint8Array }[];
    expect(before!.seed).toHaveLength(32);
    expect(after).toMatchObject({ seed: none, channel: { secretKey: none }, mask: { secretKey: none } });
    expect(Object.keys(after!.shares)).toEqual(ids);
    expect(kept()).toMatchObject({ seed: none, shares: {} });
    expect(Object.keys((kept() as unknown as typeof after)!.shares)).toEqual([]);
  });
});

describe('a site whose memory is put back to before its update', () => {
  it('adds its masks to no second update of the round', async () => {
    const hospitals = new Map(ids.map((id) => [id, new Hospital(id)]));
    const { half } = hospitals.get(victim)!;
    const context = hospitals.get(victim)!.context(ids);
    let before: State = null;
    const participants = (_: string, told: readonly string[]): readonly string[] => {
      before ??= context.kept.get();
      return told;
    };
    await runRound({ updates, hospitals, participants });
    context.kept.set(before);
    expect(() => half.masks(ids, 'another model', context)).toThrow(
      expect.objectContaining({ code: 'ROUND_REPLAYED' }),
    );
  });
});
