// The theft of customer data, 09:40 to 15:00, by the screens only.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  LANGUAGES,
  VIEWPORTS,
  accessible,
  check,
  fits,
  openBrowser,
  person,
  picture,
  signIn,
  worded,
} from "../lib/browser.js";
import { carryOut, duties, fill, has, opened, send, text } from "../lib/screens.js";
import { centre } from "../lib/server.js";

const skip = !process.env.STORY_BIN;
const PASSWORD = "beacon-tower";
/** Presses of the tabulator on one screen. */
const STEPS_MAX = 120;

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
  assert.match(await text(page.locator(".receipt")), /日志第 \d+ 条,叶哈希 [0-9a-f]{64}/);
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
  await page.locator("#reports a", { hasText: "客户数据疑似被窃取" }).click();
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
  const levels = await text(page.locator("#strip"));
  assert.match(levels, /IV 一般 计算/);
  assert.match(levels, /I 特别重大 可能/);
  assert.equal(await text(page.locator(".head .primary")), "补充事实");
  const grade = await text(page.locator("#grades"));
  for (const question of [
    /受影响的系统有多重要\? 若达到“重要”:\S* ?I 特别重大 若达到“重要”:\S* ?II 重大 若达到“重要”:\S* ?III 较大/,
    /系统损失到什么程度\? 若达到“特别严重”:\S* ?I 特别重大 若达到“严重”:\S* ?II 重大 若达到“较大”:\S* ?III 较大/,
    /重要敏感信息或关键数据是否丢失、被窃、被改或被假冒\? 若为“是”:\S* ?I 特别重大/,
  ])
    assert.match(grade, question);
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
    `口头报告(半小时内) | ${INCIDENT_UNIT} → 市应急联动中心 | 10:10 | 漏办
     口头报告(半小时内) | ${INCIDENT_UNIT} → 事发地区网络安全主管部门 | 10:10 | 漏办`,
  );
  await check(chen, "incident-duties-missed");
  assert.equal(await chen.locator("#act-do-clearances").count(), 0, "nobody confirms their own entry");

  await server.at("10:13");
  const luo = await as("luo", { language: "en" });
  await on(luo);
  assert.equal(await text(luo.locator(".head .primary")), "Confirm late entries");
  await luo.locator(".head .primary").click();
  await luo.waitForURL(/act=clearances/);
  const form = await opened(luo, "do-clearances");
  assert.match(await text(form), /陈默 recorded it for 10:02/);
  await carryOut(luo, form);
  has(
    await owed(luo),
    `Oral report (within 30 minutes) | Pujiang Data Services → Municipal emergency linkage centre | due 10:10 10:02 | Done, recorded late
     Oral report (within 30 minutes) | Pujiang Data Services → Cybersecurity authority of the district where it happened | 10:10 | Missed`,
  );
  await on(luo);
  const told = await text(luo.locator("#story"));
  assert.match(told, /10:02 陈默 entered 10:12 Done: Oral report/, "the late entry stays visible");
  assert.match(told, /10:13 罗平 Late entry confirmed/);

  await server.at("10:15");
  await act(chen, "duties", "receipts", { by: "linkage_centre", channel: "written", report: new RegExp(receipt.number) });
  has(await owed(chen), `书面报告(1小时内) | ${INCIDENT_UNIT} → 市应急联动中心 | 时限 10:40 10:15 | 已办`);
});

chapter("10:20 nobody told the district: it takes the call late, with the reason", async () => {
  await server.at("10:20");
  const zhou = await as("zhou");
  await zhou.goto("/desk");
  await zhou.locator("#incidents a", { hasText: "浦江数据客户资料窃取" }).click();
  await zhou.waitForURL(new RegExp(incident));
  await on(zhou, "duties");
  let form = await opened(zhou, "do-calls");
  const call = { ticks: /→ 事发地区网络安全主管部门/, caller: "高原", callee: "周正", said: "客户资料平台被入侵" };
  await fill(form, call);
  await send(zhou, form);
  assert.match(await text(zhou.locator(".notice-refused")), /时限是 10:10,已超过;请写明迟报理由/);
  await check(zhou, "incident-refused");
  form = zhou.locator("#do-calls");
  assert.equal(await form.locator('[name="said"]').inputValue(), call.said, "nothing typed is lost");
  await fill(form, { late_because: "值班员误以为市级会转告区里" });
  await carryOut(zhou, form);
  has(await owed(zhou), `口头报告(半小时内) | ${INCIDENT_UNIT} → 事发地区网络安全主管部门 | 时限 10:10 10:20 | 迟办`);
  await on(zhou);
  assert.match(await text(zhou.locator("#story")), /10:20 周正 已办:口头报告.*值班员误以为市级会转告区里/);
});

