import { Option, type Command } from 'commander';
import { wholeNumber } from '../options/options.js';
import type { ImportFlags } from './import-action.js';

const losses = ['softmax-cross-entropy', 'sigmoid-cross-entropy', 'squared-error', 'cox'];

/** `fedward model import MODEL.onnx`. */
export function addImportCommand(model: Command): void {
  model
    .command('import')
    .argument('<file>', 'an ONNX file')
    .description(
      'a network of your own, out of an ONNX file: what of it would be trained, how large it is, what differential privacy ' +
        'would refuse; with --out as a folder for fedward simulate --model (docs/bring-your-model.md)',
    )
    .option('--out <folder>', 'write model.json, members of a plan, and weights.safetensors into a folder')
    .addOption(
      new Option('--loss <name>', 'what training makes small (default: a cross-entropy, by the outputs)').choices(
        losses,
      ),
    )
    .addOption(
      new Option('--batch-norm <how>', 'keep it, its running statistics frozen, or make group normalisation of it')
        .choices(['keep', 'group-norm'])
        .default('keep'),
    )
    .option('--groups <n>', 'of such a group normalisation at most (default 32)', wholeNumber(1, 1_000_000))
    .addOption(
      new Option('--channels <where>', "in the file's input; examples have them last, and are turned round for first")
        .choices(['first', 'last'])
        .default('first'),
    )
    .option('--output <name>', 'the output that is trained, where the file has several')
    .option('--keep-activation', 'keep a Softmax or Sigmoid at the end, which is left out else: losses take logits')
    .option('--keep-shared', 'keep as one the weights that the file has once for several places (tied weights)')
    .option('--json', 'one JSON document on stdout')
    .action(async (path: string, flags: ImportFlags) => {
      const { importAction } = await import('./import-action.js');
      await importAction(path, flags);
    });
}
