import type { CheckFacts, Verdict } from '../facts.js';
import { adequateCountries, economicArea, partlyAdequate } from './countries.js';
import { counted, fail, listOf, needsAPerson, notApplicable, pass } from './verdict.js';

/** Article 5(1)(e): an end that is declared and has not passed. */
export function storage({ declarations, today }: CheckFacts): Verdict {
  const { retention } = declarations;
  if (retention === undefined) return needsAPerson('No end of storage is declared.');
  const { until, deletion } = retention;
  if (until < today) return fail(`The declared end of storage, ${until}, has passed.`);
  return deletion === undefined
    ? needsAPerson(`Kept until ${until}; nothing is declared of who deletes what.`)
    : pass(`Kept until ${until}; deletion: ${deletion}`);
}

/** Articles 6 and 9: a basis for processing, and an exception for data about health. */
export function legalBasis({ declarations, simulatedPatients }: CheckFacts): Verdict {
  if (simulatedPatients) return notApplicable('Patients are made up by a program.');
  const { legalBasis: basis } = declarations;
  if (basis === undefined) return needsAPerson('No legal basis is declared.');
  const { article6, article9, reference } = basis;
  const where = reference === undefined ? '' : ` (${reference})`;
  return article9 === undefined
    ? needsAPerson(`Declared: Article ${article6}${where}; of data about health no exception of Article 9(2).`)
    : pass(`Declared: Article ${article6} and Article ${article9}${where}.`);
}

/** Who objected or withdrew is out of the next cohort, as the register was last applied. */
export function optOuts({ declarations, simulatedPatients, today }: CheckFacts): Verdict {
  if (simulatedPatients) return notApplicable('Patients are made up by a program.');
  const { optOuts: declared } = declarations;
  if (declared === undefined) return needsAPerson('No register of objections and withdrawals is declared.');
  const { register, appliedOn } = declared;
  if (appliedOn > today) return fail(`The register ${register} is to be applied on ${appliedOn} only.`);
  const days = Math.floor((Date.parse(today) - Date.parse(appliedOn)) / 86_400_000);
  return days > 31
    ? needsAPerson(`The register ${register} was last applied ${days} days ago, on ${appliedOn}.`)
    : pass(`The register ${register} was applied to the data on ${appliedOn}.`);
}

/** Article 22: decisions by a program alone. */
export function automatedDecisions({ declarations }: CheckFacts): Verdict {
  const { automatedDecisions: declared } = declarations;
  if (declared === undefined)
    return needsAPerson('Nothing is declared of decisions that the model would take by itself.');
  if (!declared.used) return pass('Declared: the model takes no decision about anybody by itself.');
  return declared.safeguards === undefined
    ? fail('Declared: the model decides by itself, without safeguards.')
    : needsAPerson(`Declared: the model decides by itself, with safeguards: ${declared.safeguards}`);
}

/** Articles 25 and 32: what the plan does by design, and the measures that are declared. */
export function byDesign({ declarations, plan }: CheckFacts): Verdict {
  const mechanisms = plan.privacy?.mechanisms.map(({ name }) => name) ?? [];
  const inPlan = mechanisms.length > 0 ? `The plan has: ${listOf(mechanisms)}.` : 'The plan has no privacy mechanism.';
  const { security } = declarations;
  return security === undefined
    ? needsAPerson('Records stay at their hospitals.', inPlan, 'No technical and organisational measures are declared.')
    : pass('Records stay at their hospitals.', inPlan, `Measures: ${security.measures}.`);
}

/** Article 28: a contract with each processor. */
export function processors({ declarations }: CheckFacts): Verdict {
  const { processors: declared } = declarations;
  if (declared === undefined)
    return needsAPerson('Nothing is declared of processors. Where there are none, declare an empty list.');
  if (declared.length === 0) return pass('Declared: there are no processors.');
  const without = declared.filter(({ agreement }) => agreement === undefined).map(({ name }) => name);
  return without.length > 0
    ? fail(`Processors without an agreement: ${listOf(without)}.`)
    : pass(`${counted(declared.length, 'processor')}, each with an agreement.`);
}

/** Article 30: the record of processing. */
export function processingRecord({ declarations }: CheckFacts): Verdict {
  const { record, purpose, retention } = declarations;
  if (record === undefined) return needsAPerson('No record of processing activities is declared.');
  const lacks = [
    ...(purpose === undefined ? ['its purpose'] : []),
    ...(retention === undefined ? ['its end of storage'] : []),
  ];
  return lacks.length > 0
    ? needsAPerson(`Recorded as ${record.reference} by ${record.responsible}; not declared here: ${listOf(lacks)}.`)
    : pass(`Recorded as ${record.reference} by ${record.responsible}.`);
}

/** Article 35: the assessment, or the paper that says why there is none. */
export function impactAssessment({ declarations, simulatedPatients, today }: CheckFacts): Verdict {
  if (simulatedPatients) return notApplicable('Patients are made up by a program.');
  const { dpia } = declarations;
  if (dpia === undefined) return needsAPerson('No data protection impact assessment is declared.');
  return dpia.on > today
    ? fail(`The assessment ${dpia.reference} is dated ${dpia.on}, which is still to come.`)
    : pass(`Declared: ${dpia.reference} of ${dpia.on}.`);
}

/** Articles 44 to 49: where messages go to. */
export function transfers({ declarations, transport, adequate = adequateCountries }: CheckFacts): Verdict {
  const { endpoints, processors: others = [] } = declarations;
  if (endpoints === undefined)
    return transport.kind === 'none' && others.length === 0
      ? notApplicable('Nothing is sent: hospitals are simulated on one machine.')
      : needsAPerson('No countries of endpoints are declared.');
  const abroad = endpoints.filter(({ country }) => !economicArea.countries.includes(country));
  if (abroad.length === 0)
    return pass(`All ${counted(endpoints.length, 'endpoint')} are in the European Economic Area.`);
  const bare = abroad.filter(
    ({ country, safeguard }) => safeguard === undefined && !adequate.countries.includes(country),
  );
  const named = (all: typeof bare): string => listOf(all.map(({ id, country }) => `${id} (${country})`));
  const partly = bare.filter(({ country }) => partlyAdequate.includes(country));
  const none = bare.filter((endpoint) => !partly.includes(endpoint));
  if (none.length > 0)
    return fail(`Neither an adequacy decision (${adequate.version}) nor a safeguard: ${named(none)}.`);
  if (partly.length > 0)
    return needsAPerson(`An adequacy decision holds there for some recipients alone: ${named(partly)}.`);
  return pass(
    `Beyond the European Economic Area, each under an adequacy decision (${adequate.version}) or a declared safeguard: ${named(abroad)}.`,
  );
}
