// One Chromium for all stories, and what every story needs: people, pages, pictures, checks.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { chromium } from "playwright-core";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const VIEWPORTS = {
  phone: { width: 360, height: 740 },
  desk: { width: 1440, height: 900 },
};
export const LANGUAGES = ["zh-CN", "en"];
export const THEMES = ["light", "dark"];

/** Loopback answers at once; this is for a machine that is busy otherwise, in milliseconds. */
const ANSWERED_WITHIN = 10_000;

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A browser with a new, empty profile. Close it with `close`. */
export async function openBrowser() {
  const executablePath = process.env.CHROMIUM || "/usr/bin/chromium";
  const scratch = await mkdtemp(join(tmpdir(), "fengsui-browser-"));
  const browser = await chromium.launch({ executablePath, headless: true, args: FLAGS, downloadsPath: scratch });
  return {
    browser,
    async close() {
      await browser.close();
      await rm(scratch, { recursive: true, force: true });
    },
  };
}

/**
 * A person at a browser of their own. Nothing they open may complain: script errors, refused
 * resources and answers of 500 and above are collected in `complaints` and checked by `leave`.
 */
export async function person(browser, base, settings = {}) {
  const { language = "zh-CN", viewport = "desk", theme = "light", script = true } = settings;
  const context = await browser.newContext({
    baseURL: base,
    locale: language,
    timezoneId: "Asia/Shanghai",
    viewport: VIEWPORTS[viewport],
    colorScheme: theme,
    javaScriptEnabled: script,
    reducedMotion: "reduce",
    // The strict policy must hold for pages; axe is evaluated by the test, not by the page.
    bypassCSP: false,
  });
  context.setDefaultTimeout(ANSWERED_WITHIN);
  const page = await context.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(`script: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) complaints.push(message.text());
  });
  page.on("response", (answer) => {
    if (answer.status() >= 500) complaints.push(`${answer.status()} ${answer.url()}`);
  });
  return {
    page,
    context,
    complaints,
    async leave() {
      await context.close();
      assert.deepEqual(complaints, [], "the browser complained");
    },
  };
}

/** Signs in by the screen everybody uses. */
export async function signIn(page, account, password) {
  await page.goto("/sign-in");
  await page.locator('input[name="name"]').fill(account);
  await page.locator('input[name="password"]').fill(password);
  await page.locator('main form button[type="submit"]').click();
  await page.waitForLoadState("domcontentloaded");
  assert.doesNotMatch(new URL(page.url()).pathname, /sign-in/, `${account} could not sign in`);
}

/** A picture of the whole page in the folder PICTURES, if that is set. */
export async function picture(page, name) {
  const folder = process.env.PICTURES;
  if (!folder) return;
  const path = join(folder, `${name}.png`);
  await mkdir(dirname(path), { recursive: true });
  await page.screenshot({ path, fullPage: true });
}

/** WCAG 2.2 AA and good practice: no violation at all. */
export async function accessible(page, name) {
  await page.evaluate(axe);
  const found = await page.evaluate(() =>
    window.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }),
  );
  const said = found.violations.map(
    (violation) => `${violation.id}: ${violation.nodes.map((node) => `${node.target} ${node.failureSummary}`).join("\n  ")}`,
  );
  assert.deepEqual(said, [], `${name} is not accessible:\n${said.join("\n")}`);
}

/** Nothing sticks out at the side. */
export async function fits(page, name) {
  const wide = await page.evaluate(() => {
    const room = document.documentElement.clientWidth;
    return document.documentElement.scrollWidth <= room
      ? []
      : [...document.querySelectorAll("body *")]
          .filter((element) => element.getBoundingClientRect().right > room + 1)
          .filter((element) => !element.closest("nav, .sheet"))
          .slice(0, 5)
          .map((element) => element.outerHTML.slice(0, 120));
  });
  assert.deepEqual(wide, [], `${name} is wider than the screen`);
}

/** Every word has words: a missing key shows as ⟦key⟧. */
export async function worded(page, name) {
  const text = await page.evaluate(() => document.documentElement.outerHTML);
  assert.deepEqual(text.match(/⟦[^⟧]*⟧/g) || [], [], `${name} misses words`);
}

/** All checks of a screen as it stands, and its picture. */
export async function check(page, name) {
  await picture(page, name);
  await worded(page, name);
  await fits(page, name);
  await accessible(page, name);
}

/** Runs `visit` as somebody in both languages, both widths, both themes. */
export async function everyWay(browser, base, visit) {
  for (const language of LANGUAGES)
    for (const viewport of Object.keys(VIEWPORTS))
      for (const theme of THEMES) {
        const somebody = await person(browser, base, { language, viewport, theme });
        await visit(somebody.page, `${language}-${viewport}-${theme}`, { language, viewport, theme });
        await somebody.leave();
      }
}
