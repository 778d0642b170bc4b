// app_public, app_operations -> [server/plugins/plain-names.ts] -> the names in the GraphQL schema
// A plugin, since SQL cannot say it: a column named `id` is called `id`, as there are no global node ids that need the name,
// app_operations.ban_user() is called banUser, and
// leaderboardWeekly is a list as it is. Two objects of one name are refused when the schema is built.
import "postgraphile";

export const PlainNamesPlugin: GraphileConfig.Plugin = {
  name: "PlainNamesPlugin",
  version: "1.0.0",
  after: ["PgSimplifyInflectionPlugin"],
  inflection: {
    replace: {
      distinctPluralize(previous, _options, name) {
        if (!previous) throw new Error("There is no inflector to build on.");
        return /leaderboard[-_]?(?:global|monthly|weekly)$/i.test(name) ? name : previous(name); // one board is the list
      },
      _attributeName(previous, _options, details) {
        if (!previous) throw new Error("There is no inflector to build on.");
        return previous({ ...details, skipRowId: true });
      },
      _schemaPrefix(previous, options, details) {
        if (!previous) throw new Error("There is no inflector to build on.");
        const service = options.pgServices?.find(({ name }) => name === details.serviceName);
        return service?.schemas?.includes(details.pgNamespace.nspname) ? "" : previous(details);
      },
    },
  },
};