chapter("10:30 more is known: III, decided by both offices; the district is told at once", async () => {
  await server.at("10:30");
  const lin = await as("lin");
  await act(lin, "facts", "facts", {
    "fact-system_importance": "important",
    "fact-system_loss": "considerable",
    said_by: "own",
  });
  await check(lin, "incident-facts");
  has(
    await owed(lin),
    `立即报告(较大以上或特殊情况) | ${INCIDENT_UNIT} → 事发地区网络安全主管部门 | 立即 10:30 | 待办 | 原文推算 10:40
     书面报告(1小时内) | ${INCIDENT_UNIT} → 事发地区网络安全主管部门 | 已了 | 已被替代 | 原文推算 10:40`,
  );
  await on(lin);
  const strip = await text(lin.locator("#strip"));
  assert.match(strip, /III 较大 计算/);
  assert.match(strip, /先期处置进行中/, "the first response already runs");
  assert.match(await text(lin.locator("#authority")), /启动响应 须由市委网信办、市应急联动中心共同决定 · 您/);
  assert.equal(await text(lin.locator(".head .primary")), "判定等级");
  await act(lin, "", "level", { level: "III" });
  await act(lin, "response", "voices", { step: "start", level: "III", scope: "浦东新区,浦江数据" });
  assert.match(await text(lin.locator("#response")), /已由市委网信办同意,待市应急联动中心/);
  const chen = await as("chen");
  await chen.goto("/desk");
  assert.match(await text(chen.locator("#waiting")), /浦江数据客户资料窃取/);
  await on(chen);
  assert.equal(await text(chen.locator(".head .primary")), "共同决定");
  await act(chen, "response", "voices");
  const response = await text(chen.locator("#response"));
  assert.match(response, /响应等级 III 较大 已定 响应范围 浦东新区,浦江数据 自 10:30 决定 市委网信办、市应急联动中心/);
  await check(chen, "incident-response");

  await server.at("10:35");
  const zhou = await as("zhou");
  await act(zhou, "duties", "calls", {
    ticks: /→ 事发地区网络安全主管部门/,
    caller: "高原",
    callee: "周正",
    said: "重要系统,损失较大",
  });
  has(
    await owed(zhou),
    `立即报告(较大以上或特殊情况) | ${INCIDENT_UNIT} → 事发地区网络安全主管部门 | 用时 5 分 10:35 | 已办 | 原文推算 10:40`,
  );
});

/** The reporter opens the receipt with what is written on it. */
async function lookUp(page) {
  await page.goto("/report/look-up");
  await fill(page.locator("#look-up"), { number: receipt.number, secret: receipt.secret });
  await carryOut(page, page.locator("#look-up"));
}

