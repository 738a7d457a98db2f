import type { ModelCard } from './card.js';
import type { CardFile } from './files.js';
import { cardHtml } from './html.js';
import { cardMarkdown } from './markdown.js';
import { modelCardOf } from './model-card.js';
import type { CardSource } from './study.js';
import { tripodSheet } from './tripod.js';

/** The content of each. */
export function renderCards(source: CardSource): Record<CardFile, string> {
  const card: ModelCard = modelCardOf(source);
  return {
    'model-card.md': cardMarkdown(card),
    'model-card.html': cardHtml(card),
    'model-card.json': JSON.stringify(card, null, 2) + '\n',
    'tripod-ai.md': tripodSheet(source),
  };
}
