import { Option, type Command } from 'commander';
import { defineCommand } from '../command/kind.js';
import { numberBetween, positive, repeated } from '../options/options.js';
import { addCardCommand } from './card-command.js';
import type { EvaluateFlags } from './evaluate-action.js';
import { addExportCommand } from './export-command.js';
import { addImportCommand } from './import-command.js';
import type { PredictFlags } from './predict-action.js';
import type { ShowFlags } from './show-action.js';

const summary = 'a trained model: what it is, predictions, evaluation on other data';

/** `fedward model show`, `predict`, `evaluate`, `export` and `card`. */
export const modelCommand = defineCommand('model', summary, addModelCommand);

const modelWords = "the folder of a run, or a model's file (model.safetensors)";

function addModelCommand(program: Command): void {
  const model = program.command('model').description(summary);
  addShow(model);
  addPredict(model);
  addEvaluate(model);
  addExportCommand(model);
  addImportCommand(model);
  addCardCommand(model);
}

function addShow(model: Command): void {
  model
    .command('show')
    .argument('<model>', modelWords)
    .description('what a model is for, what it was trained by, and how good it was on its own test part')
    .option('--coefficients', 'of a linear model: the table of its coefficients in the units of the columns')
    .option('--hospital <name>', 'whose scales are undone, where each hospital fitted its own')
    .addOption(new Option('--format <name>', 'of the coefficients').choices(['table', 'csv']).default('table'))
    .option('--json', 'one JSON document on stdout')
    .action(async (path: string, flags: ShowFlags) => {
      const { showAction } = await import('./show-action.js');
      await showAction(path, flags);
    });
}

function addPredict(model: Command): void {
  const predict = model
    .command('predict')
    .argument('<model>', modelWords)
    .argument('<file>', 'records of patients, in any format that the study was read from; a label need not be there')
    .description('a prediction for each row, as CSV; rows that can not be scored are there with the reason')
    .requiredOption('--out <file>', 'where the predictions go; - for stdout')
    .option('--no-patient-ids', 'leave the ids of patients out')
    .option('--threshold <p>', 'probability of class 1 from which on a record is called that', numberBetween(0, 1));
  addOwner(predict).action(async (path: string, file: string, flags: PredictFlags) => {
    const { predictAction } = await import('./predict-action.js');
    await predictAction(path, file, flags);
  });
}

function addEvaluate(model: Command): void {
  const evaluate = model
    .command('evaluate')
    .argument('<model>', modelWords)
    .argument('<file>', 'records of patients with their labels')
    .description('how good a model is on a file: an external validation at a hospital that took no part')
    .option('--threshold <p>', 'probability of class 1 from which on a record is called that', numberBetween(0, 1))
    .option('--prevalence <p>', 'of class 1 where the model is to be used, for PPV and NPV', numberBetween(0, 1))
    .option('--operating-point <p>', 'sensitivity is told at this specificity, and the reverse', numberBetween(0, 1))
    .option('--horizon <time>', "the time at which survival is judged, in the label's unit", positive)
    .option('--by <column>', 'judge groups apart: sex, or with bands of numbers age=40,60; several times', repeated);
  addOwner(evaluate).action(async (path: string, file: string, flags: EvaluateFlags) => {
    const { evaluateAction } = await import('./evaluate-action.js');
    await evaluateAction(path, file, flags);
  });
}

/** Whose records a file has, and which of them. */
function addOwner(command: Command): Command {
  return command
    .option('--hospital <name>', 'whose records these are, where each hospital scaled its own')
    .option('--as-new-hospital', 'these are of a hospital that took no part: it scales them by the rows of this file')
    .addOption(
      new Option('--part <name>', 'of a file that the model was trained on: only the rows of this part').choices([
        'test',
        'train',
      ]),
    )
    .option('--json', 'one JSON document on stdout');
}
