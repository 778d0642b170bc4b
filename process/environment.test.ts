// [process/environment.test.ts] -> process/settings.ts
import { describe, expect, test } from "vitest";
import { readSettings } from "./settings.ts";

const file = { PORT: "4000", DATABASE_URL: "postgres://somebody@db.example.org/bench" };

describe("the environment over .env", () => {
  test("what it does not hold comes from the file", () => {
    expect(readSettings({}, file)).toMatchObject({ PORT: 4000, DATABASE_URL: file.DATABASE_URL });
  });

  test("what it holds counts", () => {
    expect(readSettings({ PORT: "5000" }, file).PORT).toBe(5000);
  });

  test("what it holds empty is as it ships: so one start can do without a setting of the file", () => {
    const settings = readSettings({ PORT: "", DATABASE_URL: " " }, file);
    expect(settings.PORT).toBe(3000);
    expect(settings.DATABASE_URL).toBeUndefined();
  });
});
