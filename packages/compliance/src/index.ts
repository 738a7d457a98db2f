export {
  declarationsSchema,
  declarationsTemplate,
  ehdsPurposes,
  nothingDeclared,
  permitSchema,
  type Declarations,
  type Permit,
} from './checks/declarations.js';
export { adequateCountries, economicArea, type CountryList } from './checks/does/countries.js';
export type {
  CaseFacts,
  CheckFacts,
  ColumnFacts,
  ColumnRole,
  Law,
  Outcome,
  Rule,
  RuleCase,
  TableFacts,
  Verdict,
} from './checks/facts.js';
export { permitFaults, type PermitFault, type PermitUse } from './checks/permit.js';
export { checkRules } from './checks/rules/index.js';
export { checkEvent, checkStudy, type CheckedRule, type CheckReport, type CheckSummary } from './checks/study.js';
export { identifierCategories, type IdentifierCategory, type IdentifierFinding } from './identifiers/categories.js';
export { findingOfImages } from './identifiers/images.js';
export { ColumnScan, findIdentifiers } from './identifiers/scan.js';
export { restrictedZipCodes2000, type RestrictedZipCodes } from './identifiers/zip-codes.js';
