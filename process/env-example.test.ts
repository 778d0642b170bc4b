// [process/env-example.test.ts] -> process/env-example.ts, .env.example
import { parseEnv } from "node:util";
import { expect, test } from "vitest";
import { envExample } from "./env-example.ts";
import { readSettings, settings } from "./settings.ts";

test(".env.example is what the settings say: after a change of them, run vitest with --update", async () => {
  await expect(envExample()).toMatchFileSnapshot("../.env.example");
});

test("it changes nothing as it is, and nothing when all of it is uncommented", () => {
  expect(parseEnv(envExample())).toEqual({});
  const uncommented = parseEnv(envExample().replaceAll(/^#(?=[A-Z])/gm, "")) as Record<string, string>;
  expect(new Set(Object.keys(uncommented))).toEqual(new Set(Object.keys(settings)));
  expect(readSettings({}, uncommented)).toEqual(readSettings({}));
});

test("its lines fit the page", () => {
  expect(
    Math.max(
      ...envExample()
        .split("\n")
        .map((line) => line.length),
    ),
  ).toBeLessThanOrEqual(120);
});
