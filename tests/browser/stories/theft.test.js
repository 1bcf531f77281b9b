// The theft of customer data, 09:40 to 15:00, by the screens only.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { accessible, check, fits, openBrowser, person, picture, signIn, worded } from "../lib/browser.js";
import { carryOut, duties, fill, has, opened, send, text } from "../lib/screens.js";
import { centre } from "../lib/server.js";

const skip = !process.env.STORY_BIN;
const PASSWORD = "beacon-tower";

let server, chromium, incident, receipt;
const people = {};

before(async () => {
  if (skip) return;
  [server, chromium] = await Promise.all([centre(), openBrowser()]);
});
after(async () => {
  await chromium?.close();
  await server?.stop();
});

/** Somebody's screen; they sign in when they come for the first time. */
async function as(account, settings) {
  if (!people[account]) {
    people[account] = await person(chromium.browser, server.base, settings);
    await signIn(people[account].page, account, PASSWORD);
  }
  return people[account].page;
}


const INCIDENT_UNIT = "浦江数据服务有限公司";

/** The page of the incident, on one of its tabs. */
async function on(page, tab) {
  await page.goto(tab ? `${incident}?tab=${tab}` : incident);
  return page;
}

/** Carries out one act of the incident by its form. */
async function act(page, tab, verb, values = {}) {
  await on(page, tab);
  const form = await opened(page, `do-${verb}`);
  await fill(form, values);
  await carryOut(page, form);
}

/** The duties of the incident as its tab shows them. */
async function owed(page) {
  return duties(await on(page, "duties"));
}

let broken = false;
/** A part of the story; when one fails, what follows has no ground to stand on. */
function chapter(name, tell) {
  test(name, { skip }, async (context) => {
    if (broken) return context.skip("an earlier part of the story failed");
    broken = true;
    await tell();
    broken = false;
  });
}

chapter("10:00 the unit reports by the public form and holds a receipt", async () => {
  await server.at("10:00");
  people.reporter = await person(chromium.browser, server.base, { viewport: "phone" });
  const { page } = people.reporter;
  await page.goto("/");
  await page.getByRole("link", { name: "报告事件" }).first().click();
  await check(page, "public-report");
  const form = page.locator("#report");
  await fill(form, {
    title: "客户数据疑似被窃取",
    what: "外部入侵客户资料平台,导出了客户资料,正在断网排查。",
    organisation: INCIDENT_UNIT,
    discovered: "09:40",
    "fact.security_threat": "some",
    worse: /^对国家安全.*的威胁/,
    name: "高原",
    telephone: "021-5552 0001",
    files: { name: "access.log", mimeType: "text/plain", buffer: Buffer.from("203.0.113.7 GET /customers 200\n") },
  });
  await carryOut(page, form);
  await check(page, "receipt");
  const [number, secret] = await page.locator(".receipt .big").allInnerTexts();
  receipt = { number, secret };
  assert.match(number, /^20260314-\w{6}$/);
  assert.match(secret, /^\w{4}-\w{4}-\w{4}$/);
  assert.match(await text(page.locator(".receipt")), /日志第 \d+ 条，叶哈希 [0-9a-f]{64}/);
  const owing = await page.locator("#main .items > li").allInnerTexts();
  const flat = owing.map((it) => it.replace(/\s+/g, " "));
  for (const [who, how, telephone, due] of [
    ["市委网信办值班室", "口头", "021-5550 0011", "10:10"],
    ["事发地区网络安全主管部门", "口头", "021-5551 0110", "10:10"],
    ["市应急联动中心", "口头", "021-5550 0020", "10:10"],
    ["事发地区网络安全主管部门", "书面", "021-5551 0110", "10:40"],
    ["市应急联动中心", "书面", "021-5550 0020", "10:40"],
  ])
    assert.ok(
      flat.some((it) => it.includes(`向${who}${how}报告`) && it.includes(telephone) && it.includes(due)),
      `${how} to ${who} is not on the receipt:\n${flat.join("\n")}`,
    );
  assert.ok(flat.some((it) => /向市委网信办值班室书面报告.*10:00 已办/.test(it)), "written to the duty room is done");
});

chapter("10:04 the unit's officer calls the duty room, and the call is an act of its own", async () => {
  await server.at("10:04");
  const page = await as("mara");
  await check(page, "desk-waiting");
  await page.locator("#reports a", { hasText: receipt.number }).click();
  await page.waitForURL(/\/reports\/rep_/);
  receipt.href = new URL(page.url()).pathname;
  receipt.file = await page.locator("#attachments a").getAttribute("href");
  assert.match(await text(page.locator("#attachments")), /access\.log 31 B/);
  const form = await opened(page, "call");
  await fill(form, {
    ticks: /^市委网信办值班室/,
    caller: "高原",
    callee: "马岚",
    said: "客户资料平台被入侵,正在断网",
    read_back: true,
  });
  await carryOut(page, form);
  has(
    await duties(page),
    `口头报告(半小时内) | ${INCIDENT_UNIT} → 市委网信办值班室 | 时限 10:10 10:04 | 已办
     口头报告(半小时内) | ${INCIDENT_UNIT} → 市应急联动中心 | 10:10 | 待办
     书面报告(1小时内) | ${INCIDENT_UNIT} → 市委网信办值班室 | 时限 10:40 10:00 | 已办`,
  );
  await check(page, "report");
});

