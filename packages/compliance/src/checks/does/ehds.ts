import { ehdsPurposes, type Permit } from '../declarations.js';
import type { CheckFacts, Verdict } from '../facts.js';
import { permitFaults, type PermitUse } from '../permit.js';
import { counted, fail, listOf, needsAPerson, pass } from './verdict.js';

type Permitted = (permit: Permit, facts: CheckFacts) => Verdict;

/** A rule about the permit, which is for a person where none is declared. */
const withPermit =
  (check: Permitted) =>
  (facts: CheckFacts): Verdict => {
    const permit = facts.declarations.ehds?.permit;
    return permit === undefined ? needsAPerson('No data permit is declared.') : check(permit, facts);
  };

/** The rule about one side of a use: it fails with what the permit does not allow, and else says what it allows. */
const held = (permit: Permit, use: PermitUse, allowed: string): Verdict => {
  const faults = permitFaults(permit, use);
  return faults.length > 0
    ? fail(...faults.map(({ words }) => `${words[0]!.toUpperCase()}${words.slice(1)}.`))
    : pass(allowed);
};

/** Articles 61(1) and 68: a permit, within its time. */
export const permitPeriod = withPermit((permit, { today }) => {
  const { id, from, until, issuedBy } = permit;
  const of = issuedBy === undefined ? '' : ` of ${issuedBy}`;
  return held(permit, { today }, `The permit ${id}${of} holds from ${from} to ${until}.`);
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
export const permitUsers = withPermit((permit, { declarations }) => {
  const { users } = declarations;
  if (users === undefined) return needsAPerson('No users are declared.');
  return held(
    permit,
    { today: permit.from, users },
    `Each of ${counted(users.length, 'declared user')} is named in the permit.`,
  );
});

/** Articles 66 and 68: no data set that the permit does not name, by hospital or by digest. */
export const permitDatasets = withPermit((permit, { hospitals, tables }) => {
  const datasets = hospitals.map((id) => ({ id, digest: tables.find(({ hospital }) => hospital === id)?.digest }));
  const allowed = `The data of ${counted(hospitals.length, 'hospital')} are named in the permit.`;
  return held(permit, { today: permit.from, datasets }, allowed);
});

/** Articles 68 and 73: nothing leaves that the permit does not name. */
export const permitOutputs = withPermit((permit, { outputs }) =>
  held(permit, { today: permit.from, outputs }, `What the plan lets out is named in the permit: ${listOf(outputs)}.`),
);
