import type { PackFacts } from '../facts.js';
import type { Draft } from '../statement.js';
import { approvals } from './approvals.js';
import { auditProofs } from './audit-proofs.js';
import { dataFlow } from './data-flow.js';
import { deletion } from './deletion.js';
import { disclosureControl } from './disclosure.js';
import { modelCard } from './model-card.js';
import { participation } from './participation.js';
import { privacyStatement } from './privacy.js';
import { processing } from './processing.js';
import { replay } from './replay.js';
import { settings } from './settings.js';
import { software } from './software.js';

/** The parts of a pack, by name, in the order in which its index lists them. */
export const parts = {
  'data-flow': dataFlow,
  approvals,
  'audit-proofs': auditProofs,
  privacy: privacyStatement,
  'disclosure-control': disclosureControl,
  participation,
  'model-card': modelCard,
  settings,
  software,
  replay,
  deletion,
  processing,
} as const satisfies Readonly<Record<string, (facts: PackFacts) => Draft>>;

/** The name of a part of a pack. */
export type PackPart = keyof typeof parts;

export const partNames = Object.keys(parts) as readonly PackPart[];
