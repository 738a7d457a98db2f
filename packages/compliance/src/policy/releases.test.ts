import { createLayout, type AuditSink, type Update } from '@fedward/core';
import { signNote } from '@fedward/kit-keys';
import { describe, expect, it } from 'vitest';
import { newSigner } from '../testing/approvals.js';
import { guardedSite, mechanism, neverFired, ownPrivacy, planOf, recordsOf, rulesOf, stillTrainer, taskOf } from '../testing/site.js'; // prettier-ignore
import type { SitePolicyInput } from './schema.js';
import { sitePolicy } from './site-policy.js';

const name = 'mary-smith';
const open = planOf({ privacy: ownPrivacy });

/** A site whose mechanism sends what it likes. */
function sendingSite(policy: Partial<SitePolicyInput>, send: (update: Update) => Partial<Update>) {
  const mechanisms = [mechanism({ onClient: (update) => ({ ...update, ...send(update) }) })];
  return guardedSite(policy, { plan: open, mechanisms });
}

async function refusalOf(policy: Partial<SitePolicyInput>, send: (update: Update) => Partial<Update>) {
  const { site, reasons } = sendingSite(policy, send);
  const error = await site.answer(taskOf(open), neverFired).then(
    () => undefined,
    (thrown: unknown) => String(thrown),
  );
  return { error, reason: reasons()[0] };
}

const extra = ({ payload }: Update, tensor: string): Partial<Update> => {
  const layout = createLayout([...payload.layout.tensors, { name: tensor, shape: [1] }]);
  return { payload: { layout, values: Float32Array.from([...payload.values, 7]) } };
};

