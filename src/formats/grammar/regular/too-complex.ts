/** Thrown where a language needs too much; json-schema.ts says where it stood in the schema. */
export class TooComplex extends Error {}
