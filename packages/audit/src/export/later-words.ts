import type { Json } from '@fedward/core';
import { asObject, listIn, numberIn, objectIn, textIn } from './details.js';
import { counted } from './figures.js';
import { approverOf, keyIdOf, keyOf, softwareOf } from './who.js';
import { digest, epsilon, spent, told, type Words } from './told.js';

type Later = 'log-opened' | 'key-rotated' | 'log-pruned' | 'round-certified' | 'check' | 'approval' | 'policy';

/** What entries say that are not of a round itself: of the log, and of who answers for what. */
export const laterWords: Readonly<Record<Later, Words>> = {
  'log-opened': (details) =>
    told(
      `log opened${textIn(details, 'role') === undefined ? '' : ` by the ${textIn(details, 'role')}`}`,
      softwareOf(details).join(', '),
      keyOf(details) === undefined ? undefined : `key ${keyOf(details)}`,
      keyOf(details, 'operator') === undefined ? undefined : `operator ${keyOf(details, 'operator')}`,
    ),
  'key-rotated': (details) =>
    told(
      'another key signs from here on',
      ...(['from', 'to'] as const).map((key) => {
        const name = keyIdOf(details, key);
        return name === undefined ? undefined : `${key} ${name}`;
      }),
    ),
  'log-pruned': (details) => {
    const count = numberIn(details, 'entries');
    return told(
      `old entries let go${textIn(details, 'before') === undefined ? '' : `, all before ${textIn(details, 'before')}`}`,
      count === undefined ? undefined : counted(count, 'entry').replace(/entrys$/, 'entries'),
    );
  },
  'round-certified': (details) => {
    const took = counts(details['participants']);
    return told(
      'round certified',
      took === undefined ? undefined : `${took} took part`,
      digest('plan', textIn(details, 'planHash')),
      digest('certificate', textIn(details, 'certificate') ?? textIn(details, 'sha256')),
      epsilon(details),
      spent(details),
    );
  },
  check: (details) => told(`checked before a run${outcome(details['outcome'])}`, ...tally(details)),
  approval: (details) => {
    const by = approverOf(details);
    const action = textIn(details, 'action') ?? textIn(details, 'meaning');
    return told(
      `approval of a plan${action === undefined ? '' : `: ${action}`}${by === undefined ? '' : `, by ${by}`}`,
      digest('plan', textIn(details, 'planHash') ?? textIn(details, 'plan')),
    );
  },
  policy: (details) =>
    told(
      `keeps to the rules${textIn(details, 'name') === undefined ? '' : ` of ${textIn(details, 'name')}`}`,
      digest('rules', textIn(details, 'policy') ?? textIn(details, 'digest')),
    ),
};

function counts(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return value;
  return Array.isArray(value) ? value.length : undefined;
}

function outcome(value: Json | undefined): string {
  return typeof value === 'string' && value !== '' ? `: ${value}` : '';
}

/** How many rules came to what: of counts by outcome, or of a list of rules that each have one. */
function tally(details: Parameters<Words>[0]): readonly string[] {
  const given = objectIn(details, 'counts') ?? objectIn(details, 'outcomes') ?? details;
  const told = Object.entries(given).filter(([, count]) => typeof count === 'number');
  const rules = listIn(details, 'rules') ?? listIn(details, 'findings') ?? [];
  const listed = new Map<string, number>();
  for (const rule of rules) {
    const result = textIn(asObject(rule) ?? {}, 'outcome');
    if (result !== undefined) listed.set(result, (listed.get(result) ?? 0) + 1);
  }
  return [...told, ...listed].map(([name, count]) => `${String(count)} ${name}`);
}
