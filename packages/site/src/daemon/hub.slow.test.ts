import { join } from 'node:path';
import { openAuditLog, openWitness } from '@fedward/audit';
import { createParameters, digestTensors, isTrainingPlan, layoutOf, planHash, runFederation, SeededNoise, Random } from '@fedward/core'; // prettier-ignore
import { askControl, openLog } from '@fedward/kit-daemon';
import { readSigner, verifierOf } from '@fedward/kit-keys';
import { InstalledPlugins, pluginsOf } from '@fedward/sim-healthcare';
import { connectHub, ensureDown, ensureSiteStreams, natsTransport, type Member } from '@fedward/transport-nats';
import { describe, expect, it, onTestFinished } from 'vitest';
import { identities, natsServer, startHub } from '../../../../tools/testing/nats-hub.js';
import { readSiteConfig } from '../config/index.js';
import { coordinatorKey, hospitalFolder, simulated, studyOf, temporary } from '../testing/hospitals.js';
import { limitedTrainers, overNats, startSite } from './index.js';

/** For the process that trains, which has none of this one's ways to read TypeScript. */
const fromSource = ['--conditions=fedward-source', '--import', 'tsx'];
const never = new AbortController().signal;

describe.skipIf(!natsServer)('sites over a hub', () => {
  it('give the bits of a simulation, each training in a process of its own', async () => {
    const at = temporary();
    const { plan, result } = await simulated();
    if (!isTrainingPlan(plan)) throw new Error('it trains');
    const ids = result.hospitals.map(({ id }) => id);
    const hub = await startHub({ sites: ids, federation: 'heart' });
    onTestFinished(() => hub.kill());
    const as = async (uri: string, party: string) => {
      const pass = await hub.party(uri);
      const connection = await connectHub({ servers: [hub.url], identity: () => pass, party });
      onTestFinished(() => connection.close());
      return connection;
    };
    const coordinator = await coordinatorKey(at);
    const down = await as(identities.coordinator('heart'), 'coordinator');
    await ensureDown(down);
    const study = studyOf(plan, ids);
    const members: Member[] = [];
    const keys: Record<string, string> = {};
    const lines: string[] = [];
    for (const id of ids) {
      const connection = await as(identities.coordinatorAt('heart', id), 'coordinator');
      await ensureSiteStreams(connection);
      const folder = await hospitalFolder(at, id, coordinator, {
        hub: { servers: [hub.url] },
        ledger: { budget: 100 },
      });
      const { verifierKey } = await readSigner(join(folder, 'keys', `${id}.key.json`));
      keys[id] = verifierKey;
      const verifier = verifierOf(verifierKey);
      members.push({ id, verifier: () => verifier, connection });
      const log = await openLog({ level: 'warn', destination: { write: (line: string) => void lines.push(line) } });
      const daemon = await startSite(folder, {
        ...{ log, onStop: () => undefined, trainerOf: limitedTrainers(await readSiteConfig(folder), log, fromSource) },
        connect: overNats({ read: () => hub.party(identities.site('heart', id)) }),
      });
      onTestFinished(() => daemon.close());
    }
    const transport = natsTransport(down, {
      ...{ federation: 'heart', runId: study.id, planHash: planHash(plan), signer: coordinator, members },
    });
    onTestFinished(() => transport.close());
    for (const id of ids) {
      expect(await transport.propose(id, study, never)).toMatchObject({ state: 'waiting' });
      await askControl(join(at, id), 'approve', { study: study.id, by: 'anna', words: '' }, { program: 'site' });
      expect(await transport.propose(id, study, never)).toMatchObject({ state: 'approved' });
    }
    const made = await pluginsOf(plan, await InstalledPlugins.load([], plan));
    const audit = await openAuditLog(join(at, 'log'), { signer: coordinator, runId: study.id });
    const witness = await openWitness(join(at, 'witness'), { signer: coordinator, known: (who) => keys[who] });
    const random = new Random(plan.seed);
    const { model } = await runFederation({
      ...{ runId: study.id, plan, aggregator: made.aggregator, mechanisms: made.mechanisms, transport, audit, witness },
      ...{ initial: createParameters(layoutOf(plan.model)), simulationOnly: true, accountant: made.accountant! },
      noise: (round) => new SeededNoise(random.fork('server-noise', round)),
    });
    expect(digestTensors(model)).toBe(result.model.sha256);
    for (const id of ids) {
      await transport.ended(id, { kind: 'ended', runId: study.id, how: 'done', words: '' }, never);
      const status = await askControl(join(at, id), 'status', { verify: true }, { program: 'site' });
      expect(status).toMatchObject({
        ...{ connection: { state: 'connected' }, log: { verified: true }, ledger: { releases: plan.rounds } },
        studies: [{ state: 'done', roundsTrained: plan.rounds }],
      });
    }
    expect(lines.filter((line) => !line.includes('noise is seeded'))).toEqual([]);
    await witness.close();
    await audit.close();
  });
});
