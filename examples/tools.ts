/** A tool that the model has to call; its arguments are what the schema asks, whatever the model. */
import { load, type Tool } from 'sampan';

await using model = await load('nano');
const digit = { type: 'integer', minimum: 0, maximum: 9 };
const add: Tool = {
  name: 'add',
  parameters: {
    type: 'object',
    properties: { a: digit, b: digit },
    required: ['a', 'b'],
    additionalProperties: false,
  },
};
const reply = model.chat([{ role: 'user', content: 'What is 3 + 4?' }], {
  ...{ tools: [add], toolChoice: 'required', parallelToolCalls: false, temperature: 0 },
});
let json = '';
for await (const piece of reply) if (piece.type === 'toolArguments') json += piece.text;
const { a, b } = JSON.parse(json);
console.log(`add(${a}, ${b}) = ${a + b}`);
