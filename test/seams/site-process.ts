import { setTimeout as wait } from 'node:timers/promises';
import { join } from 'node:path';
import { openAuditLog } from '@fedward/audit';
import { createSite, type LocalTrainer } from '@fedward/core';
import { openLedger } from '@fedward/privacy-dp/ledger';
import { referenceTrainer } from '@fedward/testkit/reference';
import { fileClientStore } from './file-store.js';
import { listenAt } from './socket.js';
import { mechanism, planOf, recordsOf, site as strategy } from './three-hospitals.js';

// One hospital: a process with data, ledger, log, store and secret noise of its own, under a plan that it has approved.

const [id, folder, milliseconds, deadline] = process.argv.slice(2) as [string, string, string, string?];
const plan = planOf(undefined, deadline === undefined ? undefined : Number(deadline));
const { delta, unit } = plan.privacy!;
const own = join(folder, id);
const audit = await openAuditLog(join(own, 'audit'));
const terms = { dataSet: id, unit, adjacency: mechanism.adjacency!, delta: delta!, budget: 8 };
const ledger = await openLedger(join(own, 'ledger'), terms);
const trainer = referenceTrainer();
/** Says when it is at work, and takes its time, so that it can be killed right there. */
const slow: LocalTrainer = {
  ...trainer,
  async train(...given) {
    process.send?.({ at: given[2].round });
    await wait(Number(milliseconds));
    return trainer.train(...given);
  },
};
const site = createSite({
  ...{ id, plan, data: recordsOf(id), trainer: slow, strategy, mechanisms: [mechanism] },
  ...{ ledger, audit, store: fileClientStore(join(own, 'store')) },
});
const door = await listenAt(join(folder, `${id}.sock`), site);
process.send?.('ready');
process.once('SIGTERM', () => void door.close().then(() => audit.close()).then(() => process.exit(0))); // prettier-ignore
