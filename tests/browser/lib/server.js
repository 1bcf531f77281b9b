// Starts a program that prints its address, and stops it again.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const START_SECONDS_MAX = 120;

/**
 * Starts `command` and waits for the first `http://…` it prints.
 * Returns `{ base, output, data, stop }`; `output` is everything printed so far, a function.
 */
export async function start(command, args, settings = {}) {
  const child = spawn(command, args, { env: { ...process.env, ...settings.env }, stdio: ["pipe", "pipe", "pipe"] });
  let said = "";
  let late;
  const waiting = [];
  const base = await new Promise((resolve, reject) => {
    late = setTimeout(() => reject(new Error(`no address within ${START_SECONDS_MAX} s:\n${said}`)), START_SECONDS_MAX * 1000);
    const listen = (bytes) => {
      said += bytes;
      const found = said.match(/https?:\/\/[\w.[\]:-]+:\d+(?=[\s/])/);
      if (found) resolve(found[0]);
      for (const { until, then } of waiting.splice(0)) until(said) ? then() : waiting.push({ until, then });
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`${command} ended with ${code}:\n${said}`)));
  })
    .catch((error) => {
      child.kill("SIGKILL");
      throw error;
    })
    .finally(() => clearTimeout(late));
  const ended = new Promise((resolve) => child.on("exit", resolve));
  return {
    base,
    output: () => said,
    /** Writes a line to its standard input and waits for a line of answer; gives back the answer. */
    async tell(line) {
      const from = said.length;
      const answer = () => said.slice(from).split("\n");
      const answered = new Promise((then) => waiting.push({ until: () => answer().length > 1, then }));
      child.stdin.write(`${line}\n`);
      await Promise.race([answered, ended]);
      return answer()[0];
    },
    async stop(signal = "SIGTERM") {
      child.kill(signal);
      await ended;
    },
  };
}

/** The binary under test with a data folder: `demo` or `serve`, on a free port. */
export async function fengsui(verb, data, more = []) {
  return start(process.env.FENGSUI_BIN, [verb, "--data", data, "--listen", "127.0.0.1:0", ...more]);
}

/** A folder for one test; `away` removes it. */
export async function folder() {
  const path = await mkdtemp(join(tmpdir(), "fengsui-data-"));
  return { path, away: () => rm(path, { recursive: true, force: true }) };
}

/** A centre before its story begins, at 09:40; `at` moves its clock. */
export async function centre() {
  const server = await start(process.env.STORY_BIN, []);
  return {
    ...server,
    async at(time) {
      const answer = await server.tell(time);
      if (answer !== "ok") throw new Error(`the clock of the story did not move: ${answer}`);
    },
  };
}
