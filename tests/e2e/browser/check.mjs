// Opens every screen of a running site in Chromium as its user would, checks accessibility with axe, listens for
// script and policy errors, and takes pictures. Started by `demo --browser`, which says by environment where to look.

import { createHmac } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const need = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; run this through \`demo --browser\``);
  return value;
};
const kioskUrl = need('KIOSK_URL');
const consoleUrl = need('CONSOLE_URL');
const centralUrl = need('CENTRAL_URL');
const pictures = need('PICTURES');
mkdirSync(pictures, { recursive: true });

let passed = 0;
const failures = [];
const expect = (holds, what) => {
  if (holds) passed += 1;
  else failures.push(what);
};

/** The six digits an authenticator shows at `time_ms` for a base32 secret (RFC 6238, SHA-1, 30 s). */
function oneTimeCode(secret, time_ms) {
  const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(time_ms / 30000)));
  const mac = createHmac('sha1', key).update(counter).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, '0');
}

/** Listens to everything that must not happen on a page. */
function listen(page, who) {
  page.on('pageerror', (error) => failures.push(`${who}: script error: ${error.message}`));
  page.on('console', (message) => {
    const text = message.text();
    // A page that answers with an error status is expected where a form is refused on purpose.
    if (message.type() === 'error' && !text.startsWith('Failed to load resource')) failures.push(`${who}: ${text}`);
  });
  page.on('request', (request) => {
    const { hostname } = new URL(request.url());
    if (!['127.0.0.1', ''].includes(hostname)) failures.push(`${who}: asks ${hostname}, outside this machine`);
  });
}

/** Checks a screen that is open and takes its picture. */
async function look(page, name) {
  await page.screenshot({ path: join(pictures, `${name}.png`) });
  // The page's own policy forbids foreign scripts, rightly; axe comes in through the debugger instead.
  await page.evaluate(axeSource);
  const result = await page.evaluate(() =>
    globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }),
  );
  const found = result.violations.map((violation) => `${violation.id} (${violation.nodes.map((node) => node.target.join(' ')).join(', ')})`);
  expect(found.length === 0, `${name}: axe: ${found.join('; ')}`);
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(sideways <= 0, `${name}: the page scrolls sideways by ${sideways} px`);
  expect((await page.title()).trim() !== '', `${name}: no title`);
}

/** Every control can be reached with the Tab key, and what has the focus can be seen. */
async function walk(page, name) {
  await page.evaluate(() => document.activeElement?.blur());
  const controls = await page.locator('a[href]:visible, button:visible:enabled, input:visible:enabled, select:visible:enabled, textarea:visible:enabled, summary:visible').count();
  const reached = new Set();
  for (let step = 0; step < controls + 5; step += 1) {
    await page.keyboard.press('Tab');
    const here = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return null;
      // The parts of a date or time field are the browser's own; it marks them itself.
      const dated = element.matches('input[type^=date], input[type=time]');
      const marked = (one) => getComputedStyle(one).outlineStyle !== 'none' || getComputedStyle(one).boxShadow !== 'none';
      // A row that is one large link shows the focus on the row.
      const row = element.closest('li, tr, article');
      const seen = dated || marked(element) || (row !== null && row.matches(':focus-within') && marked(row));
      const all = [...document.querySelectorAll('*')];
      return { at: all.indexOf(element), seen, tag: element.outerHTML.slice(0, 60) };
    });
    if (here) {
      reached.add(here.at);
      expect(here.seen, `${name}: the focus cannot be seen on ${here.tag}`);
    }
  }
  // Radio groups are one stop for the keyboard, so fewer stops than controls are fine there.
  const radios = await page.locator('input[type=radio]:visible').count();
  expect(reached.size >= controls - radios, `${name}: ${reached.size} of ${controls} controls reached by keyboard`);
}

