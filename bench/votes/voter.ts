// bench/votes/storm.ts, bench/votes/over-http.ts -> [bench/votes/voter.ts] -> POST /graphql
// One visitor's browser: it keeps its cookie and its connection, and asks again when nobody answered.
import http from "node:http";

export interface Reply {
  data?: Record<string, unknown> | null;
  code?: string | undefined;
}

export class Voter {
  readonly #url: () => string;
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  cookie = "";

  constructor(url: () => string, cookie = "") {
    this.#url = url;
    this.cookie = cookie;
  }

  /** The answer; throws when there is none, and then nobody knows whether it was done. */
  ask(query: string, variables: object = {}): Promise<Reply> {
    const body = JSON.stringify({ query, variables });
    return new Promise((resolve, reject) => {
      const headers = {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(body),
        ...(this.cookie ? { cookie: this.cookie } : {}),
      };
      const request = http.request(
        `${this.#url()}/graphql`,
        { method: "POST", headers, agent: this.#agent, timeout: 15_000 },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () => {
            const [cookie] = response.headers["set-cookie"] ?? [];
            if (cookie) this.cookie = cookie.split(";")[0] ?? "";
            const text = Buffer.concat(chunks).toString("utf8");
            if (!text.startsWith("{")) return reject(new Error(`No answer, but ${response.statusCode}.`));
            return resolve(readReply(text));
          });
        },
      );
      request.on("timeout", () => request.destroy(new Error("No answer in time.")));
      request.on("error", reject);
      request.end(body);
    });
  }

  leave(): void {
    this.#agent.destroy();
  }
}

function readReply(text: string): Reply {
  const { data, errors } = JSON.parse(text) as Pick<Reply, "data"> & { errors?: { extensions?: { code?: string } }[] };
  return {
    ...(data === undefined ? {} : { data }),
    ...(errors?.[0] ? { code: errors[0].extensions?.code ?? "TB000" } : {}),
  };
}

export const draw = "mutation { drawBallot(input: {}) { ballot { id } } }";
export const cast =
  "mutation ($id: UUID!, $verdict: BallotVerdict!) { castVote(input: { ballotId: $id, verdict: $verdict }) { vote { leftVotes } } }";
export const verdicts = ["left", "right", "tie", "both_bad"] as const;
