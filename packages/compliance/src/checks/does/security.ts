import type { CheckFacts, Verdict } from '../facts.js';
import { counted, fail, listOf, needsAPerson, notApplicable, pass } from './verdict.js';

/** Each user has a key of their own. */
export function uniqueUsers({ declarations, keys }: CheckFacts): Verdict {
  const { users } = declarations;
  if (users === undefined) return needsAPerson('No users are declared.');
  const twice = keys.filter(({ id, holder }) => keys.some((other) => other.id === id && other.holder !== holder));
  if (twice.length > 0) return fail(`One key has several holders: ${listOf(twice.map(({ holder }) => holder))}.`);
  const without = users.filter((user) => !keys.some(({ holder }) => holder === user));
  return without.length > 0
    ? needsAPerson(`Declared as users, without a key of their own: ${listOf(without)}.`)
    : pass(`Each of ${counted(users.length, 'declared user')} has a key of their own.`);
}

/** Whoever takes part can be told from others by a signature. */
export function authentication({ hospitals, keys, transport }: CheckFacts): Verdict {
  const without = hospitals.filter((id) => !keys.some(({ holder }) => holder === id));
  if (without.length === 0)
    return pass(`Each of ${counted(hospitals.length, 'hospital')} signs with a key of its own.`);
  if (transport.kind === 'none')
    return notApplicable('Hospitals are simulated on one machine: nobody else can take part.');
  return needsAPerson(`Without a key: ${listOf(without)}.`);
}

/** What is computed is bound to data, plan and log by digests. */
export function integrity({ tables, log, simulatedPatients, planHash }: CheckFacts): Verdict {
  if (!log.chained) return fail('Entries of the log are not bound to each other.');
  const without = tables.filter(({ digest }) => digest === undefined).map(({ hospital }) => hospital);
  if (!simulatedPatients && (tables.length === 0 || without.length > 0))
    return needsAPerson(
      tables.length === 0 ? 'No table could be looked at.' : `No digest of the data of ${listOf(without)}.`,
    );
  return pass(
    `The plan is ${planHash}.`,
    ...(tables.length > 0 && without.length === 0
      ? [`The data of ${counted(tables.length, 'hospital')} are named by digest.`]
      : []),
    'Entries of the log are bound to each other.',
  );
}

/** A log that whoever keeps it can't rewrite unseen. */
export function auditControls({ log, hospitals }: CheckFacts): Verdict {
  if (!log.chained) return fail('Entries of the log are not bound to each other: a change would not show.');
  const lacks = [
    ...(log.signed ? [] : ['its heads are not signed']),
    ...(log.perSite ? [] : ['sites keep none of their own']),
  ];
  return lacks.length > 0
    ? needsAPerson(`The log is chained; ${lacks.join(', and ')}: whoever keeps it could make another.`)
    : pass(`The log is chained and signed, and ${counted(hospitals.length, 'site')} and the server keep one each.`);
}

export function transmission({ transport }: CheckFacts): Verdict {
  if (transport.kind === 'none') return notApplicable('Nothing is sent: hospitals are simulated on one machine.');
  return transport.protection === undefined
    ? needsAPerson('The transport declares no protection.')
    : pass(`The transport declares: ${transport.protection}.`);
}

/** A review that was made, and is not overdue. */
export function review({ declarations, today }: CheckFacts): Verdict {
  const { review: declared } = declarations;
  if (declared === undefined) return needsAPerson('No review is declared.');
  const { by, on, next } = declared;
  if (on > today) return fail(`The review by ${by} is dated ${on}, which is still to come.`);
  if (next < today) return fail(`The next review was due on ${next}.`);
  return pass(`Reviewed by ${by} on ${on}; the next is due on ${next}.`);
}
