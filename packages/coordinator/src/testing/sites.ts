import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { openAuditLog, openWitness } from '@fedward/audit';
import {
  createSite,
  FedwardError,
  inMemoryTransport,
  memoryAnswerStore,
  memoryClientStore,
  memoryOutbox,
  planHash,
  simulatedRandomness,
  type Client,
  type LocalTrainer,
  type TrainingData,
  type TrainingPlan,
} from '@fedward/core';
import { signerOf, type Signer } from '@fedward/kit-keys';
import { InstalledPlugins, pluginsOf, type Plugins } from '@fedward/sim-healthcare';
import type { Study, StudyStanding } from '@fedward/transport-nats';
import type { StudyTransport, TransportFactory } from '../studies/parts.js';
import type { Present, Presence } from '../studies/presence.js';

/** Moves half way to the hospital's feature, with a little of its own randomness, and noise where it is asked. */
export const fakeTrainer: LocalTrainer = {
  name: 'wasm',
  provides: ['per-example-clipping'],
  describe: async () => 'a fake',
  async train(payload, data, { random, noise, gradientPrivacy, round }) {
    const values = payload.values.map((x) => (x + data.features[0]!) / 2 + 0.01 * random.normal());
    if (gradientPrivacy) noise.addGaussian(values, gradientPrivacy.noiseMultiplier * gradientPrivacy.clipNorm);
    return {
      payload: { layout: payload.layout, values },
      ...(gradientPrivacy && { applied: { gradientPrivacy } }),
      steps: 1,
      metrics: { loss: data.count / (round + 1) },
    };
  },
  predict: async (_model, { values }, data) => new Float32Array(data.count).fill(values[0]!),
};

/** The plan's plugins, with the fake in place of its trainer. */
export async function fakePlugins(plan: TrainingPlan): Promise<Plugins> {
  return { ...(await pluginsOf(plan, await InstalledPlugins.load([], plan))), trainer: fakeTrainer };
}

function dataOf(index: number): TrainingData {
  const count = 5 + index;
  return {
    count,
    featureShape: [3],
    features: new Float32Array(3 * count).fill(index + 1),
    labels: Float32Array.from({ length: count }, (_, i) => i % 2),
    patientIds: Array.from({ length: count }, (_, i) => `patient-${i}`),
  };
}

/** Hospitals in this process, and what a test does to them. */
export class FakeSites implements TransportFactory {
  readonly standings = new Map<string, StudyStanding>();
  /** Digests of first weights that a hospital has approved, where they are others than the study's. */
  readonly startsFrom = new Map<string, string>();
  readonly away = new Set<string>();
  readonly ended: string[] = [];
  /** Rounds that each trained in, in order. */
  readonly trained = new Map<string, number[]>();
  /** Called before a hospital answers a round; what it throws is the answer. */
  onTask: (id: string, round: number, signal: AbortSignal) => Promise<void> = async () => undefined;
  /** Whether a link to them was closed since a test last set it to false. */
  closed = false;
  readonly presence: Presence = {
    of: (id): Present => ({ present: !this.away.has(id), heardSecondsAgo: this.away.has(id) ? 60 : 0 }),
  };
  readonly #clients = new Map<string, Promise<Client>>();

  readonly #signers = new Map<string, Signer>();
  readonly #open: { close(): Promise<void> }[] = [];

  /**
   * @param folder of their logs; undefined: they keep none
   * @param keys their keys, by their ids; default: new ones
   */
  constructor(
    private readonly folder?: string,
    private readonly keys?: (id: string) => Signer,
  ) {}

  signerOf(id: string): Signer {
    let signer = this.#signers.get(id);
    if (!signer) {
      signer = this.keys?.(id) ?? signerOf(id, generateKeyPairSync('ed25519').privateKey);
      this.#signers.set(id, signer);
    }
    return signer;
  }

  async close(): Promise<void> {
    for (const one of this.#open.splice(0)) await one.close();
  }

  async open(study: Study): Promise<StudyTransport> {
    const clients = await Promise.all(study.members.map((id, index) => this.#clientOf(study, id, index)));
    const transport = inMemoryTransport(clients);
    return {
      ...transport,
      close: async () => {
        this.closed = true;
        await transport.close();
      },
      propose: async (id) => this.standings.get(id) ?? { state: 'approved', why: '' },
      ended: async (id, { how }) => void this.ended.push(`${id} ${how}`),
    };
  }

  #clientOf(study: Study, id: string, index: number): Promise<Client> {
    const key = `${study.id} ${id}`;
    let client = this.#clients.get(key);
    if (!client) this.#clients.set(key, (client = this.#made(study, id, index)));
    return client;
  }

  async #made({ plan, id: study, initial }: Study, id: string, index: number): Promise<Client> {
    const training = plan as TrainingPlan;
    const startsFrom = this.startsFrom.get(id) ?? initial;
    const plugins = await fakePlugins(training);
    const logs = this.folder === undefined ? {} : await this.#logsOf(join(this.folder, study, id), id, study);
    const site = createSite({
      ...logs,
      ...{ id, plan: training, data: dataOf(index), trainer: plugins.trainer, mechanisms: plugins.mechanisms },
      ...(plugins.strategy && { strategy: plugins.strategy }),
      ...(startsFrom !== null && { startsFrom }),
      randomness: simulatedRandomness(plan.seed),
      ...{ store: memoryClientStore(), answers: memoryAnswerStore(), outbox: memoryOutbox() },
    });
    const approved = () => (this.standings.get(id)?.state ?? 'approved') === 'approved';
    const refuse = () => new FedwardError('PLAN_NOT_APPROVED', `${id} does not approve`, id);
    return {
      ...site,
      describe: async (signal) => ({ ...(await site.describe(signal)), approved: approved() ? [planHash(plan)] : [] }),
      propose: async (given, signal) => {
        if (!approved()) throw refuse();
        await site.propose(given, signal);
      },
      answer: async (task, signal) => {
        if (!approved()) throw refuse();
        await this.onTask(id, task.round, signal);
        const update = await site.answer(task, signal);
        const name = `${study} ${id}`;
        this.trained.set(name, [...(this.trained.get(name) ?? []), task.round]);
        return update;
      },
    };
  }

  async #logsOf(folder: string, id: string, runId: string) {
    const signer = this.signerOf(id);
    const audit = await openAuditLog(join(folder, 'audit'), { signer, fsync: false, breakLock: true, runId });
    const witness = await openWitness(join(folder, 'witness'), { signer, fsync: false });
    this.#open.push(audit, witness);
    return { audit, witness };
  }
}
