import { sha256, type JsonObject } from '@fedward/core';

/** A package as it is installed where the pack is made. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** As its package.json has it: an SPDX id or expression; undefined where it says none. */
  readonly licence?: string;
  /** Subresource integrity, as a lockfile has it: `sha512-...`. */
  readonly integrity?: string;
  /** Names with versions, `NAME@VERSION`, of what it depends on and is installed. */
  readonly dependsOn: readonly string[];
}

/** The package URL (purl) of an npm package: a scope's `@` is encoded, its slash is not. */
export function purlOf({ name, version }: Pick<InstalledPackage, 'name' | 'version'>): string {
  const path = name.split('/').map(encodeURIComponent).join('/');
  return `pkg:npm/${path}@${encodeURIComponent(version)}`;
}

/**
 * A software bill of materials: CycloneDX 1.6 as JSON. Equal packages give equal bytes, its serial number too: a version 8
 * UUID (RFC 9562, section 5.8) of the digest of what is in it.
 *
 * @param packages in whatever order; one that is there twice counts once
 * @param root of them what the others are dependencies of, `NAME@VERSION`
 */
export function billOfMaterials(packages: readonly InstalledPackage[], root: string, node: string): JsonObject {
  const byRef = new Map(packages.map((each) => [`${each.name}@${each.version}`, each]));
  const refs = [...byRef.keys()].sort();
  const components = refs.map((ref) => componentOf(ref, byRef.get(ref)!));
  const dependencies = refs.map((ref) => ({
    ref,
    dependsOn: [...new Set(byRef.get(ref)!.dependsOn)].filter((other) => byRef.has(other)).sort(),
  }));
  const digest = sha256(JSON.stringify([components, dependencies, node]));
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(digest)}`,
    version: 1,
    metadata: {
      component: { ...componentOf(root, byRef.get(root)), type: 'application', 'bom-ref': `${root}#installed` },
      properties: [{ name: 'fedward:node', value: node }],
    },
    components,
    dependencies: [{ ref: `${root}#installed`, dependsOn: byRef.has(root) ? [root] : [] }, ...dependencies],
  };
}

function componentOf(ref: string, installed: InstalledPackage | undefined): JsonObject {
  const at = ref.lastIndexOf('@');
  const name = ref.slice(0, at);
  const version = ref.slice(at + 1);
  const [scope, own] = name.startsWith('@') ? name.split('/') : [undefined, name];
  const hash = hashOf(installed?.integrity);
  const licence = installed?.licence;
  return {
    type: 'library',
    'bom-ref': ref,
    ...(scope !== undefined && { group: scope }),
    name: own ?? name,
    version,
    purl: purlOf({ name, version }),
    ...(hash && { hashes: [hash] }),
    ...(licence !== undefined && { licenses: [licenceOf(licence)] }),
  };
}

/** An expression where there are several, else one licence by its id, or by name where it is no plain id. */
function licenceOf(text: string): JsonObject {
  if (/ (AND|OR|WITH) /.test(text)) return { expression: text };
  return { license: /^[A-Za-z0-9.+-]+$/.test(text) && text !== 'UNLICENSED' ? { id: text } : { name: text } };
}

/** `sha512-BASE64` in hexadecimal, as CycloneDX has it. */
function hashOf(integrity: string | undefined): JsonObject | undefined {
  const match = /^(sha512|sha384|sha256|sha1)-([A-Za-z0-9+/]+={0,2})/.exec(integrity ?? '');
  if (!match) return undefined;
  const [, algorithm = '', encoded = ''] = match;
  return {
    alg: algorithm.replace('sha', 'SHA-'),
    content: Buffer.from(encoded, 'base64').toString('hex'),
  };
}

/** The version and variant bits of a UUID of an application's own making over the first 128 bits of a digest. */
function uuidOf(digest: string): string {
  const hex = [...digest.slice(0, 32)];
  hex[12] = '8';
  hex[16] = ((Number.parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16);
  const text = hex.join('');
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-');
}
