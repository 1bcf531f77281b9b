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
  const child = spawn(command, args, { env: { ...process.env, ...settings.env }, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  let late;
  const base = await new Promise((resolve, reject) => {
    late = setTimeout(() => reject(new Error(`no address within ${START_SECONDS_MAX} s:\n${said}`)), START_SECONDS_MAX * 1000);
    const listen = (bytes) => {
      said += bytes;
      const found = said.match(/https?:\/\/[\w.[\]:-]+:\d+/);
      if (found) resolve(found[0]);
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
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** The binary under test with a data folder of its own: `demo` or `serve`, on a free port. */
export async function fengsui(verb = "demo", more = []) {
  const binary = process.env.FENGSUI_BIN;
  if (!binary) throw new Error("set FENGSUI_BIN to the fengsui binary");
  const data = await mkdtemp(join(tmpdir(), "fengsui-data-"));
  const server = await start(binary, [verb, "--data", data, "--listen", "127.0.0.1:0", ...more]);
  return {
    ...server,
    data,
    async stop() {
      await server.stop();
      await rm(data, { recursive: true, force: true });
    },
  };
}
