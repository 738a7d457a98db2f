/** A clause of a law or regulation that asks for something that a pack may help to show. */
export interface Clause {
  readonly id: string;
  readonly citation: string;
  /** What it asks for, in a few words of ours. The text that counts is the law's. */
  readonly asks: string;
}

const hipaa = (section: string, asks: string): Clause => ({
  id: `hipaa-${section}`,
  citation: `45 CFR ${section}`,
  asks,
});
const gdpr = (article: string, asks: string): Clause => ({
  id: `gdpr-${article}`,
  citation: `Regulation (EU) 2016/679 (GDPR), Article ${article}`,
  asks,
});
const ehds = (article: string, asks: string): Clause => ({
  id: `ehds-${article}`,
  citation: `Regulation (EU) 2025/327 (EHDS), Article ${article}`,
  asks,
});

/** As they stood in November 2026. Which of them apply to a study is for a lawyer to say. */
export const clauses: readonly Clause[] = [
  hipaa('164.308(a)(1)(ii)(D)', 'records of information system activity are reviewed regularly'),
  hipaa('164.308(a)(8)', 'safeguards are evaluated from time to time'),
  hipaa('164.312(b)', 'activity in information systems is recorded and examined'),
  hipaa('164.312(c)(1)', 'health information is protected from improper alteration or destruction'),
  hipaa('164.312(d)', 'who seeks access is verified to be who they claim'),
  hipaa('164.312(e)(1)', 'health information is guarded while it is transmitted'),
  hipaa('164.316(b)(1)', 'policies, procedures, actions and assessments are documented in writing'),
  hipaa('164.316(b)(2)(i)', 'documentation is kept for six years'),
  hipaa('164.502(b)', 'uses and disclosures are limited to the minimum necessary'),
  hipaa('164.514(b)', 'information is de-identified by one of two methods'),
  gdpr('5(1)(b)', 'data are collected for specified purposes'),
  gdpr('5(1)(c)', 'data are limited to what is necessary'),
  gdpr('5(1)(e)', 'data are kept no longer than necessary'),
  gdpr('5(1)(f)', 'data are processed with integrity and confidentiality'),
  gdpr('5(2)', 'the controller can demonstrate that the principles are kept to'),
  gdpr('17', 'data are erased at the request of whom they are about'),
  gdpr('21', 'people may object to processing'),
  gdpr('25', 'data protection by design and by default'),
  gdpr('28', 'processors act on documented instructions'),
  gdpr('30', 'records of processing activities are kept'),
  gdpr('32', 'security of processing, and a process to test it regularly'),
  gdpr('35', 'an impact assessment where the risk is likely high'),
  gdpr('44', 'transfers to third countries meet conditions'),
  ehds('61', 'data users keep to the permit, and do not re-identify'),
  ehds('66', 'data minimisation and purpose limitation in access to data'),
  ehds('68', 'secondary use goes by a data permit'),
  ehds('71', 'people may opt out of secondary use'),
  ehds('73', 'data are processed in a secure processing environment, whose outputs are not personal data'),
];

const byId = new Map(clauses.map((clause) => [clause.id, clause]));

/** @throws {Error} for an id that there is not: a mistake of the pack's author */
export function clauseOf(id: string): Clause {
  const clause = byId.get(id);
  if (!clause) throw new Error(`there is no clause ${id}`);
  return clause;
}
