// [db/cluster/lock.test.ts] -> db/cluster/lock.ts
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { AlreadyRunning, lockAddress, lockHolder, takeLock } from "./lock.ts";

let base: string;
const children: ChildProcess[] = [];
const releases: (() => Promise<void>)[] = [];

const newFolder = () => fs.mkdtempSync(path.join(base, "data-"));

async function take(folder: string, what = "npm test", url?: string) {
  const release = await takeLock(folder, () => ({ what, ...(url ? { url } : {}) }));
  releases.push(release);
  return release;
}

/** Another process that takes the lock of a folder and keeps it. */
async function otherProcess(folder: string): Promise<ChildProcess> {
  const program = `
    import { takeLock } from ${JSON.stringify(path.join(import.meta.dirname, "lock.ts"))};
    await takeLock(${JSON.stringify(folder)}, () => ({ what: "npm start", url: "http://127.0.0.1:3000" }));
    console.log("taken");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  await once(child.stdout, "data");
  return child;
}

beforeAll(() => {
  base = fs.mkdtempSync(path.join(os.tmpdir(), "autobench-lock-"));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  for (const release of releases.splice(0)) await release();
});
afterAll(() => fs.rmSync(base, { recursive: true, force: true }));

describe("takeLock", () => {
  test("a second process is told who is first, since when, and where", async () => {
    const folder = newFolder();
    const child = await otherProcess(folder);
    const error = await takeLock(folder, () => ({ what: "npm test" })).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AlreadyRunning);
    expect((error as AlreadyRunning).holder).toEqual({
      pid: child.pid,
      what: "npm start",
      since: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      url: "http://127.0.0.1:3000",
    });
    expect((error as AlreadyRunning).message).toMatch(
      new RegExp(
        `already running on ${folder} \\(npm start, process ${child.pid}, since .*, http://127\\.0\\.0\\.1:3000\\)`,
      ),
    );
  });

  test("within one process too", async () => {
    const folder = newFolder();
    await take(folder);
    await expect(take(folder)).rejects.toThrow(AlreadyRunning);
  });

  test("is free again after kill -9", async () => {
    const folder = newFolder();
    const child = await otherProcess(folder);
    child.kill("SIGKILL");
    await once(child, "exit");
    await take(folder);
    expect(await lockHolder(folder)).toMatchObject({ pid: process.pid, what: "npm test" });
  });

  test("is free again once it is released, and each folder has its own", async () => {
    const [one, two] = [newFolder(), newFolder()];
    const release = await take(one);
    await take(two);
    await release();
    expect(await lockHolder(one)).toBeUndefined();
    expect(await lockHolder(two)).toMatchObject({ pid: process.pid });
    await take(one);
  });

  test("is the same by whatever way the folder is reached, and makes the folder if need be", async () => {
    const folder = path.join(newFolder(), "not", "yet");
    await take(folder);
    const link = path.join(base, "link");
    fs.symlinkSync(folder, link);
    await expect(take(link)).rejects.toThrow(AlreadyRunning);
    await expect(take(path.join(folder, "..", "yet"))).rejects.toThrow(AlreadyRunning);
  });

  test("of sixteen at once, one has it", async () => {
    const folder = newFolder();
    const tries = await Promise.allSettled(Array.from({ length: 16 }, () => take(folder)));
    expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const one of tries) if (one.status === "rejected") expect(one.reason).toBeInstanceOf(AlreadyRunning);
  });

  test("the description is of the moment: it may learn the address later", async () => {
    const folder = newFolder();
    let url: string | undefined;
    releases.push(await takeLock(folder, () => ({ what: "npm start", ...(url ? { url } : {}) })));
    expect(await lockHolder(folder)).not.toHaveProperty("url");
    url = "http://127.0.0.1:3000";
    expect(await lockHolder(folder)).toHaveProperty("url", url);
  });

  test("a caller that never hangs up does not hold up the release", async () => {
    const folder = newFolder();
    const release = await take(folder);
    const caller = net.connect({ path: lockAddress(folder), allowHalfOpen: true });
    caller.on("error", () => undefined);
    await once(caller, "data");
    await release();
    caller.destroy();
  });

  test("it does not keep the process alive", async () => {
    const program = `
      import { takeLock } from ${JSON.stringify(path.join(import.meta.dirname, "lock.ts"))};
      await takeLock(${JSON.stringify(newFolder())}, () => ({ what: "npm start" }));`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", program], { stdio: "inherit" });
    children.push(child);
    expect(await once(child, "exit")).toEqual([0, null]);
  });
});

describe("a holder that cannot say who it is", () => {
  test.skipIf(process.platform === "win32")(
    "is a holder all the same: a stopped process keeps its folder",
    async () => {
      const folder = newFolder();
      const child = await otherProcess(folder);
      child.kill("SIGSTOP");
      const error = await takeLock(folder, () => ({ what: "npm test" }), { waitMs: 100 }).catch(
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(AlreadyRunning);
      expect(String(error)).toMatch(/already running on .* \(a process that does not answer\)\. Stop it first/);
      child.kill("SIGCONT");
      await vi.waitFor(async () => expect(await lockHolder(folder)).toMatchObject({ pid: child.pid }), {
        timeout: 5000,
      });
    },
  );

  test.for(["", "hello", "null", "[]", '{"pid":"7"}'])("whatever it says: %j", async (answer) => {
    const folder = newFolder();
    const stranger = net.createServer((socket) => void socket.end(answer));
    await new Promise<void>((resolve) => void stranger.listen(lockAddress(folder), resolve));
    await expect(takeLock(folder, () => ({ what: "npm test" }))).rejects.toThrow(/a process that does not answer/);
    await new Promise((resolve) => void stranger.close(resolve));
  });
});

describe("lockHolder", () => {
  test("is nobody when nobody has the folder", async () => {
    expect(await lockHolder(newFolder())).toBeUndefined();
  });
});