chapter("10:10 the Office accepts and classifies; the desk says what to ask", async () => {
  await server.at("10:10");
  const page = await as("mara");
  await page.goto(receipt.href);
  const before = await duties(page);
  const form = await opened(page, "accept");
  await fill(form, { title: "浦江数据客户资料窃取" });
  await carryOut(page, form);
  await page.waitForURL(/\/incidents\/inc_/);
  incident = new URL(page.url()).pathname;
  assert.deepEqual((await owed(page)).toSorted(), before.toSorted(), "the duties pass over unchanged");
  await on(page);
  assert.equal(await text(page.locator(".head .primary")), "分类");
  await act(page, "facts", "classes", { primary: /信息窃取事件/ });
  await on(page);
  console.log(await page.locator("main").innerText());
  await check(page, "incident-accepted");
});

chapter("10:12 the linkage centre had been called at 10:02, which a second officer confirms", async () => {
  await server.at("10:12");
  const chen = await as("chen");
  await act(chen, "duties", "receipts", {
    by: "linkage_centre",
    channel: "oral",
    happened_at: "10:02",
    caller: "高原",
    callee: "陈默",
    said: "客户资料平台被入侵",
  });
  has(
    await owed(chen),
    `口头报告(半小时内) | ${INCIDENT_UNIT} → 市应急联动中心 | 时限 10:10 10:02 | 漏办
     口头报告(半小时内) | ${INCIDENT_UNIT} → 事发地区网络安全主管部门 | 超期 10:10 | 漏办`,
  );
  await check(chen, "incident-missed");
  assert.equal(await chen.locator("#act-do-clearances").count(), 0, "nobody confirms their own entry");

  await server.at("10:13");
  const luo = await as("luo", { language: "en" });
  await on(luo);
  assert.equal(await text(luo.locator(".head .primary")), "Confirm late entries");
  await luo.locator(".head .primary").click();
  console.log(await duties(luo));
  const form = await opened(luo, "do-clearances");
  await carryOut(luo, form);
  console.log(await owed(luo));
  await on(luo);
  console.log(await luo.locator("main").innerText());

  await server.at("10:15");
  await act(chen, "duties", "receipts", { by: "linkage_centre", channel: "written", report: new RegExp(receipt.number) });
  console.log(await owed(chen));
});

chapter("10:20 nobody told the district: it takes the call late, with the reason", async () => {
  await server.at("10:20");
  const zhou = await as("zhou");
  await on(zhou, "duties");
  let form = await opened(zhou, "do-calls");
  const call = {
    ticks: /→ 事发地区网络安全主管部门.*/,
    caller: "高原",
    callee: "周正",
    said: "客户资料平台被入侵",
  };
  await fill(form, call);
  await send(zhou, form);
  console.log(await text(zhou.locator(".notice-refused")));
  form = zhou.locator("#do-calls");
  assert.equal(await form.locator('[name="said"]').inputValue(), call.said, "nothing typed is lost");
  await fill(form, { late_because: "值班员误以为市级会转告区里" });
  await carryOut(zhou, form);
  console.log(await owed(zhou));
});

chapter("10:30 more is known: III, decided by both offices; the district is told at once", async () => {
  await server.at("10:30");
  const lin = await as("lin");
  await act(lin, "facts", "facts", {
    "fact-system_importance": "important",
    "fact-system_loss": "considerable",
    said_by: "own",
  });
  console.log(await owed(lin));
  await on(lin);
  console.log(await lin.locator("main").innerText());
  await act(lin, "", "level", { level: "III" });
  await act(lin, "response", "voices", { step: "start", level: "III", scope: "浦东新区,浦江数据" });
  console.log(await lin.locator("main").innerText());
  const chen = await as("chen");
  await on(chen);
  console.log(await text(chen.locator(".head .primary")));
  await act(chen, "response", "voices");
  console.log(await chen.locator("main").innerText());
  await server.at("10:35");
  const zhou = await as("zhou");
  await act(zhou, "duties", "calls", { ticks: /→ 事发地区网络安全主管部门.*/, caller: "高原", callee: "周正", said: "重要系统,损失较大" });
  console.log(await owed(zhou));
});

chapter("11:10 the unit supplements with number and secret; 11:15 the Office judges II", async () => {
  await server.at("11:10");
  await people.reporter.leave();
  people.reporter = await person(chromium.browser, server.base, { viewport: "phone" });
  const { page } = people.reporter;
  await page.goto("/report/look-up");
  await fill(page.locator("#look-up"), { number: receipt.number, secret: receipt.secret });
  await send(page, page.locator("#look-up"));
  const form = await opened(page, "supplement");
  await fill(form, { text: "核心库不可用,业务中断,预计恢复需数日。", "fact.system_loss": "severe" });
  await carryOut(page, form);
  console.log(await page.locator("main").innerText());
  const lin = await as("lin");
  await on(lin);
  console.log(await lin.locator("main").innerText());
  await server.at("11:15");
  await act(lin, "", "level", { level: "II" });
  console.log((await owed(lin)).join("\n"));
});

chapter("11:16 both offices propose; who proposed cannot approve; the leader does, by telephone", async () => {
  await server.at("11:16");
  const lin = await as("lin");
  await act(lin, "response", "proposals", {
    step: "adjust",
    level: "II",
    scope: "全市",
    "field-measures": "提升为二级响应,组织专业机构封堵、取证、恢复。",
    signatory: "林越",
  });
  console.log(await lin.locator("main").innerText());
  await server.at("11:17");
  const chen = await as("chen");
  await act(chen, "response", "endorsements");
  await server.at("11:18");
  await on(lin, "response");
  console.log(await lin.locator("main").innerText());
});
