import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import { launch, type Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulate } from '../run/simulate.js';

const chrome = [
  process.env['CHROME_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
].find((path) => path !== undefined && existsSync(path));
const dataDir = process.env['FEDWARD_DATA'];

describe.skipIf(chrome === undefined)('pages of real runs in Chromium (CHROME_PATH)', () => {
  let browser: Browser;
  const root = mkdtempSync(join(tmpdir(), 'fedward-pages-'));
  beforeAll(async () => {
    browser = await launch({ executablePath: chrome!, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser.close();
    rmSync(root, { recursive: true });
  });

  /** That a page is small, asks for nothing, keeps its style under its own policy, and can be read by everyone. */
  async function look(file: string): Promise<void> {
    expect(readFileSync(file).length, file).toBeLessThan(300_000);
    const strict = await browser.newPage();
    const requests: string[] = [];
    const complaints: string[] = [];
    strict.on('request', (request) => requests.push(request.url()));
    strict.on('console', (message) => complaints.push(message.text()));
    await strict.goto(`file://${file}`);
    // The first table's lines collapse only where the page's own style was let in.
    const collapse = 'getComputedStyle(document.querySelector("table")).borderCollapse';
    expect(await strict.evaluate(collapse), file).toBe('collapse');
    expect({ requests: requests.length, complaints }, file).toEqual({ requests: 1, complaints: [] });
    await strict.close();

    const page = await browser.newPage();
    await page.setBypassCSP(true); // axe is a script, and the page lets none run
    await page.goto(`file://${file}`);
    await page.evaluate(axe.source);
    for (const scheme of ['light', 'dark'])
      for (const width of [1280, 390]) {
        await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
        await page.setViewport({ width, height: 900 });
        const wide = await page.evaluate('document.documentElement.scrollWidth');
        expect(wide, `${file}, ${scheme}, ${width} px`).toBeLessThanOrEqual(width);
        const { violations } = (await page.evaluate('axe.run()')) as axe.AxeResults;
        const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
        expect(found, `${file}, ${scheme}, ${width} px`).toEqual([]);
      }
    await page.close();
  }

  async function lookAt(folder: string): Promise<void> {
    for (const name of ['report.html', 'model-card.html']) await look(join(folder, name));
  }

  it('tutorial', async () => {
    const folder = join(root, 'tutorial');
    await simulate({ scenario: 'tutorial' }, folder);
    await lookAt(folder);
  });

  it.skipIf(!dataDir).each(['heart-disease', 'parkinsons', 'heart-failure'])(
    '%s, with a validation (needs FEDWARD_DATA)',
    async (scenario) => {
      const folder = join(root, scenario);
      await simulate({ scenario, dataDir: dataDir!, rounds: 3, validate: 'leave-one-hospital-out' }, folder);
      await lookAt(folder);
    },
  );
});
