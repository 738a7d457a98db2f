import { FedwardError } from '@fedward/core';
import { categoryLetters, type IdentifierCategory } from '../../identifiers/categories.js';
import type { CheckFacts, Rule, Verdict } from '../facts.js';
import * as ehds from './ehds.js';
import * as gdpr from './gdpr.js';
import { identifiers, limitedDataSet, onlyWhatIsNeeded } from './identifiers.js';
import * as security from './security.js';

/** Functions by the names under which rules ask for them. */
const functions: Readonly<Record<string, (facts: CheckFacts) => Verdict>> = {
  limitedDataSet,
  onlyWhatIsNeeded,
  ...security,
  ...gdpr,
  ...ehds,
};

/** What a rule has to say of these facts. @throws {FedwardError} CONFIG_INVALID for a rule whose function nobody has */
export function verdictOf({ id, does }: Rule, facts: CheckFacts): Verdict {
  const { check, category } = does;
  if (check === 'identifiers' && categoryLetters.includes(category as IdentifierCategory))
    return identifiers(facts, category as IdentifierCategory);
  const decide = functions[check];
  if (decide) return decide(facts);
  throw new FedwardError('CONFIG_INVALID', `rule ${id}: there is no check ${check}`, id);
}
