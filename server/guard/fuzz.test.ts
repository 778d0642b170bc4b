// server/testing/grammar.ts -> [server/guard/fuzz.test.ts]
// Two thousand documents by chance, over HTTP, as a visitor and as a member: whatever they are, the answer is JSON in our
// shape, nothing breaks inside, and nothing is told of it.
import { buildClientSchema, getIntrospectionQuery, type IntrospectionQuery } from "postgraphile/graphql";
import { describe, expect, test } from "../testing/server.ts";
import { expectNoLeak, memoryInUse } from "../testing/attack.ts";
import { Grammar } from "../testing/grammar.ts";

const [documents, atOnce] = [2000, 4];

describe("random documents", () => {
  test.for([20_261_120, 7, 42, 99])(
    "with seed %s, are all answered in our own words",
    { timeout: 60_000 },
    async (seed, { server, member }) => {
      const { data } = await server.gql(getIntrospectionQuery());
      const grammar = new Grammar(buildClientSchema(data as unknown as IntrospectionQuery), seed);
      const { token } = await member();
      const before = memoryInUse();
      const statuses = new Map<number, number>();
      let slowest = 0;
      const ask = async (): Promise<void> => {
        const [query, variables] = [grammar.document(), grammar.variables()];
        const as = query.length % 2 ? token : undefined;
        const answer = await server.gql(query, { variables, token: as });
        const told = JSON.stringify({ query, variables, answer: answer.text });
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        slowest = Math.max(slowest, answer.ms);
        expect([200, 400, 413], told).toContain(answer.status);
        expect(answer.data !== undefined || answer.errors !== undefined, told).toBe(true);
        for (const { message, extensions } of answer.errors ?? []) {
          expect(extensions?.code, told).toMatch(/^TB(?!000)\d{3}$/);
          expectNoLeak(message.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""')); // what stands in quotes is the caller's own
        }
      };
      let left = documents / 4;
      const some = async (): Promise<void> => {
        while (left-- > 0) await ask();
      };
      await Promise.all(Array.from({ length: atOnce }, some));
      expect(server.log.filter(({ level }) => level === "error")).toEqual([]);
      // The grammar is of use only while a good part of what it makes gets past the guard.
      expect(statuses.get(200)).toBeGreaterThan(documents / 100);
      expect(statuses.get(400)).toBeGreaterThan(documents / 20);
      expect(slowest).toBeLessThan(5000); // nothing hangs
      expect(memoryInUse().heap - before.heap).toBeLessThan(100);
    },
  );
});
