// graphile-migrate's own command line -> [.gmrc.cjs] -> migrations/
// `npm run db:watch`, `db:commit` and `db:uncommit` need none of this: see db/cluster/develop.ts. It is for whoever
// would rather run graphile-migrate itself, on a Postgres of their own: DATABASE_URL and SHADOW_DATABASE_URL as
// autobench_owner, ROOT_DATABASE_URL as somebody who may drop and create the shadow database.
module.exports = {
  pgSettings: { search_path: "pg_catalog", client_min_messages: "warning", lock_timeout: "5s" },
  blankMigrationContent: "-- Nothing is in hand. How a change is made: see migrations/README.md.\n",
  // Our functions refer to the queue, so that its schema comes first.
  afterReset: [{ _: "command", command: 'graphile-worker --schema-only --connection "$GM_DBURL"' }],
};
