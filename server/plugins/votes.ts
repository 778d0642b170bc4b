// app_public.draw_ballot(), app_public.cast_vote() -> [server/plugins/votes.ts] -> drawBallot, castVote (GraphQL)
// A plugin, since relations are found by foreign keys, and these two results are rows of no table.
import type { PgSelectSingleStep } from "postgraphile/@dataplan/pg";
import { extendSchema, gql } from "postgraphile/utils";

type Row = PgSelectSingleStep & { get(attribute: string): never };

export const VotesPlugin = extendSchema((build) => {
  const { tasks, models } = build.pgResources;
  if (!tasks || !models) throw new Error("app_public.tasks and app_public.models must be exposed.");
  return {
    typeDefs: gql`
      extend type DrawnBallot {
        """
        The task that both pages answer.
        """
        task: Task
      }
      extend type VoteResult {
        """
        Whose page was on the left; null as long as the task is sealed.
        """
        leftModel: Model
        """
        Whose page was on the right; null as long as the task is sealed.
        """
        rightModel: Model
      }
    `,
    objects: {
      DrawnBallot: { plans: { task: ($ballot: Row) => tasks.get({ id: $ballot.get("task_id") }) } },
      VoteResult: {
        plans: {
          leftModel: ($vote: Row) => models.get({ id: $vote.get("left_model_id") }),
          rightModel: ($vote: Row) => models.get({ id: $vote.get("right_model_id") }),
        },
      },
    },
  };
}, "VotesPlugin");
