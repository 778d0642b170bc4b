// server/routes/latest-challenge.ts, server/gallery/read.ts -> [server/visitor.ts] -> app_public
// Reads as a visitor, whoever asks: what these pages show is what everybody may see.
import type pg from "pg";

export async function asVisitor<Row extends pg.QueryResultRow>(
  pool: pg.Pool,
  sql: string,
  values: unknown[] = [],
  settings: Readonly<Record<string, string>> = {},
): Promise<Row[]> {
  const client = await pool.connect();
  try {
    await client.query("begin read only");
    for (const [name, value] of Object.entries({ ...settings, role: "autobench_anon", statement_timeout: "3000" })) {
      await client.query("select set_config($1, $2, true)", [name, value]);
    }
    const { rows } = await client.query<Row>(sql, values);
    await client.query("commit");
    client.release();
    return rows;
  } catch (error) {
    client.release(true); // its transaction is of unknown state
    throw error;
  }
}
