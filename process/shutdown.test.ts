// [process/shutdown.test.ts] -> process/shutdown.ts
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { createLog, type Log, silentLog } from "./log.ts";
import { Shutdown } from "./shutdown.ts";

function recordingLog(): { log: Log; lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  return { log: createLog({ level: "debug", write: (line) => lines.push(JSON.parse(line)) }), lines };
}

describe("Shutdown", () => {
  test("stops what was started, last first, one after the other", async () => {
    const shutdown = new Shutdown(silentLog);
    const steps: string[] = [];
    for (const name of ["postgres", "worker", "server"]) {
      await shutdown.add(name, async () => {
        steps.push(`${name} stops`);
        await Promise.resolve();
        steps.push(`${name} has stopped`);
      });
    }
    expect(shutdown.isStopping).toBe(false);
    await shutdown.stop();
    expect(steps).toEqual(["server", "worker", "postgres"].flatMap((name) => [`${name} stops`, `${name} has stopped`]));
  });

  test("stops each part once, however often it is asked to", async () => {
    const shutdown = new Shutdown(silentLog);
    const stop = vi.fn(() => Promise.resolve());
    let free = () => {};
    await shutdown.add("slow", () => new Promise<void>((resolve) => (free = resolve)));
    await shutdown.add("part", stop);
    const steps: string[] = [];
    const first = shutdown.stop().then(() => steps.push("first"));
    const second = shutdown.stop().then(() => steps.push("second"));
    await vi.waitFor(() => expect(stop).toHaveBeenCalled(), { timeout: 5000 });
    await new Promise((resolve) => setImmediate(resolve));
    expect(steps).toEqual([]); // whoever asks later waits for the same end
    free();
    await Promise.all([first, second]);
    await shutdown.stop();
    expect(stop).toHaveBeenCalledOnce();
    expect(shutdown.isStopping).toBe(true);
  });

  test("a part that fails is logged, and the others are stopped", async () => {
    const { log, lines } = recordingLog();
    const shutdown = new Shutdown(log);
    const stop = vi.fn(() => Promise.resolve());
    await shutdown.add("first", stop);
    await shutdown.add("rejects", () => Promise.reject(new Error("cannot stop")));
    await shutdown.add("throws", () => {
      throw new Error("cannot even try");
    });
    await shutdown.add("last", stop);
    await shutdown.stop();
    expect(stop).toHaveBeenCalledTimes(2);
    expect(lines).toMatchObject([
      { level: "error", part: "throws", error: { message: "cannot even try" } },
      { level: "error", part: "rejects", error: { message: "cannot stop" } },
    ]);
  });

  test("a part added after the stop is stopped at once", async () => {
    const shutdown = new Shutdown(silentLog);
    await shutdown.stop();
    const stop = vi.fn(() => Promise.resolve());
    await shutdown.add("late", stop);
    expect(stop).toHaveBeenCalledOnce();
  });

  test("a part added during the stop is stopped, and the stop waits for it", async () => {
    const shutdown = new Shutdown(silentLog);
    const steps: string[] = [];
    let free = () => {};
    const held = new Promise<void>((resolve) => (free = resolve));
    await shutdown.add("early", () => Promise.resolve(steps.push("early")));
    const stopped = shutdown.stop().then(() => steps.push("stopped"));
    const added = shutdown.add("late", async () => {
      await held;
      steps.push("late");
    });
    await vi.waitFor(() => expect(steps).toContain("early"), { timeout: 5000 });
    await new Promise((resolve) => setImmediate(resolve));
    free();
    await Promise.all([stopped, added]);
    expect(steps).toEqual(["early", "late", "stopped"]);
  });

  describe("with a slow part", () => {
    afterEach(() => vi.useRealTimers());

    test("says for what it waits", async () => {
      vi.useFakeTimers();
      const { log, lines } = recordingLog();
      const shutdown = new Shutdown(log);
      let free = () => {};
      await shutdown.add("worker", () => new Promise<void>((resolve) => (free = resolve)));
      await shutdown.add("quick", () => Promise.resolve());
      const stopped = shutdown.stop();
      await vi.advanceTimersByTimeAsync(2999);
      expect(lines).toEqual([]);
      await vi.advanceTimersByTimeAsync(2);
      expect(lines).toMatchObject([{ level: "info", part: "worker" }]);
      free();
      await stopped;
    });
  });
});

describe("untilSignal", () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
  });

  const program = (stop: string) => `
    import { createLog } from ${JSON.stringify(path.join(import.meta.dirname, "log.ts"))};
    import { Shutdown } from ${JSON.stringify(path.join(import.meta.dirname, "shutdown.ts"))};
    const say = (line) => process.stdout.write(line + "\\n");
    const shutdown = new Shutdown(createLog({ level: "info", write: say }));
    const alive = setInterval(() => {}, 1000);
    await shutdown.add("part", ${stop});
    const done = shutdown.untilSignal();
    say("ready");
    await done;
    say("done");
    clearInterval(alive);`;

  async function run(
    stop: string,
  ): Promise<{ child: ChildProcess; said: (text: string) => Promise<void>; end: Promise<unknown[]> }> {
    const child = spawn(process.execPath, ["--input-type=module", "--eval", program(stop)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    children.push(child);
    let output = "";
    child.stdout?.setEncoding("utf8").on("data", (part: string) => (output += part));
    const said = (text: string) => vi.waitFor(() => expect(output).toContain(text), { timeout: 10_000, interval: 5 });
    const end = once(child, "exit");
    await said("ready");
    return { child, said, end };
  }

  test.for(["SIGINT", "SIGTERM"] as const)("%s stops the parts and lets the program end", async (signal) => {
    const { child, said, end } = await run(`async () => say("stopping part")`);
    child.kill(signal);
    expect(await end).toEqual([0, null]);
    await said("stopping part");
    await said("done");
  });

  test("one Ctrl-C that arrives twice, as it does under npm, counts once; a second one ends it at once", async () => {
    const { child, said, end } = await run(`() => new Promise(() => say("stopping part"))`);
    const first = performance.now();
    child.kill("SIGINT");
    await said("stopping part");
    const repeating = setInterval(() => child.kill("SIGINT"), 20);
    onTestFinished(() => clearInterval(repeating));
    await end;
    expect(performance.now() - first).toBeGreaterThan(499);
    expect(await end).toEqual([130, null]);
    await said("ended at once by a second signal");
  });
});
