import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Options } from 'tsup';

type Plugin = NonNullable<Options['esbuildPlugins']>[number];

/** Leaves out zod's messages in fifty other languages, which nobody asks for and no tree shaking finds. */
export const englishOnly: Plugin = {
  name: 'english-only',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

/**
 * Lets bundled code of a package go on reading the files beside it: they stay in the package, which is installed with
 * this one, and are looked for there.
 */
export function readsItsOwnFiles(name: string): Plugin {
  const folder = name.split('/').at(-1)!;
  return {
    name: `reads-its-own-files-${folder}`,
    setup({ onLoad }) {
      onLoad({ filter: new RegExp(`[\\\\/]${folder}[\\\\/]src[\\\\/].*\\.ts$`) }, ({ path }) => ({
        contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', `import.meta.resolve('${name}')`),
        loader: 'ts',
      }));
    },
  };
}

/** Writes the licences of all packages that have ended up in the bundle, as those licences ask. */
export function licenceNotices(file: string): Plugin {
  return {
    name: 'licence-notices',
    setup({ initialOptions, onEnd }) {
      initialOptions.metafile = true;
      onEnd(({ metafile }) => {
        const outputs = Object.values(metafile?.outputs ?? {});
        const inputs = outputs.flatMap((output) =>
          Object.entries(output.inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
        );
        const folders = new Set(inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []));
        writeFileSync(file, [...folders].sort().map(noticeOf).join('\n'));
      });
    },
  };
}

function noticeOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<
    'name' | 'version' | 'license',
    string
  >;
  const texts = readdirSync(folder)
    .filter((entry) => /^(licen[cs]e|copying|notice)/i.test(entry) && existsSync(join(folder, entry)))
    .map((entry) => readFileSync(join(folder, entry), 'utf8').trim());
  return [`${name} ${version} (${license})`, ...texts, ''].join('\n\n');
}