/** Keys a person presses on a touch screen are large enough (20 mm at 96 dpi is 76 px for the main keys). */
async function touch(page, name) {
  const small = await page.evaluate(() =>
    [...document.querySelectorAll('button, a.key, input:not([type=hidden]), select')]
      .filter((element) => element.checkVisibility?.() ?? true)
      // A radio button or tick box is pressed through its label.
      .map((element) => (['radio', 'checkbox'].includes(element.type) ? element.closest('label') ?? element : element))
      .map((element) => ({ box: element.getBoundingClientRect(), tag: element.outerHTML.slice(0, 60) }))
      .filter(({ box }) => box.width > 0 && (box.height < 44 || box.width < 44))
      .map(({ tag, box }) => `${tag} ${Math.round(box.width)}x${Math.round(box.height)}`),
  );
  expect(small.length === 0, `${name}: keys under 44 px: ${small.join(', ')}`);
}

async function signInAtKiosk(page) {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    await page.goto(`${kioskUrl}/sign-in`);
    await page.fill('[name=staff]', need('OFFICER'));
    await page.fill('[name=pin]', need('OFFICER_PIN'));
    await page.fill('[name=code]', oneTimeCode(need('OFFICER_SECRET'), Date.now()));
    await Promise.all([page.waitForLoadState('load'), page.locator('form button').last().click()]);
    await page.waitForLoadState('load');
    if (!page.url().includes('/sign-in')) return;
    // A one-time code is taken once; the scripted day may have used this one. Wait for the next.
    await page.waitForTimeout(30500 - (Date.now() % 30000));
  }
  throw new Error('the officer cannot sign in at the kiosk');
}

/** Sends the form whose action ends in `action`, and waits for the page behind it. */
async function send(page, action, fields = {}) {
  const form = page.locator(`form[action$="/${action}"]`).first();
  for (const [name, value] of Object.entries(fields)) {
    const field = form.locator(`[name="${name}"]`).first();
    const kind = await field.evaluate((element) => (element.tagName === 'SELECT' ? 'select' : element.type));
    if (kind === 'select') await field.selectOption(value);
    else if (kind === 'radio') await form.locator(`[name="${name}"][value="${value}"]`).check({ force: true });
    else if (kind === 'checkbox') await field.check({ force: true });
    else await field.fill(value);
  }
  await Promise.all([page.waitForNavigation(), form.locator('button').first().click()]);
}

const localTime = (hoursAgo) => {
  const at = new Date(Date.now() - hoursAgo * 3600e3);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60e3).toISOString().slice(0, 16);
};

async function openCase(page, person) {
  await page.goto(kioskUrl);
  await send(page, 'cases', { category: '1', event_at: localTime(2), event_place: 'Ter Apel' });
  await look(page, 'kiosk-person');
  await send(page, 'person', person);
}

async function choose(page, person, visit) {
  await page.goto(`${kioskUrl}/virtual`);
  await send(page, 'virtual', { person: String(person), visit: String(visit), tempo: 'brisk' });
}

async function captureAll(page, name) {
  for (let step = 0; step < 40; step += 1) {
    const { phase, step: part } = await page.evaluate(async () => (await fetch(location.href, { headers: { accept: 'application/json' } })).json());
    if (phase === 'capture') {
      if (step === 0) await look(page, `${name}-ready`);
      await send(page, 'capture');
    } else if (phase === 'review') {
      await page.reload();
      await page.waitForFunction(() => [...document.images].every((image) => image.complete));
      await look(page, `${name}-${part}`);
      await send(page, 'accept');
    } else if (phase === 'ready-to-seal') {
      await page.reload();
      return;
    } else {
      await page.waitForTimeout(300);
    }
  }
  throw new Error(`${name}: the capture did not end`);
}

