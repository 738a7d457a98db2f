import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL, fileURLToPath } from 'node:url';
import type { JsonObject } from '@fedward/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { natsServer } from '../../tools/testing/nats-hub.js';
import { temporaryFolderOfFile } from './folder.js';
import { operated, planned, type Operated, type Planned } from './operated.js';
import { writeFileSync } from 'node:fs';

const record = pathToFileURL(fileURLToPath(new URL('../../tools/testing/record-calls.mjs', import.meta.url))).href;

describe.skipIf(!natsServer)('what is to be seen of a deployment', () => {
  const folder = temporaryFolderOfFile();
  let deployment: Operated;
  let plan: Planned;
  const callsOf = (name: string): string => join(folder, `${name}.calls`);

  beforeAll(async () => {
    const size = ['--hospitals', '3', '--quorum', '3', '--rounds', '4', '--steps', '4'];
    plan = await planned(folder, 'watched', size);
    deployment = await operated({
      settings: (id) => ({ liveLog: id === 'hospital-0', 'telemetry.prometheus': '127.0.0.1:0', 'log.level': 'debug' }),
    });
    const { local } = deployment;
    const config = join(local.coordinatorFolder, 'coordinator.yaml');
    const settings = parse(readFileSync(config, 'utf8')) as JsonObject;
    writeFileSync(config, stringify({ ...settings, telemetry: { prometheus: '127.0.0.1:0' } }));
    const watched = (name: string) => ({ NODE_OPTIONS: `--import=${record}`, FEDWARD_TEST_CALLS: callsOf(name) });
    local.coordinator.start(watched('coordinator'));
    await local.until(() => local.studies());
    for (const [id, site] of local.sites) site.start(watched(id));
    await deployment.begin('watched', plan.file);
    expect((await deployment.result('watched')).model.sha256).toBe(plan.sha256);
  }, 600_000);
  afterAll(() => deployment?.close());

  it('calls nobody but the hub, over a whole study', () => {
    const { local, members } = deployment;
    const { hub } = parse(readFileSync(join(local.coordinatorFolder, 'coordinator.yaml'), 'utf8')) as {
      readonly hub: { readonly listen: string; readonly websocket: string };
    };
    for (const name of ['coordinator', ...members]) {
      expect(existsSync(callsOf(name)), `${name} was watched`).toBe(true);
      const called = new Set(readFileSync(callsOf(name), 'utf8').trim().split('\n'));
      expect([...called], name).toEqual([name === 'coordinator' ? hub.listen : hub.websocket]);
    }
  });

  it('shows the log of who has it shown, and no word of records, people or files', async () => {
    const { local } = deployment;
    const shown = (await local.ask('coordinator', 'logs', '--folder', local.coordinatorFolder)) as JsonObject[];
    expect(new Set(shown.map(({ site }) => site))).toEqual(new Set(['hospital-0']));
    expect(shown).toContainEqual(
      expect.objectContaining({ event: 'answered', study: 'watched', round: 3, kind: 'answer' }),
    );
    expect(JSON.stringify(shown)).not.toMatch(/demonstration|patients|tutorial|\/tmp|sha256/);
    for (const line of shown)
      for (const key of Object.keys(line))
        expect(['number', 'site', 'time', 'event', 'study', 'round', 'kind', 'code']).toContain(key);
  });

  it('tells figures and whether it is ready, at the coordinator and at a hospital', async () => {
    const { local } = deployment;
    const [coordinator, site] = [figuresOf(local.coordinator.log), figuresOf(local.sites.get('hospital-1')!.log)];
    const [ofCoordinator, ofSite] = await Promise.all([text(`${coordinator}/metrics`), text(`${site}/metrics`)]);
    expect(ofCoordinator).toMatch(/^fedward_coordinator_rounds_total\{[^}]*outcome="released"[^}]*\} 4$/m);
    expect(ofCoordinator).toMatch(/^fedward_coordinator_round_seconds_count\{[^}]*\} 4$/m);
    expect(ofCoordinator).toMatch(/^fedward_coordinator_bytes_total\{[^}]*direction="received"[^}]*\} [1-9]\d+$/m);
    expect(ofCoordinator).toMatch(/^fedward_coordinator_members_present(\{[^}]*\})? 3$/m);
    expect(ofSite).toMatch(/^fedward_site_answers_total\{[^}]*kind="answer"[^}]*\} 4$/m);
    expect(ofSite).toMatch(/^fedward_site_answer_seconds_count\{[^}]*kind="answer"[^}]*\} 4$/m);
    expect(ofSite).toMatch(/^fedward_site_disk_free_bytes(\{[^}]*\})? [1-9]\d+$/m);
    expect((await fetch(`${coordinator}/readyz`)).status).toBe(200);
    expect((await fetch(`${site}/healthz`)).status).toBe(200);
  });
});

/** `http://HOST:PORT`, as a daemon has told. */
function figuresOf(log: string): string {
  return /figures are at (http:\S+)\/metrics/.exec(readFileSync(log, 'utf8'))![1]!;
}

async function text(url: string): Promise<string> {
  return (await fetch(url)).text();
}
