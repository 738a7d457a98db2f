import { describe, expect, it } from 'vitest';
import { identityFrom, sign } from '../crypto/identity.js';
import { Hospital, idsOf, runRound, type AnyStage, type Body, type RoundSetup } from '../testing/round.js';
import { simulatedIdentities } from './identities.js';

const ids = idsOf(5);
const [victim, other] = ids as [string, string];
const updates = new Map(ids.map((id, i) => [id, Uint32Array.of(i, 10 + i)]));

/** What the victim refuses with, under a server that is not honest. */
async function refused(setup: Partial<RoundSetup>): Promise<string | undefined> {
  const came = await runRound({ updates, ...setup }).catch((error: unknown) => error);
  const { refusals } = came as { readonly refusals: ReadonlyMap<string, { readonly code: string }> };
  return refusals.get(victim)?.code;
}
/** A change of what the victim alone is asked at one stage. */
const at =
  (stage: AnyStage, change: (body: Body) => Body) =>
  (id: string, asked: AnyStage, body: Body): Body =>
    id === victim && asked === stage ? change(body) : body;
type Member = { readonly id: string; readonly mask: Uint8Array; readonly signature: Uint8Array };
const membersOf = ({ members }: Body) => members as unknown as readonly Member[];

describe('a site refuses, by a code of its own,', () => {
  it('other participants than it has shares of', async () => {
    expect(await refused({ participants: (id, told) => (id === victim ? told.slice(1) : told) })).toBe('LISTS_DIFFER');
  });

  it('a round that it has answered', async () => {
    const hospitals = new Map(ids.map((id) => [id, new Hospital(id)]));
    await runRound({ updates, hospitals, round: 4 });
    for (const round of [4, 3]) expect(await refused({ hospitals, round })).toBe('ROUND_REPLAYED');
    hospitals.get(victim)!.forget(); // as when another run is asked in between
    expect(await refused({ hospitals, round: 4 })).toBe('ROUND_REPLAYED');
    expect((await runRound({ updates, hospitals, round: 5 })).unmasked.recovered).toEqual([]);
  });

  it('a second update in a round', async () => {
    const hospital = new Hospital(victim);
    const hospitals = new Map(ids.map((id) => [id, id === victim ? hospital : new Hospital(id)]));
    const { unmasked } = await runRound({ updates, hospitals });
    expect(unmasked.survivors).toContain(victim);
    expect(() => hospital.half.masks(ids, 'model', hospital.context(ids))).toThrow(
      expect.objectContaining({ code: 'ROUND_REPLAYED' }),
    );
  });

  it('to tell the shares of one site twice, and by another list of who is left', async () => {
    const hospital = new Hospital(victim);
    const hospitals = new Map(ids.map((id) => [id, id === victim ? hospital : new Hospital(id)]));
    let asked: Body | undefined;
    const tamper = at('unmask', (body) => (asked = body));
    await runRound({ updates, hospitals, tamper });
    const again = hospital.half.answer(asked!, hospital.context(ids));
    await expect(again).rejects.toMatchObject({ code: 'SHARES_TOLD' });
    // Whom the server says to be gone, though their updates are in the sum: both secrets of them would be told.
    const without = at('unmask', (body) => ({
      ...body,
      survivors: (body['survivors'] as string[]).filter((id) => id !== other),
    }));
    expect(await refused({ tamper: without })).toBe('LISTS_DIFFER');
  });

  it('a threshold that is lowered, and a round of too few', async () => {
    expect(await refused({ tamper: at('shares', (body) => ({ ...body, threshold: 2 })) })).toBe('THRESHOLD_TOO_LOW');
    const few = at('shares', (body) => ({ ...body, members: membersOf(body).slice(0, 3) as never }));
    expect(await refused({ tamper: few })).toBe('THRESHOLD_TOO_LOW');
    const left = at('consistency', (body) => ({ ...body, survivors: [victim, other, ids[2]!] }));
    expect(await refused({ tamper: left })).toBe('THRESHOLD_TOO_LOW');
    const two = new Map(['a', victim].map((id) => [id, Uint32Array.of(1)]));
    expect(await refused({ updates: two })).toBe('THRESHOLD_TOO_LOW');
  });

  it('to unmask where another model was sent to it than to the others', async () => {
    expect(await refused({ sent: (id) => (id === victim ? 'another model' : 'model') })).toBeUndefined();
    // It is not asked to unmask, since its signature is under another model; asked all the same, it refuses.
    let asked: Body | undefined;
    const hospital = new Hospital(victim);
    const hospitals = new Map(ids.map((id) => [id, id === victim ? hospital : new Hospital(id)]));
    const tamper = (_: string, stage: AnyStage, body: Body): Body => (stage === 'unmask' ? (asked = body) : body);
    await runRound({ updates, hospitals, tamper, sent: (id) => (id === victim ? 'another model' : 'model') }).catch(
      () => undefined,
    );
    await expect(hospital.half.answer(asked!, hospital.context(ids))).rejects.toMatchObject({
      code: 'SIGNATURE_INVALID',
    });
  });

  it('a survivor who never took part', async () => {
    const stranger = at('consistency', (body) => ({
      ...body,
      survivors: [...(body['survivors'] as string[]), 'nobody'],
    }));
    expect(await refused({ tamper: stranger })).toBe('PARTICIPANT_UNKNOWN');
  });

  it('a signature that is forged', async () => {
    const forged = at('unmask', (body) => ({
      ...body,
      signatures: (body['signatures'] as { id: string; signature: Uint8Array }[]).map(({ id, signature }) => ({
        id,
        signature: id === other ? signature.map((byte, i) => (i === 0 ? byte ^ 1 : byte)) : signature,
      })),
    }));
    expect(await refused({ tamper: forged })).toBe('SIGNATURE_INVALID');
  });

  it('too few signatures', async () => {
    const few = at('unmask', (body) => ({ ...body, signatures: (body['signatures'] as never[]).slice(0, 2) }));
    expect(await refused({ tamper: few })).toBe('THRESHOLD_TOO_LOW');
  });

  it('a share that was tampered with', async () => {
    const spoiled = at('deliver', (body) => ({
      ...body,
      sealed: (body['sealed'] as { from: string; bytes: Uint8Array }[]).map(({ from, bytes }) => ({
        from,
        bytes: from === other ? bytes.map((byte, i) => (i === 20 ? byte ^ 1 : byte)) : bytes,
      })),
    }));
    expect(await refused({ tamper: spoiled })).toBe('SHARE_INVALID');
    const { refusals } = await runRound({ updates, tamper: spoiled });
    expect(refusals.get(victim)!.message).toContain(other); // whose doing it may be, while the victim is left out
  });

  it('a participant with keys of another identity, or with keys that are not signed', async () => {
    const mallory = identityFrom(new Uint8Array(32).fill(9));
    const own = at('shares', (body) => ({
      ...body,
      members: membersOf(body).map((member) =>
        member.id === other ? { ...member, signature: sign(mallory.secretKey, member.mask) } : member,
      ) as never,
    }));
    expect(await refused({ tamper: own })).toBe('SIGNATURE_INVALID');
    const swapped = at('shares', (body) => {
      const members = membersOf(body);
      const from = members.find(({ id }) => id === ids[2])!;
      return { ...body, members: members.map((m) => (m.id === other ? { ...from, id: other } : m)) as never };
    });
    expect(await refused({ tamper: swapped })).toBe('SIGNATURE_INVALID');
  });

  it('a stage before its turn', async () => {
    const hospital = new Hospital(victim);
    const context = hospital.context(ids);
    for (const body of [
      { stage: 'shares', threshold: 4, members: [] },
      { stage: 'deliver', sealed: [] },
      { stage: 'consistency', survivors: ids },
      { stage: 'unmask', survivors: ids, signatures: [] },
    ])
      await expect(hospital.half.answer(body, context), body.stage).rejects.toMatchObject({ code: 'STAGE_INVALID' });
  });
});

