import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{bench,cli,content,db,process,server,worker}/**/*.test.ts"],
    globalSetup: ["db/testing/cluster.ts"],
    reporters: ["default", "./db/testing/reporter.ts"],
    pool: "forks",
    maxWorkers: 2,
    env: { GRAPHILE_ENV: "test" },
    testTimeout: 15_000,
    hookTimeout: 30_000,
  },
});
