// pg_notify (SQL triggers) -> [server/plugins/subscriptions.ts] -> Subscription in the GraphQL schema
// A plugin, since a subscription is a stream, which no SQL object is. A notification carries an id alone: the row is read
// again under the subscriber's own rights, and the topic follows from who subscribes, never from an argument.
import { constant, context, type FieldArgs, lambda, listen, type Step } from "postgraphile/grafast";
import { extendSchema, gql } from "postgraphile/utils";

/** The topic of the caller's own notifications; visitors get one on which nothing is ever sent. */
function ownTopic(prefix: string): Step<string> {
  const $userId = context().get("userId");
  return lambda($userId, (userId) => `${prefix}:${typeof userId === "string" ? userId : "nobody"}`);
}

/** The id that a notification carries. Any session of the database may send anything: what is no id is nothing. */
function idOf(payload: unknown): string | null {
  try {
    const value: unknown = JSON.parse(String(payload));
    return typeof value === "object" && value !== null && "id" in value && typeof value.id === "string"
      ? value.id
      : null;
  } catch {
    return null;
  }
}

/** The same of a row that is numbered. */
function numberOf(payload: unknown): string | null {
  const id = idOf(payload);
  return id !== null && /^\d{1,18}$/.test(id) ? id : null;
}

/** A uuid as Postgres writes it: callers may write it in capitals and without hyphens. */
function canonical(uuid: string): string {
  return uuid
    .toLowerCase()
    .replaceAll("-", "")
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

export const SubscriptionsPlugin = extendSchema((build) => {
  const { users, submissions, answers, rating_snapshots: snapshots } = build.pgResources;
  if (!users || !submissions || !answers || !snapshots) {
    throw new Error("users, submissions, answers and rating_snapshots must be exposed.");
  }
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

        """
        The board over all themes, each time it has been published: when a task has closed, or votes were judged anew.
        """
        leaderboardChanged: RatingSnapshot

        """
        Each of the signed-in member's answers when it has been judged, or judged anew.
        """
        answerJudged: Answer
      }
    `,
    objects: {
      Subscription: {
        plans: {
          meChanged: {
            subscribePlan() {
              return listen(context().get("pgSubscriber"), ownTopic("user"), ($payload: Step) =>
                lambda($payload, idOf),
              );
            },
            plan($id: Step<string | null>) {
              const $own = lambda([$id, context().get("userId")], ([id, userId]) => (id === userId ? id : null));
              return users.get({ id: $own });
            },
          },
          answerJudged: {
            subscribePlan() {
              return listen(context().get("pgSubscriber"), ownTopic("answers"), ($payload: Step) =>
                lambda($payload, idOf),
              );
            },
            plan($id: Step<string | null>) {
              return answers.get({ id: $id });
            },
          },
          submissionChanged: {
            subscribePlan(_$root: Step, fieldArgs: FieldArgs) {
              const $topic = lambda(fieldArgs.getRaw("taskId"), (taskId) => `submissions:${canonical(String(taskId))}`);
              return listen(context().get("pgSubscriber"), $topic, ($payload: Step) => lambda($payload, idOf));
            },
            plan($id: Step<string | null>) {
              return submissions.get({ id: $id });
            },
          },
          leaderboardChanged: {
            subscribePlan() {
              return listen(context().get("pgSubscriber"), constant("leaderboard"), ($payload: Step) =>
                lambda($payload, numberOf),
              );
            },
            plan($id: Step<string | null>) {
              return snapshots.get({ id: $id });
            },
          },
        },
      },
    },
  };
}, "SubscriptionsPlugin");