chapter("11:10 the unit supplements with number and secret; 11:15 the Office judges II", async () => {
  await server.at("11:10");
  await people.reporter.leave();
  people.reporter = await person(chromium.browser, server.base, { viewport: "phone" });
  const { page } = people.reporter;
  await page.goto("/report/look-up");
  await check(page, "look-up");
  await fill(page.locator("#look-up"), { number: receipt.number, secret: "AAAA-BBBB-CCCC" });
  await send(page, page.locator("#look-up"));
  assert.match(await text(page.locator(".notice-refused")), /编号或查询码不对/);
  await lookUp(page);
  assert.match(await text(page.locator(".head")), /已受理/);
  await check(page, "look-up-accepted");
  const form = await opened(page, "supplement");
  await fill(form, { text: "核心库不可用,业务中断,预计恢复需数日。", "fact.system_loss": "severe" });
  await carryOut(page, form);
  assert.match(await text(page.locator("main")), /补充已收到。.*11:10 收到补充 核心库不可用/);

  const lin = await as("lin");
  await on(lin);
  const strip = await text(lin.locator("#strip"));
  assert.match(strip, /III 较大 已定 市委网信办,10:30 II 重大 计算/, "proposed is not decided; both stay visible");
  await server.at("11:15");
  await act(lin, "", "level", { level: "II" });
  const lines = await owed(lin);
  for (const [from, spoken, written] of [
    ["市委网信办", "11:00", "12:00"],
    ["市应急联动中心", "11:02", "12:02"],
  ])
    for (const to of ["市委网信委", "市委总值班室", "市政府总值班室"])
      has(
        lines,
        `向上口头报告(接报后1小时内) | ${from} → ${to} | 立即 11:15 | 待办 | 原文推算 ${spoken}
         向上书面报告(接报后2小时内) | ${from} → ${to} | ${written} | 待办`,
      );
  has(
    lines,
    `报市领导决定 | 市委网信办 → 市领导 | 原文未定时限 | 待办
     提出处置建议报批 | 市委网信办 → 市委网信委 | 原文未定时限 | 待办
     提出处置建议报批 | 市应急联动中心 → 市委网信委 | 原文未定时限 | 待办`,
  );
  await check(lin, "incident-duties-onward");
  const mara = await as("mara");
  await mara.goto("/desk");
  assert.match(await text(mara.locator("#next")), /立即.*向上口头报告/);
  await check(mara, "desk-onward");
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
  has(await owed(lin), "提出处置建议报批 | 市委网信办 → 市委网信委 | 用时 1 分 11:16 | 已办");
  await server.at("11:17");
  const chen = await as("chen");
  await on(chen);
  assert.equal(await text(chen.locator(".head .primary")), "联署处置建议");
  await act(chen, "response", "endorsements");
  has(await owed(chen), "提出处置建议报批 | 市应急联动中心 → 市委网信委 | 用时 2 分 11:17 | 已办");

  const telephone = { decided_by: "commission", means: "telephone", record: "魏诚电话同意。", read_back: true };
  await server.at("11:18");
  await on(lin, "response");
  const form = await opened(lin, "do-recorded-approvals");
  await fill(form, telephone);
  await send(lin, form);
  assert.match(await text(lin.locator(".notice-refused")), /此事由林越经办,须由另一人批准或确认/);
  await check(lin, "incident-approval-refused");

  await server.at("11:19");
  const shen = await as("shen");
  await act(shen, "response", "recorded-approvals", telephone);
  assert.match(await text(shen.locator("#strip")), /II 重大 已定 响应中/);
  assert.match(await text(shen.locator("#proposals")), /已批准,待确认.*11:19/);
  await check(shen, "incident-approved-unconfirmed");
});

chapter("11:20 the Office calls onward, 11:24 the linkage centre; the leaders are told at 11:30", async () => {
  const onward = (from) => new RegExp(`向上口头报告.*${from} →`);
  const lin = await as("lin");
  const chen = await as("chen");
  for (const [page, time, from, caller, also, passed] of [
    [lin, "11:20", "市委网信办", "林越", "11:00", "5 分"],
    [chen, "11:24", "市应急联动中心", "陈默", "11:02", "9 分"],
  ]) {
    await server.at(time);
    await on(page, "duties");
    const form = await opened(page, "do-calls");
    await form.locator("label", { hasText: onward(from) }).first().waitFor();
    for (const box of await form.locator("label", { hasText: onward(from) }).all()) await box.locator("input").check();
    await fill(form, { caller, callee: "总值班室", said: "重大事件,已研判为二级" });
    await carryOut(page, form);
    const lines = await owed(page);
    for (const to of ["市委网信委", "市委总值班室", "市政府总值班室"])
      has(lines, `向上口头报告(接报后1小时内) | ${from} → ${to} | 用时 ${passed} ${time} | 已办 | 原文推算 ${also}`);
  }
  await server.at("11:30");
  await act(lin, "duties", "calls", { ticks: /→ 市领导/, caller: "林越", callee: "江城", said: "重大事件" });
  has(await owed(lin), "报市领导决定 | 市委网信办 → 市领导 | 用时 15 分 11:30 | 已办");
});

/** Writes the onward report for an office: from the list of papers, prefilled, previewed, issued. */
async function writeOnward(page, office, values) {
  await on(page, "documents");
  await page.locator("#papers a", { hasText: new RegExp(`^${office} · 网络安全事件报告`) }).click();
  await page.waitForURL(/form=onward-report-written/);
  const form = page.locator("#do-documents");
  const prefilled = {
    "field-organisation": INCIDENT_UNIT,
    "field-category": "信息窃取事件",
    "field-system_importance": "重要",
    "field-system_loss": "严重",
  };
  for (const [name, value] of Object.entries(prefilled))
    assert.equal(await form.locator(`[name="${name}"]`).inputValue(), value);
  assert.match(await form.locator('[name="field-level"]').inputValue(), /重大（II级），市委网信办于2026年3月14日11:15判定/);
  await check(page, `compose-${office}`);
  await fill(form, { signatory: "林越", ...values });
  await send(page, form);
  assert.equal(await page.locator(".notice-refused").count(), 0);
  const paper = await text(page.locator("article"));
  assert.match(paper, /关于浦江数据客户资料窃取的报告/);
  assert.match(paper, /市委网信委/);
  assert.match(paper, /未经核实|待核实/);
  await check(page, `preview-${office}`);
  return page.locator("#do-documents");
}

