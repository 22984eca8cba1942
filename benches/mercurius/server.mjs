// Mercurius, a peer: `node server.mjs DATABASE COUNTRIES PORT`. Serves the measured operations from the tables of this
// service. JIT and loaders are on, SQL statements are prepared, facts of countries are in memory, as in this service.
// `/publish` sends an event to subscribers without a write, which this service has to make. Not here: limits, cost,
// other fields, anything that writes.
import { readFileSync } from "node:fs";
import Database from "better-sqlite3";
import Fastify from "fastify";
import mercurius from "mercurius";

const [, , path, countriesPath, port] = process.argv;
const db = new Database(path, { readonly: true });
db.pragma("mmap_size = 1073741824");
db.pragma("cache_size = -65536");

const { countries, regions } = JSON.parse(readFileSync(countriesPath));
const regionNames = new Map(regions.map(({ code, name }) => [code, name]));
const byCode = new Map(
  countries.map(({ code, name, capital, region }) => [
    code, { code, name, capital, region: { name: regionNames.get(region) } },
  ]),
);

const encode = (text) => Buffer.from(text).toString("base64url");
const relationshipsOf = db.prepare(
  "SELECT r.* FROM json_each(?) AS k CROSS JOIN relationship AS r ON r.id IN (SELECT id FROM relationship " +
    "WHERE requested_state = k.value ORDER BY id LIMIT ?) ORDER BY r.id",
);
const changesOf = db.prepare(
  "SELECT c.* FROM json_each(?) AS k CROSS JOIN stance_change AS c ON c.seq IN (SELECT seq FROM stance_change " +
    "WHERE relationship_id = k.value ORDER BY seq DESC LIMIT ?) ORDER BY c.seq",
);
const page = db.prepare(
  "SELECT * FROM relationship WHERE stance IN (SELECT value FROM json_each(?)) AND (since_day, id) > (?, ?) " +
    "ORDER BY since_day, id LIMIT ?",
);
const relationship = db.prepare("SELECT * FROM relationship WHERE id = ?");

// One SQL statement for all parents; all have the same page size.
const load = (statement, column, queries, key, count) => {
  const rowsByParent = new Map(queries.map(({ obj }) => [obj[key], []]));
  const keys = JSON.stringify([...rowsByParent.keys()]);
  for (const row of statement.all(keys, count(queries[0].params))) rowsByParent.get(row[column]).push(row);
  return queries.map(({ obj }) => ({ nodes: rowsByParent.get(obj[key]) }));
};

const schema = `
  enum Direction { INCOMING OUTGOING BOTH }
  enum Stance { UNKNOWN NAMED APPROACHED NEGOTIATING AGREED_IN_PRINCIPLE AGREED IMPLEMENTING SUSPENDED REFUSED ENDED }
  enum Field { SINCE }
  input RelationshipFilter { stance: [Stance!] }
  input RelationshipOrder { field: Field! }
  input StanceChangeFilter { countries: [ID!] }
  type Region { name: String! }
  type Country {
    code: ID! name: String! capital: String region: Region!
    relationships(direction: Direction! = BOTH, first: Int): RelationshipConnection!
  }
  type RelationshipConnection { nodes: [Relationship!]! }
  type Relationship {
    id: ID! stance: Stance! since: String requestingState: Country! requestedState: Country!
    changes(last: Int): StanceChangeConnection!
  }
  type StanceChangeConnection { nodes: [StanceChange!]! }
  type Statement { summary: String! }
  type StanceChange {
    from: Stance! to: Stance! occurredOn: String relationship: Relationship! statement: Statement!
  }
  type Query {
    country(code: ID!): Country
    countries: [Country!]!
    relationships(filter: RelationshipFilter, orderBy: RelationshipOrder, first: Int, after: String): RelationshipConnection!
  }
  type Subscription { stanceChanged(filter: StanceChangeFilter): StanceChange! }
`;

const resolvers = {
  Query: {
    country: (_, { code }) => byCode.get(code),
    countries: () => countries.map(({ code }) => byCode.get(code)),
    relationships: (_, { filter, first, after }) => {
      const [day, id] = after ? JSON.parse(Buffer.from(after, "base64url")) : ["", 0];
      return { nodes: page.all(JSON.stringify(filter.stance), day, id, first) };
    },
  },
  Relationship: {
    id: ({ id }) => encode(`Relationship:${id}`),
    requestingState: ({ requesting_state }) => byCode.get(requesting_state),
    requestedState: ({ requested_state }) => byCode.get(requested_state),
  },
  StanceChange: {
    from: ({ from_stance }) => from_stance,
    to: ({ to_stance }) => to_stance,
    occurredOn: ({ occurred_on }) => occurred_on,
  },
  Subscription: {
    stanceChanged: {
      subscribe: mercurius.withFilter(
        (_, __, { pubsub }) => pubsub.subscribe("change"),
        ({ stanceChanged }, { filter }) =>
          !filter?.countries || filter.countries.includes(stanceChanged.relationship.requested_state),
      ),
    },
  },
};

const loaders = {
  Country: {
    relationships: async (queries) =>
      load(relationshipsOf, "requested_state", queries, "code", ({ first }) => first),
  },
  Relationship: {
    changes: async (queries) => load(changesOf, "relationship_id", queries, "id", ({ last }) => last),
  },
};

const app = Fastify({ logger: false });
app.register(mercurius, { schema, resolvers, loaders, jit: 1, graphiql: false, subscription: true });
app.post("/publish", async ({ body }) => {
  const id = Number(Buffer.from(body.relationship, "base64url").toString().split(":")[1]);
  const event = {
    from_stance: body.from,
    to_stance: body.to,
    relationship: relationship.get(id),
    statement: { summary: body.summary },
  };
  await app.graphql.pubsub.publish({ topic: "change", payload: { stanceChanged: event } });
  return {};
});
await app.listen({ host: "127.0.0.1", port: Number(port) });
