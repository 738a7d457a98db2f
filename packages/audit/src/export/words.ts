import type { AuditEvent, AuditEventType, JsonObject } from '@fedward/core';
import { listIn, numberIn, objectIn, textIn } from './details.js';
import { counted, rounded } from './figures.js';
import { laterWords } from './later-words.js';
import { digest, epsilon, spent, told, type Told, type Words } from './told.js';

/** An event in words. Of a type that this version does not know, its name is told. */
export function describeAuditEvent(event: AuditEvent): Told {
  const words = Object.hasOwn(byType, event.type) ? byType[event.type] : undefined;
  return words ? words(event.details, event) : told(event.type);
}

const byType: Readonly<Record<AuditEventType, Words>> = {
  'run-planned': (details) => told('plan written down', digest('plan file', textIn(details, 'planFile'))),
  'run-start': (details) => told(`run began${named(details, 'plan')}`, ...frame(details)),
  'run-resume': (details) =>
    told(`run went on${named(details, 'plan')}`, from(numberIn(details, 'fromRound')), ...frame(details)),
  'round-start': (details) => told('round began', asked(details)),
  training: (details) => told('trained; its update leaves', samples(details), spent(details)),
  query: (details) => told('answered a query; its answer leaves', samples(details), spent(details)),
  'answer-repeated': (details) =>
    told(`gave the same ${details['evaluation'] === true ? 'scores' : 'answer'} once more; nothing was spent`),
  refusal: (details) => told(`refused${stays(details)}${why(details)}`, named(details, 'rule', 'by the rule ')),
  call: (details) => told(`answered the server's half of ${textIn(details, 'mechanism') ?? 'a mechanism'}`),
  dropout: (details) => told(`dropped out${why(details)}`, figure('weight lost', numberIn(details, 'weightLost'))),
  aggregation: (details) => told('updates summed', ...summed(details), spent(details)),
  'round-failure': (details) => told(`round released nothing${why(details)}`, spent(details)),
  release: (details) => told(`sum let out by ${Object.keys(details).join(', ') || 'no mechanism'}`),
  evaluation: (details, { clientId }) => {
    const where = clientId !== undefined ? '; its scores leave' : details['atSites'] === true ? ' at the sites' : '';
    return told(`model scored${where}`, metrics(details), failed(details), spent(details));
  },
  'log-recovery': (details) =>
    told(
      `what a crash left behind the log was set aside${named(details, 'file', ' in ')}`,
      figure('bytes', numberIn(details, 'bytes')),
    ),
  data: (details) => told('data read', rows(details), digest('data sheet', textIn(details, 'dataSheet'))),
  'run-failure': (details) => told(`run failed${why(details)}`),
  'run-end': (details) =>
    told('run ended', rounds(details), epsilon(details), digest('model', textIn(details, 'modelSha256'))),
  'run-sealed': (details) =>
    told('files sealed', counted(Object.keys(objectIn(details, 'sha256') ?? {}).length, 'file')),
  ...laterWords,
};

function named(details: JsonObject, key: string, before = ' '): string {
  const name = textIn(details, key);
  return name === undefined ? '' : `${before}${name}`;
}

/** What a host's rules did not let out. */
const staying: Readonly<Record<string, string>> = {
  update: 'its update',
  scores: 'its scores',
  call: 'its message',
  description: 'its description',
};

function stays(details: JsonObject): string {
  const leaving = textIn(details, 'leaving');
  if (leaving === undefined) return '';
  return `, ${Object.hasOwn(staying, leaving) ? staying[leaving] : leaving} stays here`;
}

/** A code, and the reason where one is given. */
function why(details: JsonObject): string {
  const parts = [textIn(details, 'code'), textIn(details, 'reason')].filter((part) => part !== undefined);
  return parts.length === 0 ? '' : `: ${parts.join(': ')}`;
}

function figure(name: string, value: number | undefined): string | undefined {
  return value === undefined ? undefined : `${name} ${rounded(value)}`;
}

function rounds(details: JsonObject): string | undefined {
  const count = numberIn(details, 'rounds');
  return count === undefined ? undefined : counted(count, 'round');
}

function from(round: number | undefined): string | undefined {
  return round === undefined ? undefined : `from round ${round}`;
}

function frame(details: JsonObject): readonly (string | undefined)[] {
  const clients = listIn(details, 'clients')?.length ?? numberIn(objectIn(details, 'clients') ?? {}, 'number');
  return [
    rounds(details),
    clients === undefined ? undefined : counted(clients, 'site'),
    digest('plan', textIn(details, 'planHash')),
    details['simulationOnly'] === true ? 'simulation only' : undefined,
  ];
}

function asked(details: JsonObject): string | undefined {
  const cohort = listIn(details, 'cohort');
  return cohort && `asks ${counted(cohort.length, 'site')}`;
}

/** Records are counted where their number is public, else withheld. */
function samples(details: JsonObject): string | undefined {
  const count = numberIn(details, 'samples');
  if (count !== undefined) return counted(count, 'record');
  return textIn(details, 'samples') === 'withheld' ? 'records withheld' : undefined;
}

function summed(details: JsonObject): readonly (string | undefined)[] {
  const count = (key: string): number => listIn(details, key)?.length ?? 0;
  return [
    counted(count('participants'), 'update'),
    count('dropped') > 0 ? `${count('dropped')} dropped out` : undefined,
    count('leftOut') > 0 ? `${count('leftOut')} left out` : undefined,
    count('stale') > 0 ? `${count('stale')} late` : undefined,
  ];
}

function metrics(details: JsonObject): string | undefined {
  const scores = Object.entries(objectIn(details, 'metrics') ?? {});
  return scores.map(([name, score]) => `${name} ${typeof score === 'number' ? rounded(score) : 'not told'}`).join(', ');
}

function failed(details: JsonObject): string | undefined {
  const count = listIn(details, 'failed')?.length ?? 0;
  return count === 0 ? undefined : `${count} failed`;
}

/** Counts that are small are not in the log: null. */
function rows(details: JsonObject): string | undefined {
  const counts = objectIn(details, 'rows');
  if (!counts) return textIn(details, 'rows') === 'withheld' ? 'rows withheld' : undefined;
  const [used, read] = [numberIn(counts, 'used'), numberIn(counts, 'read')];
  if (used === undefined) return 'few rows';
  return read === undefined ? `${counted(used, 'row')} used` : `${used} of ${counted(read, 'row')} used`;
}
