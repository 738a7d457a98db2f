import { isTrainingPlan, type Leaving, type Update } from '@fedward/core';
import { cosignatureFault, entryFault, headFault } from './log-fault.js';
import { matches, openly, type Rule, type Verdict } from './rule.js';
import type { SitePolicyRules } from './schema.js';

type LeavingUpdate = Extract<Leaving, { kind: 'update' }>;

/** What mechanisms and compressions make of an update: one array of words, and a weight that is summed with them. */
const formsOfWords = ['values', 'weight', 'compressed'];
/** What masks and compression may add to an update's words beside its numbers. */
const wordsBeside = 16;
/** What the two halves of a mechanism say to each other, and what a site says of itself. */
const mostCallBytes = 2 ** 20;
const mostDescribed = 2 ** 16;
const mostErrorWords = 1000;
/** As core takes them: a larger weight of scores counts nobody. */
const mostRecords = 2 ** 32;

/** What leaves, of whatever plugin's making. */
export const leavingRules: readonly Rule[] = [
  {
    name: 'mostBytes',
    releases({ update: { mostBytes } }, leaving) {
      if (mostBytes === undefined || leaving.kind !== 'update') return undefined;
      const { byteLength } = leaving.message.payload.values;
      if (byteLength <= mostBytes) return undefined;
      return openly(`the update has ${byteLength} bytes, the most is ${mostBytes}: a smaller model, or compression`);
    },
  },
  {
    name: 'tensors',
    releases(rules, leaving) {
      if (leaving.kind !== 'update') return undefined;
      return isTrainingPlan(leaving.plan) ? ofTraining(rules, leaving) : ofQuery(rules, leaving);
    },
  },
  {
    name: 'weights',
    async releases({ update: { weights } }, leaving) {
      if (leaving.kind === 'scores') return wholeNumber(leaving.message.weight);
      if (leaving.kind !== 'update' || weights === 'any') return undefined;
      const { weight } = leaving.message;
      if (weight === 1) return undefined;
      const records = await leaving.records();
      if (weight === records) return undefined;
      return {
        reason: `the update's weight is ${weight}, there are ${records} records`,
        told: 'the weight of an update is 1 or the number of records here; the aggregator’s half at the site gives another',
      };
    },
  },
  {
    name: 'metrics',
    releases({ metrics }, leaving) {
      if (!metrics || (leaving.kind !== 'update' && leaving.kind !== 'scores')) return undefined;
      const other = Object.keys(leaving.message.metrics).filter((name) => !metrics.includes(name));
      if (other.length === 0) return undefined;
      // Their names may be of a patient.
      return {
        reason: `metrics were to leave that may not: ${other.join(', ')}`,
        told: `metrics were to leave that may not; those that may: ${metrics.join(', ') || 'none'}`,
      };
    },
  },
  {
    name: 'minimumCellSize',
    releases({ minimumCellSize }, leaving) {
      if (!minimumCellSize || leaving.kind !== 'update' || isTrainingPlan(leaving.plan)) return undefined;
      return smallCell(minimumCellSize, leaving.message);
    },
  },
  {
    name: 'log',
    releases(_, leaving) {
      if (leaving.kind === 'error' || leaving.kind === 'call') return undefined;
      const { head } = leaving.message;
      const fault = (head && headFault(head)) ?? (leaving.kind === 'update' ? shownFault(leaving) : undefined);
      if (!fault) return undefined;
      return { reason: `what was to be shown of the log ${fault}`, told: 'what its log would show holds more than it may; its host has to look' }; // prettier-ignore
    },
  },
  {
    name: 'calls',
    releases(_, leaving) {
      if (leaving.kind !== 'call' || bytesOf(leaving.message, mostCallBytes) <= mostCallBytes) return undefined;
      return openly(`${leaving.mechanism} was to answer a call with more than ${mostCallBytes} bytes`);
    },
  },
  {
    name: 'description',
    releases(_, leaving) {
      if (leaving.kind !== 'description' || bytesOf(leaving.message, mostDescribed) <= mostDescribed) return undefined;
      return openly(`what it says of itself has more than ${mostDescribed} bytes`);
    },
  },
  {
    name: 'errors',
    releases({ errors }, leaving) {
      if (leaving.kind !== 'error') return undefined;
      const { code, words } = leaving.message;
      if (errors === 'words' && words.length <= mostErrorWords) return undefined;
      const told = 'the reason stays at the hospital: ask its people, who have it in their log';
      return { reason: `${code}: ${words}`, told };
    },
  },
];

