import { throwIfAborted } from '../base/abort.js';
import { FedwardError } from '../base/errors.js';
import type { JsonObject } from '../base/json.js';
import type { State } from '../base/state.js';
import type { Client } from '../interfaces/client.js';
import type { Task, Update } from '../interfaces/messages.js';
import type { KeptAnswer, OutboxKey } from '../interfaces/outbox.js';
import type { Records } from '../interfaces/records.js';
import { copyTensors, digestTensors, findNonFinite } from '../parameters/parameters.js';
import { isTrainingPlan } from '../plan/plan.js';
import type { DpEvent } from '../privacy/events.js';
import { memoryOutbox } from '../memory/stores.js';
import { digestTask } from './gate.js';
import type { Office } from './office.js';
import { streamsOf, type Streams } from './promises.js';
import { assertRecords, recordsOf } from './records.js';

/** What was let in, and what it needs. */
interface Admitted {
  readonly streams: Streams;
  readonly data: Records;
  readonly state: State;
  readonly event: DpEvent | undefined;
  /** The site's cosignature of the server's head. */
  readonly cosignature: string | undefined;
}

/** A task that comes again. */
interface Repeated {
  readonly repeated: KeptAnswer;
  readonly cosignature: string | undefined;
}

/** What an entry must hold so that others can tell of which update it is, and what it was trained on. */
function shownOf({ planHash }: Task, { payload }: Update, { own, common }: Office): JsonObject {
  const { dataSheet } = own;
  const work = common.work.description();
  const runsOn = work.kind === 'training' ? work.runsOn : undefined;
  return {
    ...{ planHash, update: digestTensors(payload) },
    ...(dataSheet !== undefined && { dataSheet }),
    ...(runsOn !== undefined && { runsOn }),
  };
}

/** How a site answers a round: gate, ledger, work, mechanisms, log. */
export function answering(office: Office): Client['answer'] {
  const { common, id, secret } = office;
  const { plan, work, mechanisms, compression, randomness, protection } = common;
  const leftOut = compression && `compression ${compression.name}`;
  const { adjacency, countIsPublic } = protection;
  const dataOf = recordsOf(office.own, (data) => assertRecords(data, id, plan, protection, work));
  // In memory only what could not be computed again.
  const outbox = office.own.outbox ?? (secret ? memoryOutbox() : undefined);
  const { ownLog } = office;

  const admit = async (task: Task, signal: AbortSignal): Promise<Admitted | Repeated> => {
    await office.assertTask(task);
    const cosignature = await ownLog.witnessed(task);
    const repeated = await outbox?.find(keyOf(id, task));
    if (repeated) {
      await office.log(task, 'answer-repeated', {});
      return { repeated, cosignature };
    }
    const streams = streamsOf(randomness, id, task.round, adjacency);
    const data = await Promise.resolve(dataOf()).catch(office.withoutReason(task, 'data'));
    const state = await office.remembered(task);
    throwIfAborted(signal);
    return { streams, data, state, cosignature, event: await office.admission.admit(task) };
  };

  const compute = async (task: Task, admitted: Admitted, signal: AbortSignal): Promise<Update> => {
    const { streams, data, state, event } = admitted;
    const worked = await work.run({ clientId: id, task, data, state, streams, signal });
    // Who was told to stop may have been asked again since: what it remembers by then must stay.
    throwIfAborted(signal);
    let update: Update = {
      clientId: id,
      baseRound: task.round,
      payload: worked.payload,
      weight: isTrainingPlan(plan) && countIsPublic ? (worked.weight ?? data.count) : 1,
      metrics: event ? {} : worked.metrics,
      spent: event ? [event] : [],
      simulationOnly: mechanisms.length > 0 && randomness.simulationOnly,
    };
    for (const mechanism of mechanisms)
      if (mechanism.onClient)
        update = await mechanism.onClient(update, office.siteContext(task, mechanism.name, streams));
    if (compression) {
      assertFinite(update);
      const random = streams.random.fork('compression');
      const packed = compression.compress(update.payload, { random, state: await office.remembered(task, leftOut) });
      update = { ...update, payload: packed.payload };
      throwIfAborted(signal);
      if (packed.state !== undefined) await office.remember(task, packed.state, leftOut);
    }
    if (worked.state === undefined) return update;
    throwIfAborted(signal);
    await office.remember(task, worked.state);
    return update;
  };

  return async (task, signal) => {
    throwIfAborted(signal);
    const admitted = await office.gated(task, () => admit(task, signal));
    if ('repeated' in admitted) {
      const { repeated, cosignature } = admitted;
      return { ...copyOf(repeated.update), ...(await ownLog.vouched(task, repeated.index, cosignature)) };
    }
    const update = withoutVouched(await compute(task, admitted, signal).catch(office.failed(task, 'answer')));
    const samples = countIsPublic ? admitted.data.count : 'withheld';
    const server = task.head && { serverHead: { index: task.head.index, root: task.head.root } };
    const { simulationOnly } = update;
    const details = { samples, spent: admitted.event ?? null, simulationOnly, ...server };
    const shown = ownLog.vouches ? shownOf(task, update, office) : {};
    const receipt = await office.log(task, isTrainingPlan(plan) ? 'training' : 'query', { ...details, ...shown });
    const index = receipt?.index;
    await outbox?.keep(keyOf(id, task), { update: copyOf(update), ...(index !== undefined && { index }) });
    return { ...update, ...(await ownLog.vouched(task, index, admitted.cosignature)) };
  };
}

function keyOf(clientId: string, task: Task): OutboxKey {
  return { clientId, runId: task.runId, round: task.round, task: digestTask(task) };
}

/** What is said of logs is the site's to say, and no mechanism's. */
function withoutVouched({ head: _h, entry: _e, cosignature: _c, ...update }: Update): Update {
  return update;
}

/** What can't be made smaller is said as the server says it of an update that it sees whole. */
function assertFinite({ clientId, baseRound, payload }: Update): void {
  const tensor = findNonFinite(payload);
  if (!tensor) return;
  const message = `round ${baseRound}: the update of ${clientId} has a NaN or Infinity in tensor ${tensor.name}; a smaller learning rate may help`; // prettier-ignore
  throw new FedwardError('UPDATE_NOT_FINITE', message, clientId);
}

function copyOf(update: Update): Update {
  return { ...update, payload: copyTensors(update.payload) };
}