chapter("11:55 the Office reports onward in writing, 12:30 the linkage centre does, late and with a reason", async () => {
  await server.at("11:55");
  const lin = await as("lin");
  await carryOut(lin, await writeOnward(lin, "市委网信办", {}));
  const recipients = ["市委网信委", "市委总值班室", "市政府总值班室"];
  let lines = await owed(lin);
  for (const to of recipients)
    has(lines, `向上书面报告(接报后2小时内) | 市委网信办 → ${to} | 时限 12:00 11:55 | 已办`);
  await on(lin, "documents");
  await lin.locator("#documents a").first().click();
  await lin.waitForURL(/\/texts\//);
  assert.match(await text(lin.locator("article.document")), /首报.*签发人:林越.*市委网信委、.*:/);
  await check(lin, "document-sent");

  await server.at("12:30");
  const chen = await as("chen");
  await send(chen, await writeOnward(chen, "市应急联动中心", { signatory: "陈默" }));
  assert.match(await text(chen.locator(".notice-refused")), /时限是 12:02,已超过;请写明迟报理由/);
  const again = chen.locator("#do-documents");
  await fill(again, { late_because: "等待现场核实影响范围" });
  await send(chen, again);
  await carryOut(chen, chen.locator("#do-documents"));
  lines = await owed(chen);
  for (const to of recipients)
    has(lines, `向上书面报告(接报后2小时内) | 市应急联动中心 → ${to} | 时限 12:02 12:30 | 迟办`);
  // What is told from the scene goes on as long as the response does.
  const open = lines.filter((line) => / \| (待办|漏办)( |$)/.test(line) && !line.startsWith("报告现场动态"));
  assert.equal(open.length, 0, `nothing owed is open:\n${lines.join("\n")}`);
});

chapter("13:00 the leader confirms on a phone; what is still in the way is said", async () => {
  await server.at("13:00");
  const wei = await as("wei", { viewport: "phone" });
  await check(wei, "desk-leader");
  await wei.locator("#waiting a").first().click();
  await wei.waitForURL(/\/incidents\/inc_/);
  assert.equal(await text(wei.locator(".head .primary")), "确认代录的批准");
  await check(wei, "incident-leader");
  await act(wei, "response", "confirmations");
  assert.match(await text(wei.locator("#proposals")), /魏诚 于 13:00/);
  const lin = await as("lin");
  await on(lin);
  const way = await lin.locator("#in-the-way li").allInnerTexts();
  assert.deepEqual(way.map((it) => it.trim()), ["响应尚未结束", "尚未调查评估"]);
});

chapter("14:30 the response ends, is reviewed, the reporter is told, and it is closed at 15:00", async () => {
  await server.at("14:30");
  const lin = await as("lin");
  await act(lin, "response", "proposals", {
    step: "end",
    level: "II",
    scope: "全市",
    "field-measures": "系统已恢复,隐患已排除,建议结束响应。",
    signatory: "林越",
  });
  await server.at("14:32");
  const chen = await as("chen");
  await act(chen, "response", "endorsements");
  await server.at("14:40");
  const wei = await as("wei");
  await on(wei);
  assert.equal(await text(wei.locator(".head .primary")), "批准处置建议");
  await wei.locator(".head .primary").click();
  await wei.waitForURL(/act=approvals/);
  await wei.locator("details#act-do-approvals[open]").waitFor();
  await act(wei, "response", "approvals");
  assert.match(await text(wei.locator("#strip")), /已结束/);
  await server.at("14:50");
  await act(lin, "review", "reviews", {
    "field-cause": "弱口令被利用。",
    "field-nature": "窃取。",
    "field-impact": "客户资料外泄。",
    "field-loss": "业务中断四小时。",
    "field-responsibility": "运维单位。",
    "field-lessons": "口令与外联审计。",
    signatory: "林越",
  });
  await check(lin, "incident-review");
  await server.at("14:55");
  await lin.goto(receipt.href);
  const tell = await opened(lin, "tell");
  await fill(tell, { text: "已处置完毕,系统恢复,请按整改要求落实。" });
  await carryOut(lin, tell);
  await server.at("15:00");
  await act(lin, "review", "closing");
  assert.match(await text(lin.locator("#strip")), /已结案 15:00/);
  await check(lin, "incident-closed");
  await lin.goto(`${incident}/print`);
  assert.match(await text(lin.locator("main")), /结案/);
  await check(lin, "case-file");

  const { page } = people.reporter;
  await lookUp(page);
  assert.match(await text(page.locator(".head")), /处置结果/);
  const told = await text(page.locator("#story"));
  assert.match(told, /事件处置结束.*处置结果 已处置完毕,系统恢复,请按整改要求落实。.*已受理.*已收到/);
  await check(page, "look-up-result");
});


/** What an open screen is told from now on. */
async function listen(page) {
  await page.evaluate(
    () =>
      new Promise((resolve) => {
        window.told = [];
        const source = new EventSource("/live");
        source.addEventListener("changed", (event) => window.told.push(event.data));
        source.onopen = resolve;
      }),
  );
}

/** Moves the focus with the tabulator until it is there. */
async function tabTo(page, selector) {
  for (let steps = 0; steps < STEPS_MAX; steps += 1) {
    await page.keyboard.press("Tab");
    if (await page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return;
  }
  assert.fail(`the tabulator does not lead to ${selector}`);
}

const HOSPITAL = "汇南人民医院";

chapter("a call is taken in with the keyboard alone, from the door on", async () => {
  const officer = await person(chromium.browser, server.base);
  const { page } = officer;
  await page.goto("/sign-in");
  await tabTo(page, '[name="name"]');
  await page.keyboard.type("mara");
  await tabTo(page, '[name="password"]');
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/desk/);
  for (const account of ["xu", "tan"]) await listen(await as(account));
  await listen(await as("lin"));
  await act(await as("shen"), "notes", "notes", { text: "资料归档。" });
  await (await as("lin")).waitForFunction(() => window.told.length > 0);

  await tabTo(page, ".head .primary");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/hotline/);
  for (const [name, typed] of [
    ["caller", "谭静"],
    ["title", "挂号系统打不开"],
    ["said", "挂号与收费系统自十五时起无法登录"],
    ["organisation", HOSPITAL],
  ]) {
    await tabTo(page, `[name="${name}"]`);
    await page.keyboard.type(typed);
  }
  await check(page, "hotline");
  await tabTo(page, '#call button[type="submit"]');
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/reports\/rep_/);
  assert.match(await text(page.locator("main")), /挂号系统打不开.*汇南人民医院/);
  await officer.leave();
});

