import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { wasmTrainer } from '@fedward/trainer-wasm';
import puppeteer from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { portsJson } from './onnx/describe.js';
import { onnxModel } from './onnx/to-onnx.js';
import { expectedOutputs } from './testing/expected.js';
import { mixedProblem } from './testing/problems.js';

const usual = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const chromium = [process.env['CHROME_PATH'], ...usual].find((path) => path !== undefined && existsSync(path));
const root = fileURLToPath(new URL('../../../', import.meta.url));
const types: Record<string, string> = { '.html': 'text/html', '.mjs': 'text/javascript', '.wasm': 'application/wasm' };

const problem = await mixedProblem(5, 'binary');
const model = onnxModel(problem.bundle);

let server: Server;
beforeAll(async () => {
  server = createServer(({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://localhost');
    const made: Record<string, Uint8Array | string> = {
      '/model.onnx': model.bytes,
      '/model.onnx.json': JSON.stringify(portsJson(problem.bundle.manifest, model)),
    };
    const file = pathname === '/' ? 'examples/browser/index.html' : pathname.slice(1);
    const body = made[pathname] ?? (existsSync(`${root}${file}`) ? readFileSync(`${root}${file}`) : undefined);
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': types[extname(file)] ?? 'text/plain' });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => server.close());

describe.skipIf(chromium === undefined)('in Chromium (skipped where none is found: CHROME_PATH)', () => {
  it('the example predicts what fedward does', async () => {
    const expected = await expectedOutputs(problem, wasmTrainer());
    const row = expected.findIndex((outputs) => outputs !== undefined);
    const browser = await puppeteer.launch({ executablePath: chromium!, args: ['--no-sandbox'] });
    try {
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      await page.waitForSelector('body[data-ready]', { timeout: 300_000 });
      for (const [i, { name, kind }] of problem.schema.columns.entries()) {
        const cell = problem.rows[row]![i]!;
        const missing = ['', 'NA', '?'].includes(cell);
        const text = missing && name !== 'stage' ? '' : kind === 'date' ? String(Date.parse(cell) / 86_400_000) : cell;
        await page.type(`input[name="${name}"]`, text);
      }
      await page.click('button');
      await page.waitForFunction('document.querySelector("output").textContent !== ""');
      const told = String(await page.evaluate('document.querySelector("output").textContent'));
      const probability = 1 / (1 + Math.exp(-expected[row]![0]!));
      const found = /^probabilities: [^,]*, (.*)$/m.exec(told)!;
      expect(Number(found[1])).toBeCloseTo(probability, 5);
      expect(told).toContain(`class: ${probability >= 0.4 ? 'yes' : 'no'}`);
    } finally {
      await browser.close();
    }
  });
});
