// updateUser (GraphQL) -> [server/plugins/missing-row.ts] -> the caller
// A plugin, since row-level security is silent: an update of somebody else's row finds no row, and would answer null.
import "postgraphile";
import { sideEffect, type Step } from "postgraphile/grafast";
import { wrapPlans } from "postgraphile/utils";
import { RequestError } from "../errors.ts";

export const MissingRowPlugin = wrapPlans(
  ({ scope }) => scope.isPgUpdateMutation || scope.isPgDeleteMutation || null,
  () => (plan) => {
    const $payload = plan() as Step & { get(key: "result"): Step };
    sideEffect($payload.get("result"), (row) => {
      if (row === null)
        throw new RequestError(404, "TB007", "There is no such row, or it is not yours to change.", "Check the id.");
    });
    return $payload;
  },
);
