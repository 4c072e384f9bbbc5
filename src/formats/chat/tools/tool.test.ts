import { expect, test } from 'vitest';
import { checkTools, type Tool, type ToolChoice, toolLimits } from './tool.ts';

const f: Tool = { name: 'f', description: 'd', parameters: { type: 'object' } };
const g: Tool = { name: 'mcp.server-1_g' };

test('the choice says what is shown, what may be called and whether it must be', () => {
  const check = (choice?: ToolChoice) => checkTools([f, g], choice);
  const auto = { shown: [f, g], callable: [f, g], isRequired: false, isForbidden: false };
  expect(check()).toEqual(auto);
  expect(check('auto')).toEqual(auto);
  expect(check('required')).toEqual({ ...auto, isRequired: true });
  expect(check({ name: 'f' })).toEqual({ ...auto, callable: [f], isRequired: true });
  expect(check('none')).toEqual({ ...auto, shown: [], callable: [], isForbidden: true });
  const none = { ...auto, shown: [], callable: [] };
  expect(checkTools(undefined)).toEqual(none);
  expect(checkTools([], 'none')).toEqual(none);
});

test('what cannot be is refused by name', () => {
  const endless: Record<string, unknown> = {};
  endless.inner = endless;
  const many = Array.from({ length: toolLimits.tools + 1 }, (_, i) => ({ name: `f${i}` }));
  const long = { name: 'f', description: 'x'.repeat(toolLimits.chars) };
  const wrong: [RegExp, unknown, unknown?][] = [
    [/tools: found a list of 129/, many],
    [/tools: found an object/, {}],
    [/tools\[0\]:/, [null]],
    [/tools\[1\].name/, [f, { name: 'a b' }]],
    [/tools\[0\].name/, [{ name: '' }]],
    [/tools\[0\].name/, [{ name: 'x'.repeat(129) }]],
    [/tools\[0\].name/, [{ name: 'a"b' }]],
    [/tools\[1\].name: found f twice/, [f, f]],
    [/tools\[0\].description/, [{ name: 'f', description: 5 }]],
    [/tools\[0\].strict/, [{ name: 'f', strict: 'yes' }]],
    [/tools\[0\].parameters/, [{ name: 'f', parameters: [] }]],
    [/tools\[0\].parameters.type/, [{ name: 'f', parameters: { type: 'string' } }]],
    [/tools\[0\].parameters: found deeper/, [{ name: 'f', parameters: endless }]],
    [/tools: found values/, [{ name: 'f', parameters: { default: 1n } }]],
    [/tools: found more/, [long]],
    [/toolChoice: found no tools/, [], 'required'],
    [/toolChoice: found "any"/, [f], 'any'],
    [/toolChoice: found null/, [f], null],
    [/toolChoice.name: found "h".*f, mcp.server-1_g/, [f, g], { name: 'h' }],
  ];
  for (const [message, tools, choice] of wrong) {
    expect(() => checkTools(tools as Tool[], choice as ToolChoice), String(message)).toThrow(
      message,
    );
  }
});
