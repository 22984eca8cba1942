// The package is linked, and has a copy of graphql for its own build.
export default { base: "./", resolve: { dedupe: ["graphql"] } };
