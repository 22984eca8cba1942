// Saved operations; see operations.mjs.
declare module '*.graphql' {
  export const id: string;
  export const text: string;
}
