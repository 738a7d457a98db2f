import type { JsonObject, Plan } from '@fedward/core';
import type { IdentifierFinding } from '../identifiers/categories.js';
import type { CountryList } from './does/countries.js';
import type { Declarations } from './declarations.js';

/**
 * What a column is to a study. Features, label, subgroups, times and splits are read for the model or its scores; a patient id
 * and columns that are declared as identifiers stay out of it; `unread` is in the file and in no one's plan.
 */
export type ColumnRole =
  'feature' | 'label' | 'subgroup' | 'time' | 'site' | 'split' | 'patient-id' | 'identifier' | 'unread';

/** One column of a hospital's table: counts and findings, and no cell. */
export interface ColumnFacts {
  readonly name: string;
  readonly role: ColumnRole;
  /** How many cells hold anything. */
  readonly cells: number;
  readonly findings: readonly IdentifierFinding[];
}

/** A table as it lies at a hospital, with the columns that nothing reads. */
export interface TableFacts {
  readonly hospital: string;
  readonly rows: number;
  readonly columns: readonly ColumnFacts[];
  /** Digest of the data sheet, where there is one. */
  readonly digest?: string;
}

/** All that the rules look at. Nothing in it is a patient's. */
export interface CheckFacts {
  readonly tables: readonly TableFacts[];
  /** True where patients are made up by a program. */
  readonly simulatedPatients: boolean;
  readonly hospitals: readonly string[];
  readonly plan: Plan;
  readonly planHash: string;
  /** What comes out of the study: `model`, `scores`, `site-scores`. */
  readonly outputs: readonly string[];
  /** Keys that sign, by who holds them. */
  readonly keys: readonly { readonly holder: string; readonly id: string }[];
  readonly log: {
    /** Each entry is bound to those before it. */
    readonly chained: boolean;
    /** Its heads are signed. */
    readonly signed: boolean;
    /** Each site keeps one of its own. */
    readonly perSite: boolean;
  };
  /** How messages travel. `none`: within one process or machine. */
  readonly transport: { readonly kind: 'none' | 'network'; readonly protection?: string };
  readonly declarations: Declarations;
  /** Countries with an adequacy decision. Default: `adequateCountries`. */
  readonly adequate?: CountryList;
  /** The day of the check, ISO 8601. */
  readonly today: string;
}

/** What a rule came to. `needs-a-person`: nothing that was looked at decides it. */
export type Outcome = 'pass' | 'fail' | 'needs-a-person' | 'not-applicable';

/** What a rule's function says. */
export interface Verdict {
  readonly outcome: Outcome;
  /** In sentences; column names and counts, no values. */
  readonly evidence: readonly string[];
}

/** One rule, as data: which function decides it, with which parameters, and cases that the function is held to. */
export interface Rule {
  /** Stable, such as `hipaa-safe-harbor-a`. */
  readonly id: string;
  readonly law: Law;
  readonly citation: string;
  readonly title: string;
  /** Of this rule's text and function; a change of either is another version. */
  readonly version: string;
  /** What is looked at, in words. */
  readonly looksAt: string;
  /** What a pass does not show. */
  readonly doesNotShow: string;
  /** The function, by name, and its parameters. */
  readonly does: JsonObject & { readonly check: string };
  readonly cases: readonly RuleCase[];
}

/** What a study can be under, as it declares. */
export type Law = 'hipaa' | 'gdpr' | 'ehds';

/** Facts that differ from a study of which nothing is declared, and what the rule has to say of them. */
export interface RuleCase {
  readonly name: string;
  readonly given: CaseFacts;
  readonly outcome: Outcome;
}

/** Facts as a case writes them: columns with their cells, of which findings are made. */
export interface CaseFacts extends Partial<Omit<CheckFacts, 'tables' | 'declarations'>> {
  readonly columns?: readonly {
    readonly name: string;
    readonly role?: ColumnRole;
    readonly cells: readonly string[];
  }[];
  readonly declarations?: Omit<Partial<Declarations>, 'schemaVersion'>;
}

/** Roles of columns that are read for the model or its scores. */
export const readRoles: readonly ColumnRole[] = ['feature', 'label', 'subgroup', 'time', 'site', 'split'];
