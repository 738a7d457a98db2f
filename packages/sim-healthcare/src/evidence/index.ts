export { evidenceFacts, isInside, type EvidenceOptions } from './gather.js';
export { rerunOptions, withdrawalFacts, type Withdrawn } from './withdrawal-facts.js';
