// app_private.pick_prompt() -> [worker/prompt.ts] -> worker/tasks/generate_daily_tasks.ts
import { randomBytes } from "node:crypto";

/** Puts values into a template's {{placeholders}} in a single pass: a value that holds a placeholder stays as it is. */
export function fillTemplate(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{\{(\w+)\}\}/g, (_whole, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) throw new Error(`The template asks for {{${name}}}, which is not given.`);
    return value;
  });
}

/** A code that untrusted text cannot know, for the lines between which it stands. */
export function makeNonce(): string {
  return randomBytes(16).toString("hex");
}

/** Takes from untrusted text what could pass for a marker line. */
export function neutralise(text: string): string {
  return text.replace(/<<</g, "‹‹‹").replace(/>>>/g, "›››");
}

/** The JSON object in a reply, bare, fenced or with words around it; undefined when there is none. */
export function jsonObjectIn(reply: string): Record<string, unknown> | undefined {
  const [first, last] = [reply.indexOf("{"), reply.lastIndexOf("}")];
  if (first < 0 || last < first) return undefined;
  try {
    const value: unknown = JSON.parse(reply.slice(first, last + 1));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined; // not JSON after all: the caller says what follows
  }
}
