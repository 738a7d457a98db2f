import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDeployment, type TestDeployment } from '../../tools/testing/deployment.js';
import { natsServer } from '../../tools/testing/nats-hub.js';
import { temporaryFolderOfFile } from './folder.js';
import { expectUndisturbed, simulateStudy, type SimulatedStudy } from './study.js';

/** Points at which a hospital's process dies, in the order in which a round passes them. */
const atSite = ['task-received', 'admitted', 'trained', 'answer-kept', 'chunk-sent', 'result-published', 'acked'];
/** The coordinator's. */
const atCoordinator = [
  'round-started',
  'payload-stored',
  'task-published',
  'result-received',
  'chunk-received',
  'update-taken',
  'checkpoint-saved',
];

describe.skipIf(!natsServer)('SIGKILL at named points of a round', { timeout: 600_000 }, () => {
  const folder = temporaryFolderOfFile();
  let deployment: TestDeployment;
  let large: SimulatedStudy;

  beforeAll(async () => {
    large = await simulateStudy(folder, 6, 700);
    deployment = await startDeployment();
  }, 600_000);
  afterAll(() => deployment?.close());

  it('undisturbed: the model of the simulation, bit by bit', async () => {
    await deployment.begin('undisturbed', large.plan);
    await expectUndisturbed(deployment, 'undisturbed', await deployment.ended('undisturbed'), large);
  });

  it('of a hospital, at each of its points in one study: as undisturbed', async () => {
    const points = atSite.map((point) => `site.${point}#1`);
    await deployment.dieAt('hospital-1', points);
    await deployment.begin('site-dies', large.plan);
    const end = await deployment.ended('site-dies');
    expect(deployment.deaths('hospital-1')).toEqual(points);
    // It may have charged and trained, and have died before its answer was kept, at two of them.
    await expectUndisturbed(deployment, 'site-dies', end, large, { 'hospital-1': 2 });
  });

  it('of the coordinator, at each of its points in one study: as undisturbed', async () => {
    const points = atCoordinator.map((point) => `coordinator.${point}#1`);
    await deployment.dieAt('coordinator', points);
    await deployment.begin('coordinator-dies', large.plan);
    const end = await deployment.ended('coordinator-dies');
    expect(deployment.deaths('coordinator')).toEqual(points);
    await expectUndisturbed(deployment, 'coordinator-dies', end, large);
  });

  it('of the hub, at three moments, and its disk lost at two more: as undisturbed', async () => {
    await deployment.begin('hub-dies', large.plan);
    for (const [rounds, wipe] of [false, true, false, true, false].entries()) {
      await deployment.roundsDone('hub-dies', rounds);
      await deployment.hub.crash({ wipe, downSeconds: 0.5 });
    }
    const end = await deployment.ended('hub-dies');
    await expectUndisturbed(deployment, 'hub-dies', end, large);
  });
});