describe('what a policy lets out', () => {
  it.each<[string, Partial<SitePolicyInput>, (update: Update) => Partial<Update>, RegExp]>([
    ['a tensor more', {}, (update) => extra(update, name), /tensors: .* not asked for/],
    ['a tensor under another name', {}, ({ payload }) => ({ payload: { ...payload, layout: createLayout([{ name, shape: [8] }]) } }), /tensors/], // prettier-ignore
    ['many times what was sent', {}, ({ payload }) => ({ payload: { layout: createLayout([{ ...payload.layout.tensors[0]!, shape: [800] }]), values: new Float32Array(800) } }), /800 numbers, 8 were sent/], // prettier-ignore
    ['more bytes than may be', { update: { mostBytes: 31 } }, () => ({}), /32 bytes, the most is 31/],
    ['a covert number as its weight', {}, () => ({ weight: 3.14159 }), /weights: the weight of an update is 1/],
    ['a covert number of less than one', {}, () => ({ weight: 0.123 }), /weights/],
    ['numbers under the name of words', {}, ({ payload }) => ({ payload: { ...payload, layout: createLayout([{ name: 'values', shape: [8] }]) } }), /tensors/], // prettier-ignore
    ['a covert number below', {}, () => ({ weight: 9 }), /weights/],
    ['a metric by a patient’s name', { metrics: ['loss'] }, () => ({ metrics: { loss: 1, [name]: 1 } }), /metrics: .* those that may: loss/], // prettier-ignore
    ['a metric where none may', { metrics: [] }, () => ({ metrics: { loss: 1 } }), /those that may: none/],
    ['open numbers where masked ones are asked for', { requireSecureAggregation: { mechanism: 'own' } }, () => ({}), /requireSecureAggregation/], // prettier-ignore
  ])('is no update with %s', async (_, policy, send, told) => {
    const { error, reason } = await refusalOf(policy, send);
    expect(error).toMatch(told);
    expect(error).not.toContain(name);
    expect(reason).toEqual(expect.any(String));
  });

  it('is an update as it was asked for', async () => {
    const update = await sendingSite({ metrics: ['loss'] }, () => ({})).site.answer(taskOf(open), neverFired);
    expect(update).toMatchObject({ weight: 10, metrics: { loss: 1 } });
    const allowing = { update: { tensors: ['extra-*'], weights: 'any' as const } };
    const { site } = sendingSite(allowing, (each) => ({ ...extra(each, 'extra-1'), weight: 2.5 }));
    expect(await site.answer(taskOf(open), neverFired)).toMatchObject({ weight: 2.5 });
    const words = ({ payload }: Update): Partial<Update> => ({
      payload: { layout: createLayout([{ name: 'values', shape: [2, 8] }, { name: 'weight', shape: [1] }]), values: new Uint32Array(2 * payload.layout.size + 1) }, // prettier-ignore
    });
    const masked = sendingSite({ requireSecureAggregation: { mechanism: 'own' } }, words);
    expect((await masked.site.answer(taskOf(open), neverFired)).payload.values).toHaveLength(17);
  });

  it('is no score of another name, nor of a weight that is no count', async () => {
    const plan = planOf({ evaluation: { every: 1 } });
    const { cohort: _c, instructions: _i, ...task } = taskOf(plan, { taken: 0 });
    const scored = (policy: Partial<SitePolicyInput>, metrics: object) =>
      guardedSite(policy, { plan, testData: recordsOf(4), metrics: () => metrics as never }).site.evaluate(task, neverFired); // prettier-ignore
    await expect(scored({ metrics: ['loss'] }, { [name]: 1 })).rejects.toThrow(/metrics/);
    expect(await scored({ metrics: ['loss'] }, { loss: 1 })).toMatchObject({ metrics: { loss: 1 }, weight: 4 });
    const { releases } = sitePolicy(rulesOf());
    const scores = { kind: 'scores', message: { clientId: 'a', weight: 1.5, metrics: {} } } as const;
    expect(await releases(scores)).toMatchObject({ rule: 'weights' });
    const many = (weight: number) => releases({ ...scores, message: { ...scores.message, weight } });
    expect(await many(2 ** 32)).toBeUndefined();
    expect(await many(2 ** 53)).toMatchObject({ rule: 'weights' });
  });

  it('is no error’s word, unless the policy says so', async () => {
    const trainer = stillTrainer({ train: () => Promise.reject(new Error(`of ${name}`)) });
    const asked = (policy: Partial<SitePolicyInput>) => {
      const made = guardedSite(policy, { trainer });
      return made.site.answer(taskOf(made.plan), neverFired).then(() => '', String);
    };
    expect(await asked({})).toMatch(/a failed; the reason stays at the hospital/);
    expect(await asked({})).not.toContain(name);
    expect(await asked({ errors: 'words' })).toContain(name);
    const long = stillTrainer({ train: () => Promise.reject(new Error(name.repeat(1000))) });
    const { site, plan } = guardedSite({ errors: 'words' }, { trainer: long });
    expect(await site.answer(taskOf(plan), neverFired).then(() => '', String)).not.toContain(name);
  });

  it('is no answer to a call as large as a data set, and no description', async () => {
    const { releases } = sitePolicy(rulesOf());
    const call = (message: never) => releases({ kind: 'call', mechanism: 'own', message });
    expect(await call(new Float64Array(2 ** 17 + 1) as never)).toMatchObject({ rule: 'calls' });
    expect(await call({ keys: ['x'.repeat(2 ** 19)] } as never)).toMatchObject({ rule: 'calls' });
    expect(await call({ keys: ['x'] } as never)).toBeUndefined();
    const { site, plan } = guardedSite({}, { software: [{ name: 'x', version: name.repeat(7000) }] });
    await expect(site.describe(neverFired)).rejects.toThrow(/description/);
    await guardedSite({}, { plan }).site.describe(neverFired);
  });

  it('is what the log may show, and nothing beside it', async () => {
    const root = 'a'.repeat(64);
    const entry = { type: 'training', time: '2026-03-02T10:00:00.000Z', runId: 'run-1', round: 0, clientId: 'a', details: { samples: 10, spent: null, simulationOnly: false } }; // prettier-ignore
    const checkpoint = signNote(
      `log.example/Zürich\n4\n${Buffer.alloc(32).toString('base64')}\n`,
      newSigner('log.example/Zürich'),
    );
    const proofOf = (extra: string) => `c2sp.org/tlog-proof@v1\n${extra}index 3\n${Buffer.alloc(32).toString('base64')}\n\n${checkpoint}`; // prettier-ignore
    const proof = proofOf('');
    const [cosignature] = checkpoint.split('\n').slice(-2);
    const shown = async (changes: Partial<Update>) => {
      const plan = planOf();
      const message = { ...(await guardedSite({}).site.answer(taskOf(plan), neverFired)), ...changes };
      const leaving = { kind: 'update', message, task: taskOf(plan), plan, records: async () => 10 } as const;
      return (await sitePolicy(rulesOf()).releases(leaving))?.rule;
    };
    const written = (changes: object, details: object = {}) => ({
      entry: JSON.stringify({ event: { ...entry, ...changes, details: { ...entry.details, ...details } }, index: 3 }),
      proof,
    });
    const good = { head: { index: 0, root, checkpoint, grown: [{ size: 1, proof: [root] }] }, entry: written({}, { runsOn: 'onnx (webgpu, ONNX Runtime 1.30.0, threads: 1)' }), cosignature: `${cosignature}\n` }; // prettier-ignore
    expect(await shown(good)).toBeUndefined();
    for (const wrong of [
      { head: { index: 0, root: name } },
      { head: { index: 0, root, checkpoint: `${name} was here, and there and everywhere` } },
      { head: { index: 0, root, grown: [{ size: 1, proof: [name] }] } },
      { head: { index: 0, root, checkpoint: checkpoint.replace('\n\n', `\n${name}\n\n`) } },
      { cosignature: `\u2014 ${name} said` },
      { entry: { ...written({}), proof: proofOf(`extra ${Buffer.from(name).toString('base64')}\n`) } },
      { entry: written({ runId: 'run-2' }) },
      { entry: written({ clientId: 'b' }) },
      { entry: written({ patient: name }) },
      { entry: written({}, { patient: name }) },
      { entry: written({}, { samples: name }) },
      { entry: written({}, { runsOn: `a fake\n${name}` }) },
      { entry: { entry: name, proof } },
      { entry: { ...written({}), proof: `a line of words about ${name} and more` } },
    ])
      expect([wrong, await shown(wrong)]).toEqual([wrong, 'log']);
  });

  it('is none of what a log of the site’s own says against the rules', async () => {
    const audit: AuditSink = { append: async () => ({ index: 0, root: name }), close: async () => undefined };
    const { site, plan } = guardedSite({}, { audit });
    await expect(site.answer(taskOf(plan), neverFired)).rejects.toThrow(/rule log/);
  });
});
