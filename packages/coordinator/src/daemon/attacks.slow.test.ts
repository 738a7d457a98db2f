import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { canonicalJson, sha256, type Json, type Update } from '@fedward/core';
import { askControl } from '@fedward/kit-daemon';
import { readSigner, verifierOf, type Signer } from '@fedward/kit-keys';
import {
  connectHub,
  createRequest,
  sealEnvelope,
  serveSite,
  subjects,
  type HubStatus,
  type Member,
  type SiteDoor,
  type Study,
} from '@fedward/transport-nats';
import { describe, expect, it, onTestFinished } from 'vitest';
import { natsServer } from '../../../../tools/testing/nats-hub.js';
import { hubAddresses } from '../hub/addresses.js';
import type { Office } from '../members/office.js';
import { revoke } from '../members/revoke.js';
import type { StudyResult } from '../studies/study-result.js';
import type { StudyStatus } from '../studies/studies.js';
import { newCoordinatorIn, newFolder, runHub } from '../testing/federation.js';
import { joins, type TestHospital } from '../testing/hospital.js';
import { FakeSites } from '../testing/sites.js';
import { exampleStudy } from '../testing/store-checks.js';
import { startDaemon, type Daemon } from './daemon.js';
import { studyQuestions } from './study-handlers.js';

type Connection = Member['connection'];
const patient = { interval: 100 };

/** A coordinator's daemon with three hospitals that have joined, of which the last is hostile. */
class Siege {
  daemon!: Daemon;
  readonly lines: string[] = [];
  private constructor(
    readonly folder: string,
    readonly office: Office,
    readonly hospitals: readonly TestHospital[],
    readonly signers: ReadonlyMap<string, Signer>,
    readonly sites: FakeSites,
    readonly study: Study,
  ) {}

  static async start(rounds = 4, plan: object = {}): Promise<Siege> {
    const folder = join(await newFolder(), 'coordinator');
    const office = await newCoordinatorIn(folder);
    const study = exampleStudy({ id: 'besieged' }, { rounds, quorum: 2, ...plan });
    const hospitals: TestHospital[] = [];
    for (const id of study.members) hospitals.push(await joins(office, id));
    const signers = new Map<string, Signer>();
    for (const { id, files } of hospitals) signers.set(id, await readSigner(files.key));
    const sites = new FakeSites(await newFolder(), (id) => signers.get(id)!);
    onTestFinished(() => sites.close());
    const siege = new Siege(folder, office, hospitals, signers, sites, study);
    await siege.begin();
    onTestFinished(() => siege.daemon.close());
    return siege;
  }

  /** @param hub what is otherwise with it */
  async begin(hub: Partial<Office['config']['hub']> = {}): Promise<void> {
    const log = { level: 'info', destination: { write: (line: string) => void this.lines.push(line) } } as const;
    const { config } = this.office;
    const own = { ...config, hub: { ...config.hub, ...hub }, log: log as unknown as Office['config']['log'] };
    this.daemon = await startDaemon(own, { onStop: () => undefined });
  }

  /** Whose updates the newest round has. */
  async participants(): Promise<unknown> {
    const { events } = await this.state();
    return events.findLast(({ kind }) => kind === 'round')?.details['participants'];
  }

  ask(name: string, body: object = {}): Promise<Json> {
    return askControl(this.folder, name, { id: this.study.id, ...body } as Json, { program: 'coordinator' });
  }

  async state(): Promise<StudyStatus> {
    return (await this.ask(studyQuestions.status)) as unknown as StudyStatus;
  }

  async proposes(): Promise<void> {
    await this.ask(studyQuestions.propose, { study: this.study as unknown as Json });
    await this.ask(studyQuestions.start, { quorumIsEnough: true });
  }

  /** A connection by a hospital's own certificate. */
  async connects(id: string): Promise<Connection> {
    const identity = await this.hospitals.find((hospital) => hospital.id === id)!.identity();
    const stop = new AbortController();
    const servers = hubAddresses(this.office.config);
    const connection = await connectHub({ servers, identity: () => identity, party: id, signal: stop.signal });
    onTestFinished(async () => {
      stop.abort();
      await connection.close();
    });
    return connection;
  }

