// worker/rehearsal/speak.ts -> [worker/rehearsal/schema.ts]
// Structured output keeps the caller's schema to the letter, so a canned reply is brought into its shape: keys that the
// schema does not know go, required ones that are missing get the plainest value of their type.
import { isJson } from "./heard.ts";

export function fit(value: unknown, schema: unknown): unknown {
  if (!isJson(schema)) return value;
  const options = schema["anyOf"] ?? schema["oneOf"];
  if (Array.isArray(options)) {
    const suitable = options.find((option) => accepts(option, value)) ?? options[0];
    return fit(value, suitable);
  }
  if (Array.isArray(schema["enum"])) return schema["enum"].includes(value) ? value : schema["enum"][0];
  if ("const" in schema) return schema["const"];
  const types = typesOf(schema);
  const type = types.find((name) => isOf(name, value)) ?? types[0];
  switch (type) {
    case "object":
      return fitObject(isJson(value) ? value : {}, schema);
    case "array":
      return (Array.isArray(value) ? value : []).map((item: unknown) => fit(item, schema["items"]));
    case "integer":
    case "number": {
      const number = typeof value === "number" ? value : 0;
      const low = typeof schema["minimum"] === "number" ? schema["minimum"] : -Infinity;
      const high = typeof schema["maximum"] === "number" ? schema["maximum"] : Infinity;
      return Math.min(high, Math.max(low, type === "integer" ? Math.round(number) : number));
    }
    case "string": {
      const text = typeof value === "string" ? value : "";
      return typeof schema["maxLength"] === "number" ? text.slice(0, schema["maxLength"]) : text;
    }
    case "boolean":
      return value === true;
    case "null":
      return null;
    default:
      return value;
  }
}

function fitObject(value: Readonly<Record<string, unknown>>, schema: Readonly<Record<string, unknown>>): unknown {
  const properties = isJson(schema["properties"]) ? schema["properties"] : {};
  const required = Array.isArray(schema["required"]) ? schema["required"] : [];
  // In the schema's order: reasoning is asked for before the score, and is given before it.
  const known = Object.entries(properties)
    .filter(([key]) => key in value || required.includes(key))
    .map(([key, inner]) => [key, fit(value[key], inner)] as const);
  const open = schema["additionalProperties"] !== false && Object.keys(properties).length === 0;
  return Object.fromEntries(open ? Object.entries(value) : known);
}

function typesOf(schema: Readonly<Record<string, unknown>>): readonly string[] {
  const type = schema["type"];
  if (typeof type === "string") return [type];
  if (Array.isArray(type)) return type.filter((name) => typeof name === "string");
  return isJson(schema["properties"]) ? ["object"] : [];
}

function accepts(option: unknown, value: unknown): boolean {
  return isJson(option) && typesOf(option).some((name) => isOf(name, value));
}

function isOf(type: string, value: unknown): boolean {
  if (type === "object") return isJson(value);
  if (type === "array") return Array.isArray(value);
  if (type === "null") return value === null;
  if (type === "integer") return Number.isInteger(value);
  return typeof value === type;
}
