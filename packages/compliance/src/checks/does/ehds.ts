import { ehdsPurposes, type Permit } from '../declarations.js';
import type { CheckFacts, Verdict } from '../facts.js';
import { counted, fail, listOf, needsAPerson, pass } from './verdict.js';

type Permitted = (permit: Permit, facts: CheckFacts) => Verdict;

/** A rule about the permit, which is for a person where none is declared. */
const withPermit =
  (check: Permitted) =>
  (facts: CheckFacts): Verdict => {
    const permit = facts.declarations.ehds?.permit;
    return permit === undefined ? needsAPerson('No data permit is declared.') : check(permit, facts);
  };

/** Articles 61(1) and 68: a permit, within its time. */
export const permitPeriod = withPermit(({ id, from, until, issuedBy }, { today }) => {
  if (today < from) return fail(`The permit ${id} begins on ${from}.`);
  if (today > until) return fail(`The permit ${id} ended on ${until}.`);
  return pass(`The permit ${id}${issuedBy === undefined ? '' : ` of ${issuedBy}`} holds from ${from} to ${until}.`);
});

/** Articles 53 and 54: the purpose that the permit names. */
export const permitPurpose = withPermit(({ purpose }, { declarations }) => {
  const named = `The permit is for Article 53(1)(${purpose}): ${ehdsPurposes[purpose]}.`;
  if (declarations.purpose === undefined) return needsAPerson(named, 'The study declares no purpose of its own.');
  return 'abc'.includes(purpose)
    ? needsAPerson(named, 'It is reserved for public bodies and whoever acts for them (Article 53(2)).')
    : pass(named, `The study declares: ${declarations.purpose}`);
});

/** Article 61(2): nobody whom the permit does not name. */
export const permitUsers = withPermit(({ users: permitted }, { declarations }) => {
  const { users } = declarations;
  if (users === undefined) return needsAPerson('No users are declared.');
  const others = users.filter((user) => !permitted.includes(user));
  return others.length > 0
    ? fail(`Not named in the permit: ${listOf(others)}.`)
    : pass(`Each of ${counted(users.length, 'declared user')} is named in the permit.`);
});

/** Articles 66 and 68: no data set that the permit does not name, by hospital or by digest. */
export const permitDatasets = withPermit(({ datasets }, { hospitals, tables }) => {
  const digestOf = (id: string): string | undefined => tables.find(({ hospital }) => hospital === id)?.digest;
  const others = hospitals.filter((id) => !datasets.includes(id) && !datasets.includes(digestOf(id) ?? ''));
  return others.length > 0
    ? fail(`Not named in the permit: ${listOf(others)}.`)
    : pass(`The data of ${counted(hospitals.length, 'hospital')} are named in the permit.`);
});

/** Article 68 and 73: nothing leaves that the permit does not name. */
export const permitOutputs = withPermit(({ outputs: permitted }, { outputs }) => {
  const others = outputs.filter((output) => !permitted.includes(output));
  return others.length > 0
    ? fail(`The plan lets out what the permit does not name: ${listOf(others)}.`)
    : pass(`What the plan lets out is named in the permit: ${listOf(outputs)}.`);
});
