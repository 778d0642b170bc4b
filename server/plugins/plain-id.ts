// app_public columns -> [server/plugins/plain-id.ts] -> the names in the GraphQL schema
// A plugin, since SQL cannot say it: a column named `id` is called `id`, as there are no global node ids that need the name.
import "postgraphile";

export const PlainIdPlugin: GraphileConfig.Plugin = {
  name: "PlainIdPlugin",
  version: "1.0.0",
  inflection: {
    replace: {
      _attributeName(previous, _options, details) {
        if (!previous) throw new Error("There is no inflector to build on.");
        return previous({ ...details, skipRowId: true });
      },
    },
  },
};