async function kiosk(browser) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', timezoneId: 'Europe/Amsterdam' });
  const page = await context.newPage();
  listen(page, 'kiosk');
  await page.goto(`${kioskUrl}/sign-in`);
  await look(page, 'kiosk-sign-in');
  await walk(page, 'kiosk-sign-in');
  await touch(page, 'kiosk-sign-in');
  await page.goto(kioskUrl);
  expect(page.url().includes('/sign-in'), 'kiosk: the home screen opens without signing in');
  await signInAtKiosk(page);
  await look(page, 'kiosk-home');
  await walk(page, 'kiosk-home');
  await touch(page, 'kiosk-home');
  await page.goto(`${kioskUrl}/virtual`);
  await look(page, 'kiosk-virtual');

  // An adult, all the way.
  await choose(page, 0, 1);
  await openCase(page, {
    surnames: 'Example', forenames: 'Ada', birth_date: '1991-04-03', age_basis: 'document', age_certain: 'yes',
    proof_reference: 'passport seen', sex: 'F', nationality: 'SYR', accompanied: 'no',
  });
  await look(page, 'kiosk-adult-information');
  await send(page, 'gates/information', { language: 'en' });
  await touch(page, 'kiosk-adult-ready');
  await captureAll(page, 'kiosk-adult');
  await look(page, 'kiosk-adult-seal');
  await send(page, 'seal');
  const answered = () => page.evaluate(async () => !!(await (await fetch(location.href, { headers: { accept: 'application/json' } })).json()).delivery?.answer);
  for (let wait = 0; wait < 60 && !(await answered()); wait += 1) await page.waitForTimeout(250);
  expect(await answered(), 'kiosk: no answer on the timeline');
  await page.reload();
  await look(page, 'kiosk-adult-timeline');

  // A child of eight: another, kinder page.
  const born = new Date(Date.now() - 8.2 * 365.25 * 86400e3).toISOString().slice(0, 10);
  await choose(page, 2, 2);
  await openCase(page, {
    surnames: 'Example', forenames: 'Clara', birth_date: born, age_basis: 'document', age_certain: 'yes',
    proof_reference: 'birth certificate', sex: 'F', nationality: 'SYR', accompanied: 'yes',
  });
  await look(page, 'kiosk-child-gates');
  await walk(page, 'kiosk-child-gates');
  await send(page, 'gates/training');
  await send(page, 'gates/best-interests', { confirmed: 'yes', note: 'calm, wants her mother close' });
  await send(page, 'gates/companion', { kind: 'family', name: 'Example, mother', relation: 'mother', adult: 'yes', present: 'yes' });
  await send(page, 'gates/information', { material: 'children', language: 'en', mode: 'demonstration' });
  await captureAll(page, 'kiosk-child');
  await look(page, 'kiosk-child-seal');

  // About six, no document: explained, nothing taken.
  await page.goto(kioskUrl);
  await send(page, 'cases', { category: '1', event_at: localTime(1), event_place: 'Ter Apel' });
  await send(page, 'person', {
    surnames: 'Example', forenames: 'Daan', age_years: '6', age_basis: 'declared', age_certain: 'no', sex: 'M', nationality: 'SYR', accompanied: 'yes',
  });
  await look(page, 'kiosk-under-six');
  expect((await page.textContent('body')).includes('14(1)'), 'kiosk: the refusal does not name Art. 14(1)');

  await page.goto(`${kioskUrl}/cases/00000000-0000-4000-8000-000000000000`);
  await look(page, 'kiosk-no-such-case');

  // Twice the text size: nothing is lost sideways.
  await page.setViewportSize({ width: 640, height: 400 });
  await page.goto(kioskUrl);
  await look(page, 'kiosk-home-200-percent');
  await context.close();

  const bare = await browser.newContext({ javaScriptEnabled: false });
  const plain = await bare.newPage();
  await plain.goto(`${kioskUrl}/sign-in`);
  expect(await plain.locator('form button').count() > 0, 'kiosk: no sign-in without script');
  await bare.close();
}

