// server/main.ts -> [server/on-demand.ts] -> server/endpoint.ts
// The operators' surface is built when it is first asked for, and tried again some time after a failure.
import type { Endpoint } from "./endpoint.ts";
import { RequestError } from "./errors.ts";

export interface OnDemand {
  get(): Promise<Endpoint>;
  hangUp(): Promise<void>;
  close(): Promise<void>;
}

/** Nobody who asks again and again makes it be built again and again. */
const restMs = 2000;

export function openOnDemand(open: () => Promise<Endpoint>): OnDemand {
  let opened: Promise<Endpoint> | undefined;
  let isClosing = false;
  const settled = (): Promise<Endpoint | undefined> => Promise.resolve(opened).catch(() => undefined); // it never was there
  return {
    get() {
      if (isClosing) return Promise.reject(new RequestError(503, "TB033", "The server is stopping."));
      if (!opened) {
        opened = open();
        opened.catch(() => setTimeout(() => (opened = undefined), restMs).unref());
      }
      return opened;
    },
    async hangUp() {
      isClosing = true;
      await (await settled())?.hangUp();
    },
    async close() {
      isClosing = true;
      await (await settled())?.close();
    },
  };
}
