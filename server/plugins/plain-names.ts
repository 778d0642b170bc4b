// app_public, app_operations -> [server/plugins/plain-names.ts] -> the names in the GraphQL schema
// A plugin, since SQL cannot say it: a name is what a person would type. A column `id` is called `id`, as there are no
// global node ids that need the name, and an operators' object does not carry its schema before it.
import "postgraphile";

export const PlainNamesPlugin: GraphileConfig.Plugin = {
  name: "PlainNamesPlugin",
  version: "1.0.0",
  inflection: {
    replace: {
      _attributeName(previous, _options, details) {
        if (!previous) throw new Error("There is no inflector to build on.");
        return previous({ ...details, skipRowId: true });
      },
      _schemaPrefix() {
        return "";
      },
    },
  },
};
