//! Gives the schema to cynic.

fn main() {
    cynic_codegen::register_schema("demarche")
        .from_sdl_file("../../schema.graphql")
        .expect("the schema is in the repository")
        .as_default()
        .expect("there is one schema");
}
