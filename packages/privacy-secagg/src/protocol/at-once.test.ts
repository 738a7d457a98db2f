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