  /** A hospital's courier. @param lie what it makes of its updates before it signs them; default: it is honest */
  async serves(id: string, given?: Connection, lie = (update: Update): unknown => update): Promise<Connection> {
    const connection = given ?? (await this.connects(id));
    const client = (await this.sites.open(this.study)).client(id);
    const answer = async (...asked: Parameters<typeof client.answer>) => lie(await client.answer(...asked)) as Update;
    const door: SiteDoor = {
      admit: async () => undefined,
      clientOf: async () => ({ ...client, answer }),
      study: async () => ({ state: 'approved', why: '' }),
      taken: async () => undefined,
    };
    const courier = await serveSite({
      ...{ connection, federation: this.office.config.federation, id, signer: this.signers.get(id)!, door },
      coordinator: () => verifierOf(this.office.signer.verifierKey),
      folder: join(this.hospitals.find((hospital) => hospital.id === id)!.folder, 'courier'),
    });
    onTestFinished(() => courier.close());
    return connection;
  }
}

describe.skipIf(!natsServer)('a coordinator under attack', () => {
  it('goes on with the others where a hospital takes all connections of its account', async () => {
    const siege = await Siege.start(3000); // more rounds than there is time for
    for (const id of ['site-a', 'site-b']) await siege.serves(id);
    await siege.daemon.close();
    // The hub runs, and who is quick is there before the coordinator.
    const { url: connect } = await runHub(siege.office);
    const hogs = await Promise.all(Array.from({ length: 8 }, () => siege.connects('site-c')));
    await siege.begin({ start: false, connect });
    await siege.proposes();
    await expect.poll(() => siege.participants(), patient).toEqual(['site-a', 'site-b']);
    const [kept, ...others] = hogs;
    for (const hog of others) await hog.close();
    await siege.serves('site-c', kept);
    await expect.poll(() => siege.participants(), patient).toEqual(['site-a', 'site-b', 'site-c']);
    expect(siege.lines.some((line) => line.includes('"account":"site-c","state":"waiting"'))).toBe(true);
  });

  it('is flooded by one hospital, and neither its log nor its memory grows by it', async () => {
    const siege = await Siege.start(6);
    for (const id of ['site-a', 'site-b']) await siege.serves(id);
    const hostile = await siege.connects('site-c');
    const garbage = new Uint8Array(60_000).fill(7);
    const signer = siege.signers.get('site-c')!;
    const from = { from: 'site-c', to: 'coordinator', federation: siege.office.config.federation, payload: null, inline: false }; // prettier-ignore
    const request = (await createRequest('site-c')).request;
    let [flooding, sent] = [true, 0];
    const flood = (async () => {
      while (flooding) {
        for (let i = 0; i < 50; i++, sent++) {
          hostile.publish(subjects.presence, garbage);
          hostile.publish(subjects.request(`flood-${i}`), garbage);
          hostile.publish(subjects.result(sha256(String(sent)), sha256('x')), garbage.subarray(0, 1000));
          // Rightly signed: each a new question that takes a lock and a look at the disk.
          const said = canonicalJson({ kind: 'certificate', said: { request: `${request}${sent}` } });
          const asked = sealEnvelope({ ...from, kind: 'request', task: sha256(`task ${sent}`), said }, signer);
          hostile.publish(subjects.request('certificate'), asked.data, { headers: asked.headers });
        }
        await hostile.flush();
      }
    })();
    await siege.proposes();
    await expect.poll(async () => (await siege.state()).state, patient).toBe('done');
    // People can still do what is to be done about it.
    await revoke(siege.office.config, 'site-c', 'it floods');
    flooding = false;
    await flood;
    process.stdout.write(`${sent * 4} messages of a flood, ${siege.lines.length} lines of log\n`);
    expect(sent).toBeGreaterThan(500);
    expect(siege.lines.filter((line) => line.includes('SIGNATURE_INVALID')).length).toBeGreaterThan(0);
    expect(siege.lines.length).toBeLessThan(100);
  });

  it('takes no lie of a hospital that can be seen, signed as it is, and goes on with the others', async () => {
    const lies: readonly ((update: Update) => object)[] = [
      (update) => ({ ...update, weight: -1 }),
      (update) => ({ ...update, weight: Number.MAX_VALUE }),
      (update) => ({ ...update, baseRound: update.baseRound + 1 }),
      (update) => ({ ...update, clientId: 'site-a' }),
      (update) => ({
        ...update,
        metrics: Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`m${i}`, i])),
      }),
      (update) => ({ ...update, payload: { ...update.payload, values: update.payload.values.map(() => NaN) } }),
      (update) => ({ ...update, payload: { ...update.payload, values: update.payload.values.slice(1) } }),
      (update) => ({ ...update, payload: { ...update.payload, values: new Float32Array(2_000_000) } }),
      (update) => ({ ...update, head: { ...update.head!, index: 0 } }),
      (update) => ({
        ...update,
        head: { ...update.head!, root: update.head!.root.replace(/^./, (c) => (c === 'a' ? 'b' : 'a')) },
      }),
      (update) => ({ ...update, cosignature: 'site-c+00000000+AAAA' }),
      () => ({}),
    ];
    const siege = await Siege.start(lies.length, { onInvalidUpdate: 'drop' });
    for (const id of ['site-a', 'site-b']) await siege.serves(id);
    const left = [...lies];
    await siege.serves('site-c', undefined, (update) => left[update.baseRound]!(update));
    await siege.proposes();
    await expect.poll(async () => (await siege.state()).state, patient).toBe('done');
    const { rounds } = (await siege.ask(studyQuestions.result)) as unknown as StudyResult;
    expect(rounds.map(({ participants }) => participants)).toEqual(lies.map(() => ['site-a', 'site-b']));
    const codes = rounds.map(({ dropped }) => dropped.map(({ id, code }) => `${id} ${code}`).join());
    const invalid = 'site-c UPDATE_INVALID';
    const logs = ['site-c AUDIT_TAMPERED', 'site-c AUDIT_TAMPERED', 'site-c SIGNATURE_INVALID'];
    const numbers = [...Array<string>(5).fill(invalid), 'site-c UPDATE_NOT_FINITE', invalid, invalid];
    expect(codes).toEqual([...numbers, ...logs, invalid]);
  });

  it('hears no hospital that was revoked: its connection ends, and its certificate with it', async () => {
    const siege = await Siege.start(200);
    const open = new Map<string, Connection>();
    for (const id of siege.study.members) open.set(id, await siege.serves(id));
    await siege.proposes();
    await expect.poll(() => siege.participants(), patient).toEqual(siege.study.members);
    await revoke(siege.office.config, 'site-c', 'it left');
    await siege.ask('members.changed');
    await expect.poll(() => siege.participants(), patient).toEqual(['site-a', 'site-b']);
    const stop = new AbortController();
    let why = '';
    const onStatus = (status: HubStatus): void => {
      why = status.why ?? '';
      if (/revoked/.test(why)) stop.abort();
    };
    const identity = await siege.hospitals[2]!.identity();
    const servers = hubAddresses(siege.office.config);
    await expect(connectHub({ servers, identity: () => identity, party: 'site-c', signal: stop.signal, onStatus })).rejects.toThrow(); // prettier-ignore
    expect(why).toMatch(/revoked/);
    await expect(open.get('site-c')!.rtt()).rejects.toThrow();
  });

  it('leaves private keys in files of their owner, and nowhere else', async () => {
    const siege = await Siege.start(1);
    for (const id of siege.study.members) await siege.serves(id);
    await siege.proposes();
    await expect.poll(async () => (await siege.state()).state, patient).toBe('done');
    const holders = new Set<string>();
    for (const folder of [siege.folder, ...siege.hospitals.map((hospital) => hospital.folder)])
      for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
        const path = join(folder, name);
        const found = lstatSync(path);
        if (!found.isFile() || !/PRIVATE KEY|"private/.test(readFileSync(path, 'latin1'))) continue;
        expect([(found.mode & 0o077).toString(8), (lstatSync(dirname(path)).mode & 0o077).toString(8)], path).toEqual(['0', '0']); // prettier-ignore
        holders.add(name.replace(/site-[abc]/, 'ID'));
      }
    const ofCoordinator = ['at/ID.pem', 'coordinator.pem', 'hub.pem', 'system.pem'].map(
      (name) => `certificates/${name}`,
    );
    const keys = ['keys/ID.key.json', 'keys/fed%2Fcoordinator.key.json', 'keys/hub/identity.pem'];
    expect([...holders].sort()).toEqual(['authority/authority.key.json', ...ofCoordinator, ...keys]);
  });
});