/** What goes with an update of the log. */
function shownFault(leaving: LeavingUpdate): string | undefined {
  const { entry, cosignature } = leaving.message;
  const ofLine = cosignature === undefined ? undefined : cosignatureFault(cosignature);
  return ofLine ?? (entry && entryFault(entry, leaving));
}

/** A training's update has the tensors that were sent, or words that a mechanism or a compression made of them. */
function ofTraining({ update }: SitePolicyRules, { message, task, plan }: LeavingUpdate): Verdict {
  const { layout, values } = message.payload;
  const sent = task.payload.layout;
  const most = Math.ceil(update.mostTimes * sent.size) + wordsBeside;
  if (layout.size > most) return openly(`the update has ${layout.size} numbers, ${sent.size} were sent, and ${most} are the most`); // prettier-ignore
  const turned = values instanceof Uint32Array && (plan.privacy !== null || plan.compression !== undefined);
  const known = new Set([...sent.tensors.map(({ name }) => name), ...(turned ? formsOfWords : [])]);
  return named(message, (name) => known.has(name) || allowed(update.tensors, name));
}

/** What a query's answer is made of, only its host's policy can say. */
function ofQuery({ update }: SitePolicyRules, { message, plan }: LeavingUpdate): Verdict {
  const turned = message.payload.values instanceof Uint32Array && plan.privacy !== null;
  return named(message, (name) => (turned && formsOfWords.includes(name)) || allowed(update.tensors, name));
}

function named({ payload }: Update, isKnown: (name: string) => boolean): Verdict {
  const other = payload.layout.tensors.find(({ name }) => !isKnown(name));
  if (!other) return undefined;
  // A plugin may have named it after a patient.
  return {
    reason: `the update has a tensor ${other.name}, which was not asked for`,
    told: 'the update has a tensor that was not asked for; its host may allow it by name (update.tensors)',
  };
}

function allowed(patterns: readonly string[] = [], name: string): boolean {
  return patterns.some((pattern) => matches(pattern, name));
}

function wholeNumber(weight: number): Verdict {
  if (Number.isInteger(weight) && weight >= 0 && weight <= mostRecords) return undefined;
  return { reason: `scores have the weight ${weight}`, told: 'the weight of scores is a number of records' };
}

/** A count that is not 0 and below the minimum, as it is or as a difference of what is told would be of few patients. */
function smallCell(
  { minimum, tensors }: NonNullable<SitePolicyRules['minimumCellSize']>,
  { payload: { layout, values } }: Update,
): Verdict {
  const counted = layout.tensors.filter(({ name }) => allowed(tensors, name));
  if (counted.length === 0)
    return openly('the answer has none of the tensors whose counts are looked at here (minimumCellSize.tensors)');
  for (const { name, offset, size } of counted)
    for (let i = offset; i < offset + size; i++) {
      const value = values[i]!;
      if (value === 0 || value >= minimum) continue;
      return {
        reason: `tensor ${name} has the count ${value}, the least is ${minimum}`,
        told: `a count is below ${minimum} and not 0: ask in coarser groups, or of more records`,
      };
    }
  return undefined;
}

/** Counted as calls are on their way: the bytes of arrays, 2 for each character, and 8 for each member. */
function bytesOf(value: unknown, most: number): number {
  let bytes = 0;
  const left: unknown[] = [value];
  while (left.length > 0 && bytes <= most) {
    const next = left.pop();
    bytes += 8;
    if (typeof next === 'string') bytes += 2 * next.length;
    else if (ArrayBuffer.isView(next)) bytes += next.byteLength;
    else if (typeof next === 'object' && next !== null)
      for (const [key, member] of Object.entries(next)) {
        bytes += 2 * key.length;
        left.push(member);
      }
  }
  return bytes;
}
