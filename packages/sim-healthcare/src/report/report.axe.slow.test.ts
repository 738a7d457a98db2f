import { existsSync } from 'node:fs';
import axe from 'axe-core';
import { launch, type Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderReport } from './report.js';
import { fullResult, oldResult } from './testing/fixtures.js';

const chrome = [
  process.env['CHROME_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
].find((path) => path !== undefined && existsSync(path));

const tasks = ['binary', 'classes', 'value', 'survival'] as const;
const results = [
  ...tasks.map((task) => ({ name: task, result: fullResult(task) })),
  { name: 'without an evaluation', result: oldResult('binary') },
];

describe.skipIf(chrome === undefined)('a report in Chromium (CHROME_PATH)', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch({ executablePath: chrome!, args: ['--no-sandbox'] });
  });
  afterAll(() => browser.close());

  it.each(results)('can be read by everyone, light and dark, wide and narrow: $name', async ({ result }) => {
    const html = await renderReport(result);
    const page = await browser.newPage();
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await page.setBypassCSP(true); // axe is a script, and the page lets none run
    await page.goto(`data:text/html;charset=utf-8;base64,${Buffer.from(html).toString('base64')}`);
    expect(requests).toHaveLength(1); // the page itself
    await page.evaluate(axe.source);
    for (const scheme of ['light', 'dark'])
      for (const width of [1280, 390]) {
        await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
        await page.setViewport({ width, height: 900 });
        const wide = await page.evaluate('document.documentElement.scrollWidth');
        expect(wide, `${scheme}, ${width} px`).toBeLessThanOrEqual(width);
        if ((scheme === 'light') !== (width === 1280)) continue; // no style asks for both, so two pairs see all of them
        const { violations } = (await page.evaluate('axe.run()')) as axe.AxeResults;
        const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
        expect(found, `${scheme}, ${width} px`).toEqual([]);
      }
    await page.close();
  });
});
