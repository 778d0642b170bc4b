// [server/guard/limits.ts] -> server/guard/check-document.ts, server/guard/check-variables.ts, server/sockets.ts
// What a caller may ask for at once. Each number is far above what a page of the site needs.

export interface Limits {
  /** Bytes of a request or of a socket's message. */
  bytes: number;
  tokens: number;
  depth: number;
  /** Levels of a query for the schema itself: what GraphQL clients send is deeper than any of ours. */
  introspectionDepth: number;
  fields: number;
  aliases: number;
  /** Rows that the document could make the database fetch, by its page sizes. */
  cost: number;
  page: number;
  offset: number;
  /** Values within the variables of one request, and how deep they may be nested. */
  values: number;
  nesting: number;
}

export const limits: Limits = {
  bytes: 32_768,
  tokens: 1500,
  depth: 12,
  introspectionDepth: 20,
  fields: 400,
  aliases: 40,
  cost: 20_000,
  page: 100,
  offset: 10_000,
  values: 200,
  nesting: 12,
};
