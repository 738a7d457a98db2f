import type { SimulationResult } from '@fedward/sim-healthcare';
import { choiceText, validationText } from '@fedward/sim-healthcare/report';
import { printLine } from '../terminal/output.js';
import { printTable } from '../terminal/table.js';

/** What was chosen, and what folds came to, where a run has either. */
export function printValidation({ choice, validation }: SimulationResult): void {
  for (const text of [choice && choiceText(choice), validation && validationText(validation)]) {
    if (!text) continue;
    printLine();
    printLine(text.title);
    printTable(text.head, text.rows);
    for (const sentence of text.sentences) printLine(`  ${sentence}`);
  }
}
