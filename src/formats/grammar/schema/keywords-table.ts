/** The keywords of JSON Schema: which say nothing about validity, and which types the others are about. */

export const jsonTypes = ['object', 'array', 'string', 'number', 'boolean', 'null'] as const;
/** integer is a number without a fraction. */
export type JsonType = (typeof jsonTypes)[number];

/** Read and not used: they hold nothing. */
export const annotations: ReadonlySet<string> = new Set([
  ...['title', 'description', 'default', 'examples', 'example', 'deprecated', 'readOnly'],
  ...['writeOnly', '$comment', '$schema', '$id', 'id', '$defs', 'definitions', '$anchor'],
  ...['contentMediaType', 'contentEncoding', 'contentSchema', 'externalDocs', 'xml'],
  ...['discriminator', 'markdownDescription', 'enumDescriptions', 'enumNames', 'propertyOrdering'],
]);

/** About any value. */
export const generalKeywords: ReadonlySet<string> = new Set([
  ...['type', 'enum', 'const', 'nullable', '$ref', 'allOf', 'anyOf', 'oneOf', 'not'],
]);

/** About values of one type, and held. */
export const heldKeywords: Readonly<Record<JsonType, readonly string[]>> = {
  object: [
    ...['properties', 'required', 'additionalProperties', 'patternProperties', 'propertyNames'],
    ...['minProperties', 'maxProperties', 'unevaluatedProperties'],
  ],
  array: ['items', 'prefixItems', 'additionalItems', 'minItems', 'maxItems', 'uniqueItems'],
  string: ['minLength', 'maxLength', 'pattern', 'format'],
  number: [
    ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'format'],
  ],
  boolean: [],
  null: [],
};

/** Known and not held: what to do instead. */
export const refusedKeywords: Readonly<Record<string, string>> = {
  if: 'Say the cases as options of anyOf, each with its own const.',
  // biome-ignore lint/suspicious/noThenProperty: the keyword's name
  then: 'Say the cases as options of anyOf, each with its own const.',
  else: 'Say the cases as options of anyOf, each with its own const.',
  dependentRequired: 'Say the cases as options of anyOf, each with its own required.',
  dependentSchemas: 'Say the cases as options of anyOf.',
  dependencies: 'Say the cases as options of anyOf.',
  contains: 'Describe the items with items or prefixItems.',
  minContains: 'Describe the items with items or prefixItems.',
  maxContains: 'Describe the items with items or prefixItems.',
  unevaluatedItems: 'Use items: false behind prefixItems.',
  $dynamicRef: 'Use $ref.',
  $recursiveRef: 'Use $ref.',
};