async function operator(browser) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB', timezoneId: 'Europe/Amsterdam' });
  const page = await context.newPage();
  listen(page, 'console');
  await page.goto(`${consoleUrl}/sign-in`);
  await look(page, 'console-sign-in');
  await page.fill('[name=pin]', need('OPERATOR_PIN'));
  await Promise.all([page.waitForNavigation(), page.locator('form button').last().click()]);
  await look(page, 'console-queue');
  await walk(page, 'console-queue');
  const item = page.locator('a[href*="/items/"]').first();
  expect(await item.count() > 0, 'console: the queue shows no item after the day');
  if (await item.count()) {
    await Promise.all([page.waitForNavigation(), item.click()]);
    await look(page, 'console-item');
    await walk(page, 'console-item');
  }
  if (await item.count()) {
    await page.goto(consoleUrl);
    await Promise.all([page.waitForNavigation(), page.locator('a[href*="/items/"]').first().click()]);
    const timeline = page.locator('a[href*="/person"]').first();
    await Promise.all([page.waitForNavigation(), timeline.click()]);
    await look(page, 'console-person');
  }
  await page.goto(`${consoleUrl}/tasks`);
  await look(page, 'console-tasks');
  await page.goto(`${consoleUrl}/interfaces`);
  await look(page, 'console-interfaces');
  const change = page.locator('td a[href^="/interfaces/"]').first();
  if (await change.count()) {
    await Promise.all([page.waitForNavigation(), change.click()]);
    await look(page, 'console-switch');
    await walk(page, 'console-switch');
  }
  await page.goto(`${consoleUrl}/health`);
  await look(page, 'console-health');

  // Selecting by keyboard: j to a row, x selects it, e goes to the steps.
  await page.goto(`${consoleUrl}/?show=recent`);
  const boxes = await page.locator('td.tick input').count();
  if (boxes) {
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    expect((await page.locator('td.tick input:checked').count()) === 1, 'console: x selects no row');
    expect((await page.textContent('#ticked')).includes('1'), 'console: the number of selected rows is not said');
    await page.keyboard.press('e');
    const inSteps = await page.evaluate(() => document.activeElement.closest('#bulk') !== null);
    expect(inSteps, 'console: e does not go to the steps');
    await page.locator('#bulk details summary').click();
    await look(page, 'console-selected');
  }

  // The same in Dutch.
  await page.goto(consoleUrl);
  await Promise.all([page.waitForNavigation(), page.locator('form[action="/language"] button').click()]);
  expect((await page.getAttribute('html', 'lang')) === 'nl', 'console: the language does not change');
  for (const [name, place] of Object.entries({ queue: '/', tasks: '/tasks', interfaces: '/interfaces', health: '/health' })) {
    await page.goto(`${consoleUrl}${place}`);
    await look(page, `console-${name}-nl`);
  }
  await page.goto(`${consoleUrl}/?show=recent`);
  if (await page.locator('a[href*="/items/"]').count()) {
    await Promise.all([page.waitForNavigation(), page.locator('a[href*="/items/"]').first().click()]);
    await look(page, 'console-item-nl');
  }
  await page.goto(`${consoleUrl}/items/00000000-0000-4000-8000-000000000000`);
  await look(page, 'console-no-such-item');
  await page.setViewportSize({ width: 720, height: 450 });
  await page.goto(consoleUrl);
  await look(page, 'console-queue-200-percent');
  await context.close();
}

async function central(browser) {
  const page = await browser.newPage();
  listen(page, 'central');
  await page.goto(`${centralUrl}/web`);
  await look(page, 'central-web');
  await page.close();
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
for (const [name, story] of Object.entries({ kiosk, operator, central })) {
  try {
    await story(browser);
  } catch (error) {
    failures.push(`${name}: ${error.stack ?? error}`);
  }
}
await browser.close();
for (const failure of failures) console.log(`FAILED ${failure}`);
console.log(`pictures in ${pictures}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;
