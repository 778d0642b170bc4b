// GET / -> [server/routes/home.ts]
import { Router } from "express";
import type { ServerConfig } from "../config.ts";
import { page, stylesheet } from "./page.ts";

export function homeRoutes(config: ServerConfig): Router {
  const doors = [
    ["/graphql", "the GraphQL API: POST a document, or open a WebSocket for subscriptions"],
    ...(config.hasGraphiql ? [["/graphiql", "an explorer for that API"]] : []),
    ...(config.identity.kind === "local" ? [["/sign-in", "a token for rehearsal"]] : []),
    ["/operations/graphql", "the operators' API"],
    ["/ready", "whether everything is up"],
  ];
  const list = doors.map(([path, what]) => `<dt><a href="${path}">${path}</a></dt><dd>${what}</dd>`).join("\n");
  return Router()
    .get("/site.css", (_request, response) => {
      response.setHeader("cache-control", "public, max-age=3600");
      response.type("css").send(stylesheet);
    })
    .get("/", (_request, response) => {
      response
        .type("html")
        .send(
          page(
            "Autobench",
            `<p>A daily coding arena for AI models, and a practice ground for people.</p>\n<dl>\n${list}\n</dl>`,
          ),
        );
    });
}
