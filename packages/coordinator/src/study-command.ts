import { defineCommand } from '@fedward/cli/command';
import type { Command } from 'commander';
import type { StudyFlags } from './study/ask.js';
import type { ProposeFlags } from './study/propose-action.js';
import type { ResultFlags, StartFlags, StatusFlags, StopFlags } from './study/study-actions.js';

const summary = 'studies across hospitals: propose, start, watch, stop';

/** `fedward study`, which asks the coordinator that runs. What it does is loaded when it runs. */
export const studyCommand = defineCommand('study', summary, (program) => {
  const study = program.command('study').description(summary);
  const load = () => import('./study/study-actions.js');

  common(study.command('propose'))
    .description('asks hospitals to take part: they see the plan, and approve it or not')
    .requiredOption(
      '--plan <file>',
      "a plan of a training (JSON or YAML; one that asks a query is refused), or the plan.json of a simulation's folder",
    )
    .option('--id <id>', 'of the study, letters, digits, - and _ (default: of the name of the plan)')
    .option('--name <words>', "for people (default: the plan's)")
    .option('--description <words>', 'for people at the hospitals')
    .option('--declarations <file>', 'what the study declares of itself for the rules of hospitals (JSON or YAML)')
    .option('--members <ids>', 'such as a,b (default: all members)')
    .option(
      '--model <file>',
      'the network of a plan that has none: an ONNX file, or a folder that fedward model import wrote; it starts from its weights',
    )
    .option(
      '--initial <file>',
      'weights to start from, by name, in a safetensors or ONNX file of any size (default: those that the simulation of --plan, or --model, started from; else drawn)',
    )
    .action(async (flags: ProposeFlags) => (await import('./study/propose-action.js')).proposeAction(flags));

  common(study.command('list'))
    .description('all studies, and where they stand')
    .action(async (flags: StudyFlags) => (await load()).listAction(flags));

  common(study.command('status'))
    .argument('[id]', 'a study; without one all are listed')
    .description('where a study stands: approvals, rounds, who is missing')
    .option('--watch', 'go on telling until it is over')
    .action(async (id: string | undefined, flags: StatusFlags) => (await load()).statusAction(id, flags));

  common(study.command('start'))
    .argument('<id>', 'a study')
    .description('begins with the rounds as soon as hospitals have approved')
    .option('--quorum-is-enough', "as many as the plan's quorum are enough; the others can come later")
    .action(async (id: string, flags: StartFlags) => (await load()).startAction(id, flags));

  for (const [name, words] of [
    ['pause', 'after the round under way'],
    ['resume', 'goes on with a paused study'],
  ] as const)
    common(study.command(name))
      .argument('<id>', 'a study')
      .description(words)
      .action(async (id: string, flags: StudyFlags) => (await load()).sayAction(name, id, flags));

  common(study.command('stop'))
    .argument('<id>', 'a study')
    .description('ends a study for good')
    .option('--reason <words>', 'for people; it is kept', 'by a person')
    .action(async (id: string, flags: StopFlags) => (await load()).stopAction(id, flags));

  common(study.command('result'))
    .argument('<id>', 'a study that is done')
    .description('rounds, who was missing and why, privacy, the digest of the model')
    .option(
      '--out <dir>',
      'copies result.json, report.txt and model.safetensors there, with the seal by which `fedward audit verify DIR` checks them',
    )
    .option(
      '--schema <file>',
      'by which hospitals read their tables: the model of --out can then be used by `fedward model`',
    )
    .action(async (id: string, flags: ResultFlags) => (await load()).resultAction(id, flags));
});

function common(command: Command): Command {
  return command
    .option('--folder <dir>', "the coordinator's folder (default: $FEDWARD_COORDINATOR)")
    .option('--json', 'one JSON document on stdout');
}
