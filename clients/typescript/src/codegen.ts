// For the configuration of graphql-codegen: `config: { scalars, strictScalars: true }`.

export { scalars } from "./generated/tables.js";
