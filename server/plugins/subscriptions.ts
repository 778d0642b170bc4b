// pg_notify (SQL triggers) -> [server/plugins/subscriptions.ts] -> Subscription in the GraphQL schema
// A plugin, since a subscription is a stream, which no SQL object is. A notification carries an id alone: the row is read
// again under the subscriber's own rights, and the topic follows from who subscribes, never from an argument.
import { jsonParse } from "postgraphile/@dataplan/json";
import { context, type FieldArgs, lambda, listen, type Step } from "postgraphile/grafast";
import { extendSchema, gql } from "postgraphile/utils";

/** The topic of the caller's own notifications; visitors get one on which nothing is ever sent. */
function ownTopic(prefix: string): Step<string> {
  const $userId = context().get("userId");
  return lambda($userId, (userId) => `${prefix}:${typeof userId === "string" ? userId : "nobody"}`);
}

type Event = Step<{ id: string }> & { get(key: "id"): Step<string> };

export const SubscriptionsPlugin = extendSchema((build) => {
  const { users, submissions } = build.pgResources;
  if (!users || !submissions) throw new Error("app_public.users and app_public.submissions must be exposed.");
  return {
    typeDefs: gql`
      extend type Subscription {
        """
        The signed-in member's own profile, each time it has changed.
        """
        meChanged: User

        """
        Each submission of a task as it comes and changes; of a sealed task nothing is sent until it closes.
        """
        submissionChanged(taskId: UUID!): Submission
      }
    `,
    objects: {
      Subscription: {
        plans: {
          meChanged: {
            subscribePlan() {
              return listen(context().get("pgSubscriber"), ownTopic("user"), jsonParse);
            },
            plan($event: Event) {
              return users.get({ id: $event.get("id") });
            },
          },
          submissionChanged: {
            subscribePlan(_$root: Step, fieldArgs: FieldArgs) {
              const $topic = lambda(fieldArgs.getRaw("taskId"), (taskId) => `submissions:${String(taskId)}`);
              return listen(context().get("pgSubscriber"), $topic, jsonParse);
            },
            plan($event: Event) {
              return submissions.get({ id: $event.get("id") });
            },
          },
        },
      },
    },
  };
}, "SubscriptionsPlugin");