/** What programs are told that act for somebody, with a token from the administrator. */
async function program(account) {
  const admin = await as("admin");
  await admin.goto("/admin");
  await admin.locator("main table a", { hasText: new RegExp(`^${account}$`) }).click();
  await admin.waitForURL(new RegExp(`/accounts/${account}$`));
  const form = await opened(admin, "token");
  await fill(form, { client: "story" });
  await carryOut(admin, form);
  const notice = admin.locator(".notice", { hasText: "令牌只显示这一次" });
  const token = (await notice.locator("p").innerText()).trim();
  return (path) => admin.request.get(path, { headers: { authorization: `Bearer ${token}` } });
}

chapter("nobody of another district, and no other unit, sees anything of it", async () => {
  const lin = await as("lin");
  await on(lin, "documents");
  const letter = await lin.locator("#documents a").first().getAttribute("href");
  const hidden = [incident, `${incident}?tab=duties`, `${incident}/print`, letter, receipt.href, receipt.file];
  for (const path of hidden) assert.equal((await lin.request.get(path)).status(), 200, `${path} for lin`);

  const [incidentId, reportId] = [incident, receipt.href].map((path) => path.split("/").pop());
  const words = new RegExp(["浦江数据客户", "客户数据疑似", "Pujiang Data", receipt.number].join("|"));
  const traces = new RegExp(`${words.source}|${incidentId}|${reportId}`);
  for (const [account, lists] of [
    ["xu", ["/desk", "/reports?state=accepted", "/reports?state=all", "/incidents", "/incidents?state=closed", "/mine"]],
    ["tan", ["/mine"]],
  ]) {
    const page = await as(account);
    await page.waitForFunction(() => window.told.length > 0);
    assert.doesNotMatch((await page.evaluate(() => window.told)).join(" "), traces, `the live stream tells ${account}`);
    for (const path of lists) {
      const answer = await page.request.get(path);
      assert.equal(answer.status(), 200, `${path} for ${account}`);
      assert.doesNotMatch(await answer.text(), traces, `${path} for ${account}`);
    }
    for (const asked of ["浦江数据客户", "客户数据疑似", receipt.number, "2026-0001"]) {
      await page.goto(`/search?q=${encodeURIComponent(asked)}`);
      const found = page.locator('main a[href*="/incidents/"], main a[href*="/reports/"]');
      assert.equal(await found.count(), 0, `${account} finds ${asked}`);
    }
    for (const path of hidden) {
      const answer = await page.request.get(path);
      const madeUp = path.replace(/((?:inc|rep)_\w+)\w{4}/, (_, id) => `${id}0000`);
      assert.ok([403, 404].includes(answer.status()), `${path} answers ${answer.status()} to ${account}`);
      assert.equal((await page.request.get(madeUp)).status(), answer.status(), "as if it did not exist");
      assert.doesNotMatch(await answer.text(), words, `${path} for ${account}`);
    }
    await page.goto(incident);
    await check(page, `incident-for-${account}`);
    const ask = await program(account);
    for (const path of ["reports", "incidents", "duties", `search?q=${encodeURIComponent("浦江数据客户")}`]) {
      const answer = await ask(`/api/v1/${path}`);
      assert.equal(answer.status(), 200, `/api/v1/${path} for ${account}`);
      assert.doesNotMatch(await answer.text(), traces, `/api/v1/${path} for ${account}`);
    }
    const file = receipt.file.split("/").pop();
    for (const path of [`incidents/${incidentId}`, `reports/${reportId}`, `reports/${reportId}/files/${file}`])
      assert.equal((await ask(`/api/v1/${path}`)).status(), 404, `/api/v1/${path} for ${account}`);
  }
  const known = await (await program("lin"))(`/api/v1/incidents/${incidentId}`);
  assert.equal(known.status(), 200, "a program of the Office sees it");
});

