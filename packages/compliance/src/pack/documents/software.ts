import { billOfMaterials, type InstalledPackage } from '../bom.js';
import type { PackFacts } from '../facts.js';
import { counted } from '../counted.js';
import type { Draft } from '../statement.js';

/** The package that all others are dependencies of. */
const root = '@fedward/cli';

/** What is installed where the pack was made, as CycloneDX 1.6. */
export function software({ installed, node, inputs }: PackFacts): Draft {
  const told = inputs['software'] as { readonly fedward?: string; readonly node?: string } | undefined;
  const own = installed.find(({ name }) => name === root);
  const bom = billOfMaterials(installed, `${root}@${own?.version ?? '0'}`, node);
  const unhashed = installed.filter(({ integrity }) => integrity === undefined).length;
  return {
    name: 'software',
    title: 'Software bill of materials',
    clauses: ['hipaa-164.308(a)(8)', 'gdpr-25', 'gdpr-32'],
    contributes: 'which packages, in which versions and under which licences, are installed where the pack was made',
    doesNotShow: [
      'that this installation is the one that ran: compare the versions that the run notes',
      'that a package holds what its publisher published, where no digest of it is known',
      'that they are free of vulnerabilities: give bom.cdx.json to a scanner',
    ],
    lacking: unhashed > 0 ? [`digests of ${unhashed} packages: no lockfile beside them has one`] : [],
    needsPerson: [],
    statements: [
      { says: `The run was of fedward ${told?.fedward ?? 'not said'}.`, fact: 'fedward', value: told?.fedward ?? null },
      { says: `It ran on Node ${told?.node ?? 'not said'}.`, fact: 'node', value: told?.node ?? null },
      { says: `Installed here: ${counted(installed.length, 'package')}.`, fact: 'packages', value: installed.length },
      {
        says: 'The serial number of the bill follows from what is in it.',
        ...{ fact: 'serial number', value: bom['serialNumber']! },
      },
    ],
    tables: [
      {
        caption: 'Packages',
        head: ['Package', 'Version', 'Licence', 'Digest known'],
        rows: [...installed]
          .sort(byName)
          .map(({ name, version, licence, integrity }) => [
            ...[name, version, licence ?? 'not said', integrity === undefined ? 'no' : 'yes'],
          ]),
      },
    ],
    attachments: [{ file: 'bom.cdx.json', content: JSON.stringify(bom, null, 2) + '\n' }],
  };
}

function byName(a: InstalledPackage, b: InstalledPackage): number {
  const [one, other] = [`${a.name}@${a.version}`, `${b.name}@${b.version}`];
  return one < other ? -1 : one > other ? 1 : 0;
}
