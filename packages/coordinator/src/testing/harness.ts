import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { signerOf, type Signer } from '@fedward/kit-keys';
import type { Database } from '../store/database.js';
import type { StudyParts, StudySettings } from '../studies/parts.js';
import { softwareHere, type StudySoftware } from '../studies/software.js';
import { Studies, type StudyStatus } from '../studies/studies.js';
import { StudyStore } from '../studies/study-store.js';
import { fakePlugins, type FakeSites } from './sites.js';

/** Of `openHarness`. */
export interface HarnessOptions {
  readonly settings?: StudySettings;
  readonly software?: StudySoftware;
}

/** A coordinator's studies around hospitals in this process; it can be closed and opened again, as after a restart. */
export class Harness {
  readonly words: string[] = [];
  studies!: Studies;
  private constructor(
    readonly folder: string,
    private readonly database: Database,
    private readonly sites: FakeSites,
    private readonly signer: Signer,
  ) {}

  /** The coordinator's. */
  get verifierKey(): string {
    return this.signer.verifierKey;
  }

  static async open(database: Database, sites: FakeSites, options: HarnessOptions = {}): Promise<Harness> {
    const folder = await mkdtemp(join(tmpdir(), 'fedward-studies-'));
    const signer = signerOf('coordinator', generateKeyPairSync('ed25519').privateKey);
    const harness = new Harness(folder, database, sites, signer);
    await harness.begin(options);
    return harness;
  }

  async begin({ settings = {}, software = softwareHere() }: HarnessOptions = {}): Promise<void> {
    const parts: StudyParts = {
      ...{ store: new StudyStore(this.database), folder: this.folder, signer: this.signer, software },
      members: {
        ids: () => ['site-a', 'site-b', 'site-c'],
        verifierKeyOf: (id) => (id.startsWith('site-') ? this.sites.signerOf(id).verifierKey : undefined),
      },
      ...{ presence: this.sites.presence, transports: this.sites, pluginsOf: fakePlugins },
      settings: { noise: 'seeded', askEvery: 0.02, graceSeconds: 0, backoff: [0.01, 0.05], ...settings },
      say: (_level, words) => void this.words.push(words),
    };
    this.studies = new Studies(parts);
    await this.studies.begin();
  }

  /** Waits until a study stands so. */
  async until(id: string, is: (status: StudyStatus) => boolean): Promise<StudyStatus> {
    for (let tries = 0; tries < 400; tries++) {
      const status = await this.studies.status(id);
      if (is(status)) return status;
      await sleep(10);
    }
    const { state, why } = await this.studies.status(id);
    throw new Error(`study ${id} is ${state} (${why}); ${this.words.slice(-5).join(' | ')}`);
  }

  async close(): Promise<void> {
    await this.studies.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
