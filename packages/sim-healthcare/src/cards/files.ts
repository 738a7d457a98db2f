/** The files of a run's folder about its model, for people. */
export const cardFiles = ['model-card.md', 'model-card.html', 'model-card.json', 'tripod-ai.md'] as const;
export type CardFile = (typeof cardFiles)[number];
