import type { AuditHead } from '../interfaces/audit.js';
import type { SiteDescription } from '../interfaces/description.js';
import type { EvaluateResult, Update } from '../interfaces/messages.js';
import type { DpEvent } from '../privacy/events.js';
import { createLayout, shapesOf, type Tensors } from '../parameters/parameters.js';
import { asRunsOn } from './runs-on.js';

// What leaves a site is made anew of the members that such a message has: a plugin may have put others beside them, and a
// typed array may be a window on a larger memory.

/**
 * @param id of the site, which nobody else speaks for
 * @param event what was charged for it, whatever a mechanism says
 */
export function bareUpdate(update: Update, id: string, event: DpEvent | undefined): Update {
  const { baseRound, payload, weight, metrics, simulationOnly, head, entry, cosignature } = update;
  return {
    ...{ clientId: id, baseRound: Number(baseRound), payload: bareTensors(payload), weight: Number(weight) },
    ...{ metrics: numbersOf(metrics), spent: event ? [event] : [], simulationOnly: Boolean(simulationOnly) },
    ...(head && { head: bareHead(head) }),
    ...(entry && { entry: { entry: String(entry.entry), proof: String(entry.proof) } }),
    ...(cosignature !== undefined && { cosignature: String(cosignature) }),
  };
}

export function bareScores({ weight, metrics, head }: EvaluateResult, id: string): EvaluateResult {
  const said = { clientId: id, weight: Number(weight), metrics: numbersOf(metrics) };
  return { ...said, ...(head && { head: bareHead(head) }) };
}

export function bareDescription(description: SiteDescription, id: string): SiteDescription {
  const { protocol, software, approved, work, dataSheet, keepsLedger, noise, head, verifierKey, seen } = description;
  return {
    ...{ protocol, clientId: id, approved: [...approved], keepsLedger, noise, head: head && bareHead(head) },
    software: software.map(({ name, version }) => ({ name, version })),
    work:
      work.kind === 'query'
        ? { kind: work.kind, query: work.query }
        : {
            ...{ kind: work.kind, trainer: work.trainer, strategy: work.strategy },
            ...(work.model !== undefined && { model: work.model }),
            ...(work.runsOn !== undefined && { runsOn: asRunsOn(work.runsOn) }),
          },
    ...(dataSheet !== undefined && { dataSheet }),
    ...(verifierKey !== undefined && { verifierKey }),
    ...(seen !== undefined && { seen }),
  };
}

/** The values alone, and a layout of names and shapes. */
function bareTensors({ layout, values }: Tensors): Tensors {
  return { layout: createLayout(shapesOf(layout)), values: values.slice() };
}

function bareHead({ index, root, checkpoint, grown }: AuditHead): AuditHead {
  return {
    ...{ index, root },
    ...(checkpoint !== undefined && { checkpoint }),
    ...(grown && { grown: grown.map(({ size, proof }) => ({ size, proof: [...proof] })) }),
  };
}

function numbersOf(metrics: Update['metrics']): Update['metrics'] {
  return Object.fromEntries(Object.entries(metrics).filter(([, value]) => typeof value === 'number'));
}
