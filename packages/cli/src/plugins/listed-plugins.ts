import type { DescribedOption, DescribedPlugin, TeamPlugins } from '@fedward/sim-healthcare';
import { catalogue } from '@fedward/sim-healthcare/catalogue';

/** A plugin that is installed, as `fedward plugins` lists it. */
export interface ListedPlugin {
  readonly kind: string;
  readonly name: string;
  /** The package, or the file as it was named. */
  readonly package: string;
  readonly summary: string;
  /** The option of `fedward simulate` that chooses it; null for what a config or code alone can name. */
  readonly chosenBy: string | null;
  readonly options: readonly ListedOption[];
}

/** One of its options. */
export interface ListedOption extends DescribedOption {
  /** The key of `--set`; null where no plan has a place for options of this kind: they are given in code. */
  readonly key: string | null;
  /** The key of a hospital's site.yaml, where that is the place of options of this kind. */
  readonly siteKey: string | null;
  /** Short options of `fedward simulate` for the same. */
  readonly flags: readonly string[];
}

/** How the command chooses a plugin of a kind, and where its options stand in a plan. Other kinds are used from code. */
const places: Readonly<Record<string, { readonly option: string; readonly options?: string; readonly site?: string }>> =
  {
    aggregator: { option: '--aggregator', options: 'aggregator.options' },
    mechanism: { option: '--privacy', options: 'privacy.mechanisms.0.options' },
    accountant: { option: '--accountant' },
    trainer: { option: '--trainer', site: 'trainers' },
    compression: { option: '--compression', options: 'compression.options' },
  };

/** Those that come with fedward, none of which is loaded for it, and a team's own. */
export async function listedPlugins(team: readonly TeamPlugins[]): Promise<ListedPlugin[]> {
  const ours = catalogue.flatMap(({ package: from, plugins }) => plugins.map((plugin) => listed(plugin, from, false)));
  if (team.length === 0) return ours;
  const { describePlugin, InstalledPlugins } = await import('@fedward/sim-healthcare');
  await InstalledPlugins.load(team); // refuses what a run would refuse, such as a name that is taken
  const theirs = team.flatMap(({ name, plugins }) =>
    plugins.map((plugin) => listed(describePlugin(plugin), name, true)),
  );
  return [...ours, ...theirs];
}

/** @param own of a team: the command has no short options for it, and leaves it to its user to write the options */
function listed(plugin: DescribedPlugin, from: string, own: boolean): ListedPlugin {
  const { kind, name, summary, options, draft } = plugin;
  const place = places[kind];
  // Without a draft the command does not know how to write a mechanism into a plan.
  const chosen = place && (kind !== 'mechanism' || draft !== undefined || own);
  return {
    ...{ kind, name, package: from, summary },
    chosenBy: chosen ? `${place.option} ${name}` : null,
    options: options.map((option) => ({
      ...option,
      key: place?.options === undefined ? null : `${place.options}.${option.path}`,
      siteKey: place?.site === undefined ? null : `${place.site}.${name}.${option.path}`,
      flags: own ? [] : flagsFor(plugin, option.path),
    })),
  };
}

function flagsFor({ flags }: DescribedPlugin, option: string): string[] {
  return Object.entries(flags).flatMap(([flag, path]) => (path === option ? [`--${flag}`] : []));
}
