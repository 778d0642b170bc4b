// worker/main.ts -> [worker/task-list.ts] -> worker/tasks/*
import { readdirSync } from "node:fs";
import path from "node:path";
import type { TaskList } from "graphile-worker";
import type { WorkerDeps } from "./deps.ts";

type TaskModule = { default: (deps: WorkerDeps) => NonNullable<TaskList[string]> };

/** Every file in worker/tasks is a task of its name, and is given what it needs. */
export async function loadTasks(deps: WorkerDeps, folder = path.join(import.meta.dirname, "tasks")): Promise<TaskList> {
  const names = readdirSync(folder).filter((name) => /^[a-z_]+\.ts$/.test(name));
  const entries = names.map(async (name) => {
    const { default: make } = (await import(path.join(folder, name))) as TaskModule;
    return [path.basename(name, ".ts"), make(deps)] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}
