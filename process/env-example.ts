// process/settings.ts -> [process/env-example.ts] -> .env.example
import { settings } from "./settings.ts";

const width = 118;

/** The text of .env.example: every setting, what it does, and how it ships; commented out, so that a copy changes nothing. */
export function envExample(): string {
  const lines = [
    "# Copy this file to .env and uncomment what you change; what is not set there is as shown.",
    "# The environment of a process counts before .env. A name that is no setting is refused at start.",
  ];
  let group = "";
  for (const [name, setting] of Object.entries(settings)) {
    if (setting.group !== group) lines.push("", `# --- ${(group = setting.group)} ---`);
    const shipped = "default" in setting ? setting.default : "";
    lines.push("", ...wrap(setting.help).map((line) => `# ${line}`), `#${name}=${shipped}`);
  }
  return `${lines.join("\n")}\n`;
}

function wrap(text: string): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.at(-1) ?? "";
    if (last && last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = last ? `${last} ${word}` : word;
  }
  return lines;
}