chapter("reporting, signing in and accepting work without script", async () => {
  const somebody = await person(chromium.browser, server.base, { script: false, viewport: "phone" });
  await somebody.page.goto("/report");
  const form = somebody.page.locator("#report");
  await fill(form, {
    title: "网站首页被篡改",
    what: "首页显示陌生内容。",
    organisation: HOSPITAL,
    discovered: "14:50",
    files: { name: "页面.txt", mimeType: "text/plain", buffer: Buffer.from("首页") },
  });
  await carryOut(somebody.page, form);
  assert.match(await text(somebody.page.locator(".receipt")), /回执编号 20260314-/);
  await somebody.leave();

  const officer = await person(chromium.browser, server.base, { script: false });
  const { page } = officer;
  await signIn(page, "mara", PASSWORD);
  await page.goto("/reports");
  await page.locator("#reports tr", { hasText: "网站首页被篡改" }).locator("a").first().click();
  await page.waitForURL(/\/reports\/rep_/);
  await carryOut(page, await opened(page, "accept"));
  await page.waitForURL(/\/incidents\/inc_/);
  assert.match(await text(page.locator("main")), /网站首页被篡改.*先期处置进行中.*最近到期/);
  await officer.leave();
});

chapter("every screen of an officer fits a phone and a desk in both languages", async () => {
  const page = await as("lin");
  const screens = {
    desk: "/desk",
    reports: "/reports?state=accepted",
    report: receipt.href,
    incident,
    "incident-duties": `${incident}?tab=duties`,
    "incident-response": `${incident}?tab=response`,
    "incident-documents": `${incident}?tab=documents`,
    incidents: "/incidents",
    organisations: "/organisations",
    plan: "/plans/shanghai-2019",
    search: `/search?q=${encodeURIComponent("浦江")}`,
  };
  for (const language of LANGUAGES)
    for (const [viewport, size] of Object.entries(VIEWPORTS)) {
      await page.setViewportSize(size);
      await page.goto(`/language?to=${language}&back=/desk`);
      for (const [name, path] of Object.entries(screens)) {
        await page.goto(path);
        const shown = `${name}-${language}-${viewport}`;
        await picture(page, `all/${shown}`);
        await worded(page, shown);
        await fits(page, shown);
        if ((language === "en") === (viewport === "phone")) await accessible(page, shown);
      }
    }
});

chapter("nothing complained to anybody", async () => {
  for (const somebody of Object.values(people)) await somebody.leave();
});