describe('the server', () => {
  it('sums whatever ids there are', async () => {
    const odd = new Map(['__proto__', 'constructor', 'toString', ''.padEnd(3)].map((id) => [id, Uint32Array.of(1)]));
    expect((await runRound({ updates: odd })).unmasked.words).toEqual(Uint32Array.of(4));
  });

  it('leaves out who signs its keys by another identity, and who shares with some alone', async () => {
    const bySomeoneElse = await runRound({
      updates,
      spoil: (id, stage, answer) =>
        id === other && stage === 'keys' ? { ...answer, signature: new Uint8Array(64) } : answer,
    });
    expect(bySomeoneElse.unmasked.survivors).not.toContain(other);
    const withSome = await runRound({
      updates,
      spoil: (id, stage, answer) =>
        id === other && stage === 'shares' ? { sealed: (answer['sealed'] as never[]).slice(1) } : answer,
    });
    expect(withSome.unmasked.survivors).not.toContain(other);
  });

  it('finds the secret though one site tells wrong shares', async () => {
    const { unmasked } = await runRound({
      updates,
      silent: (id, stage) => id === ids[4] && stage === 'update',
      // Four are left, as many as are needed: with a wrong share among them there is no secret.
    });
    expect(unmasked.recovered).toEqual([ids[4]]);
    const wrong = (id: string, stage: AnyStage, answer: Body): Body =>
      id === victim && stage === 'unmask'
        ? {
            ...answer,
            seeds: (answer['seeds'] as { of: string; share: Uint8Array }[]).map(({ of, share }) => ({
              of,
              share: share.map((byte, i) => (i === 0 ? byte ^ 1 : byte)),
            })),
          }
        : answer;
    const { unmasked: all } = await runRound({ updates, spoil: wrong });
    expect(all.words).toEqual(Uint32Array.of(10, 60));
    const oneLess = runRound({ updates, spoil: wrong, silent: (id, stage) => id === ids[4] && stage === 'update' });
    await expect(oneLess).rejects.toMatchObject({ code: 'SHARE_INVALID' });
  });

  it('knows no secret key of an identity', () => {
    expect(simulatedIdentities.publicKeyOf(victim, { seed: 1 } as never)).not.toEqual(
      simulatedIdentities.publicKeyOf(other, { seed: 1 } as never),
    );
  });
});
