import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { billOfMaterials, purlOf, type InstalledPackage } from './bom.js';

const packages: readonly InstalledPackage[] = [
  { name: '@fedward/cli', version: '0.1.0', licence: 'EUPL-1.2', dependsOn: ['zod@4.6.7', '@a/b@1.0.0', 'gone@1.0.0'] },
  { name: 'zod', version: '4.6.7', licence: 'MIT', integrity: integrityOf('zod'), dependsOn: [] },
  { name: '@a/b', version: '1.0.0', licence: '(MIT OR Apache-2.0)', dependsOn: ['zod@4.6.7'] },
  { name: 'own', version: '2.0.0+x', licence: 'SEE LICENSE IN L.txt', dependsOn: [] },
  { name: 'bare', version: '1.0.0', dependsOn: [] },
];

function integrityOf(text: string): string {
  return `sha512-${createHash('sha512').update(text).digest('base64')}`;
}

interface Component {
  readonly 'bom-ref': string;
  readonly type: string;
  readonly group?: string;
  readonly name: string;
  readonly purl: string;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
  readonly licenses?: readonly unknown[];
}

interface Bom {
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
  readonly metadata: { readonly component: Component };
  readonly serialNumber: string;
}

const bomOf = (of: readonly InstalledPackage[] = packages): Bom =>
  billOfMaterials(of, '@fedward/cli@0.1.0', 'v20.20.2') as unknown as Bom;

describe('a bill of materials (CycloneDX 1.6)', () => {
  it('has what the schema asks for', () => {
    const bom = bomOf();
    expect(bom).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 });
    expect(bom.serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const refs = [bom.metadata.component, ...bom.components].map((component) => component['bom-ref']);
    expect(new Set(refs).size).toBe(refs.length);
    const known = new Set(refs);
    expect(new Set(bom.dependencies.map(({ ref }) => ref))).toEqual(known);
    for (const { dependsOn } of bom.dependencies) {
      expect(new Set(dependsOn).size).toBe(dependsOn.length);
      for (const ref of dependsOn) expect(known.has(ref)).toBe(true);
    }
    for (const { type, name } of bom.components) {
      expect(type).toBe('library');
      expect(name).not.toContain('/');
    }
  });

  it('names packages by purl, with digests as hexadecimal and licences by id, expression or name', () => {
    const find = (ref: string): Component => bomOf().components.find((each) => each['bom-ref'] === ref)!;
    expect(purlOf({ name: '@angular/animation', version: '12.3.1' })).toBe('pkg:npm/%40angular/animation@12.3.1');
    expect(find('@a/b@1.0.0')).toMatchObject({
      group: '@a',
      name: 'b',
      licenses: [{ expression: '(MIT OR Apache-2.0)' }],
    });
    expect(find('own@2.0.0+x')).toMatchObject({
      ...{ purl: 'pkg:npm/own@2.0.0%2Bx', licenses: [{ license: { name: 'SEE LICENSE IN L.txt' } }] },
    });
    const zod = find('zod@4.6.7');
    expect(zod.licenses).toEqual([{ license: { id: 'MIT' } }]);
    expect(zod.hashes).toEqual([{ alg: 'SHA-512', content: createHash('sha512').update('zod').digest('hex') }]);
    expect(find('bare@1.0.0').licenses).toBeUndefined();
    expect(find('bare@1.0.0').hashes).toBeUndefined();
  });

  it('is the same for the same packages in any order, and another for others', () => {
    expect(bomOf([...packages].reverse())).toEqual(bomOf());
    expect(bomOf([...packages, ...packages])).toEqual(bomOf());
    expect(bomOf(packages.slice(0, 4)).serialNumber).not.toBe(bomOf().serialNumber);
  });
});
