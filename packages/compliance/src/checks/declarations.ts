import * as z from 'zod';

const words = z.string().trim().min(1).max(2000);
const list = z.array(words).min(1).max(1000);
const day = z.iso.date();
/** ISO 3166-1, two letters. */
const country = z.string().regex(/^[A-Z]{2}$/, 'write a country as two capital letters, such as DE');
/** A document that a person can look up. */
const reference = words;

/** Purposes for which data may be made available for secondary use: Regulation (EU) 2025/327, Article 53(1). */
export const ehdsPurposes = {
  a: 'public interest in public or occupational health',
  b: 'policymaking and regulatory activities of public bodies',
  c: 'official statistics',
  d: 'education or teaching in health or care',
  e: 'scientific research related to health or care',
  f: 'improving the delivery of care, of treatments and of provision',
} as const;

/** A data permit under Article 68 of Regulation (EU) 2025/327, as its holder copies it. */
export const permitSchema = z
  .strictObject({
    id: words,
    issuedBy: words.optional(),
    /** The letter of Article 53(1). */
    purpose: z.enum(['a', 'b', 'c', 'd', 'e', 'f']),
    /** Who may process, by name or key. */
    users: list,
    /** What may be processed: hospitals by name, or data sheets by digest. */
    datasets: list,
    from: day,
    until: day,
    /** What may leave: `model`, `scores`, `site-scores`. */
    outputs: list,
  })
  .refine(({ from, until }) => from <= until, { error: 'it ends before it begins', path: ['until'] });

/** What only people can know of a study, declared by whoever answers for it. All of it may be left out, and is then for a person. */
export const declarationsSchema = z.strictObject({
  schemaVersion: z.literal(1),
  /** Laws that the study is under. Default: each rule is looked at. */
  laws: z
    .array(z.enum(['hipaa', 'gdpr', 'ehds']))
    .min(1)
    .optional(),
  purpose: words.optional(),
  /** Who works with it, by name. */
  users: list.optional(),
  /** Public keys by which users and hospitals sign, in the form of `fedward keys list`. */
  keys: z
    .array(z.strictObject({ holder: words, key: words }))
    .max(1000)
    .optional(),
  /** Which of HIPAA's ways the data take, and the paper that says so. */
  hipaa: z
    .strictObject({
      route: z.enum(['safe-harbor', 'limited-data-set', 'expert-determination', 'authorization', 'waiver']),
      /** The data use agreement, the expert's report, the authorization or the board's decision. */
      reference: reference.optional(),
      /** Why the columns that are read are needed. */
      minimumNecessary: words.optional(),
    })
    .optional(),
  legalBasis: z
    .strictObject({ article6: words, article9: words.optional(), reference: reference.optional() })
    .optional(),
  retention: z.strictObject({ until: day, deletion: words.optional() }).optional(),
  review: z.strictObject({ by: words, on: day, next: day }).optional(),
  processors: z
    .array(z.strictObject({ name: words, country, agreement: reference.optional() }))
    .max(1000)
    .optional(),
  /** Where messages go to, the coordinator included. `safeguard`: the paper of Article 46, or the derogation of Article 49. */
  endpoints: z
    .array(z.strictObject({ id: words, country, safeguard: reference.optional() }))
    .min(1)
    .max(1000)
    .optional(),
  /** The assessment of Article 35, or why none is needed. */
  dpia: z.strictObject({ reference, on: day }).optional(),
  /** The record of processing activities (Article 30). */
  record: z.strictObject({ reference, responsible: words }).optional(),
  /** How objections and withdrawals reach the next cohort. */
  optOuts: z.strictObject({ register: reference, appliedOn: day }).optional(),
  /** Whether the model decides about people by itself. */
  automatedDecisions: z.strictObject({ used: z.boolean(), safeguards: words.optional() }).optional(),
  /** The measures of Articles 25 and 32. */
  security: z.strictObject({ measures: reference }).optional(),
  ehds: z.strictObject({ permit: permitSchema }).optional(),
});

/** As it was written, checked. */
export type Declarations = z.output<typeof declarationsSchema>;
/** A data permit. */
export type Permit = z.output<typeof permitSchema>;

/** Of a study that declares nothing. */
export const nothingDeclared: Declarations = { schemaVersion: 1 };

/** A file to start from: every member as a comment, so that what nobody filled in is not declared. */
export const declarationsTemplate = `# What only people can know of a study. What is left out is for a person to answer, and never passes.
schemaVersion: 1
# laws: [hipaa, gdpr, ehds]           # that the study is under; default: each rule is looked at
# purpose: Which patients with chest pain have coronary disease?
# users: [Who works with it, by name]
# keys:
#   - { holder: north, key: north+1b6a9d2e+AXq... }
# hipaa:
#   route: safe-harbor                # or limited-data-set, expert-determination, authorization, waiver
#   reference: DUA-2026-014           # the paper that says so; safe-harbor needs none
#   minimumNecessary: Why each column that is read is needed
# legalBasis:
#   article6: 6(1)(e)
#   article9: 9(2)(j)
#   reference: Ethics vote 2026/31
# retention: { until: 2032-12-31, deletion: Each site deletes its own data }
# review: { by: Security officer, on: 2026-01-15, next: 2027-01-15 }
# processors:
#   - { name: Computing centre, country: DE, agreement: DPA-7 }
# endpoints:                          # where messages go to, the coordinator included
#   - { id: coordinator, country: DE }
#   - { id: north, country: US, safeguard: Standard contractual clauses of 2026-02-01 }
# dpia: { reference: DPIA-3, on: 2026-01-10 }
# record: { reference: ROPA-17, responsible: Data protection officer }
# optOuts: { register: REG-2, appliedOn: 2026-01-20 }
# automatedDecisions: { used: false }
# security: { measures: TOM-4 }
# ehds:
#   permit:
#     id: HDAB-2029-1
#     purpose: e                      # the letter of Article 53(1) of Regulation (EU) 2025/327
#     users: [Who may process]
#     datasets: [north, south]        # hospitals, or digests of data sheets
#     from: 2029-04-01
#     until: 2030-03-31
#     outputs: [model, scores]        # and site-scores
`;
