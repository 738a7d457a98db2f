import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StudyStatus } from '@fedward/coordinator';
import { createLayout, createParameters, digestTensors, Random } from '@fedward/core';
import { encodeModel } from '@fedward/kit-onnx';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { natsServer } from '../../tools/testing/nats-hub.js';
import { fedward, simulate } from '../support/command.js';
import { temporaryFolderOfFile } from './folder.js';
import { operated, type Operated } from './operated.js';

const mebibyte = 2 ** 20;
/** Of the network's only hidden part: 2200 x 2200 numbers of float32 are 19.4 MB. */
const wide = 2200;
const shapes = { w1: [100, wide], b1: [wide], w2: [wide, wide], b2: [wide], w3: [wide, 2], b3: [2] } as const;

/** An ONNX file of one's own for the tutorial's 100 features and two classes, and its weights by their names in a plan. */
function ownNetwork() {
  const random = new Random(11);
  const tensors = Object.entries(shapes).map(([name, shape]) => {
    const size = shape.reduce<number>((product, n) => product * n, 1);
    const deviation = shape.length === 1 ? 0 : Math.sqrt(2 / shape[0]);
    return { name, shape, values: Float32Array.from({ length: size }, () => deviation * random.normal()) };
  });
  const port = (name: string, width: number) => ({
    name,
    type: { tensor_type: { elem_type: 1, shape: { dim: [{ dim_param: 'N' }, { dim_value: width }] } } },
  });
  const gemm = (at: number, from: string, to: string) => ({ op_type: 'Gemm', name: to, input: [from, `w${at}`, `b${at}`], output: [to] }); // prettier-ignore
  const relu = (from: string, to: string) => ({ op_type: 'Relu', name: to, input: [from], output: [to] });
  const bytes = encodeModel({
    ...{ ir_version: 8, producer_name: 'test', opset_import: [{ domain: '', version: 17 }] },
    graph: {
      name: 'own',
      node: [gemm(1, 'x', 'h1'), relu('h1', 'a1'), gemm(2, 'a1', 'h2'), relu('h2', 'a2'), gemm(3, 'a2', 'y')],
      initializer: tensors.map(({ name, shape, values }) => ({ name, dims: [...shape], data_type: 1, raw_data: new Uint8Array(values.buffer) })), // prettier-ignore
      input: [port('x', 100)],
      output: [port('y', 2)],
    },
  });
  return { bytes, tensors };
}

describe.skipIf(!natsServer)('a network of 20 MB of one’s own across hospitals', () => {
  const folder = temporaryFolderOfFile();
  const network = join(folder, 'own.onnx');
  const run = join(folder, 'run');
  let deployment: Operated;
  let sha256: string;
  let initial: string;

  const propose = async (id: string, ...flags: readonly string[]) => {
    const at = ['--members', deployment.members.join(','), '--folder', deployment.local.coordinatorFolder];
    return (await deployment.local.ask('study', 'propose', '--id', id, ...flags, ...at)) as unknown as StudyStatus;
  };

  beforeAll(async () => {
    const { bytes, tensors } = ownNetwork();
    writeFileSync(network, bytes);
    const config = join(folder, 'config.json');
    const batches = { kind: 'steps', size: 16, steps: 2 };
    writeFileSync(config, JSON.stringify({ training: { batches, optimizer: { name: 'sgd', learningRate: 0.02 } }, onMissedQuorum: 'fail' })); // prettier-ignore
    const flags = ['--hospitals', '2', '--quorum', '2', '--rounds', '2', '--privacy', 'none', '--no-local'];
    const simulated = await simulate('--scenario', 'tutorial', '--model', network, ...flags, '--config', config, '--out', run); // prettier-ignore
    ({ sha256 } = simulated.model);
    // In the order of the plan's layout, which is that in which the file has its tensors.
    const layout = createLayout(tensors.map(({ name, shape }) => ({ name: `0.graph.${name}`, shape })));
    const values = new Float32Array(layout.size);
    for (const [at, tensor] of tensors.entries()) values.set(tensor.values, layout.tensors[at]!.offset);
    initial = `sha256:${digestTensors(createParameters(layout, values))}`;
    deployment = await operated({ hospitals: 2 });
    await deployment.local.start();
  }, 600_000);
  afterAll(() => deployment?.close());

  it('starts from its own weights, which hospitals have approved by their digest, and comes to the simulation’s model', async () => {
    await deployment.begin('own', join(run, 'plan.json'));
    const { study } = await deployment.status('own');
    expect(study.initial).toBe(initial);
    const result = await deployment.result('own', 400);
    expect(result.model.sha256).toBe(sha256);
    expect(result.rounds.map(({ participants }) => participants)).toEqual([deployment.members, deployment.members]);
    const studies = join(deployment.local.coordinatorFolder, 'studies');
    expect(statSync(join(studies, 'own', 'initial.safetensors')).size).toBeGreaterThan(19 * mebibyte);
    expect(readdirSync(join(studies, '.incoming'))).toEqual([]);
    const { code, stdout } = await fedward('audit', 'verify', join(studies, 'own'));
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^verified: /)]);
    // What each hospital's people have approved, as it lies in their inbox.
    for (const member of deployment.members) {
      const inbox = join(deployment.local.siteFolder(member), 'inbox');
      const [proposal] = readdirSync(inbox).filter((name) => name.endsWith('.proposal.json'));
      expect(JSON.parse(readFileSync(join(inbox, proposal!), 'utf8'))).toMatchObject({ subjects: [{ initial }] });
    }
  }, 500_000);

  it('is proposed just so by its file, for a plan with or without the network', async () => {
    const { plan } = JSON.parse(readFileSync(join(run, 'plan.json'), 'utf8')) as { plan: Record<string, unknown> };
    const bare = join(folder, 'bare.json');
    writeFileSync(bare, JSON.stringify(plan));
    const { study, planHash } = await propose('bare', '--plan', bare, '--initial', network);
    expect(study.initial).toBe(initial);

    const { model: _model, training, ...others } = plan as { model: unknown; training: Record<string, unknown> };
    const { trainer: _trainer, ...rest } = training;
    const without = join(folder, 'without.json');
    writeFileSync(without, JSON.stringify({ ...others, training: rest }));
    const same = await propose('without', '--plan', without, '--model', network);
    expect([same.study.initial, same.planHash]).toEqual([initial, planHash]);
    await expect(propose('both', '--plan', bare, '--model', network)).rejects.toThrow(/a model of its own/);
  }, 200_000);
});
