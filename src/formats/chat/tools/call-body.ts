/**
 * Reads a call's arguments while they are written and gives them out as JSON, at once where it is
 * certain what they are.
 */

export interface CallBody {
  /** Takes what it can of the text: the rest is not its own, or is too little to decide. */
  read(text: string): {
    readonly taken: number;
    readonly json: string;
    /** Whole, or nothing that follows can make it so. */
    readonly isDone: boolean;
  };
  /** At the end of the reply: what of the text not taken belongs to the arguments. */
  rest(text: string): string;
}

/** A JSON object as it stands. Control characters that models forget to escape are escaped. */
export class JsonBody implements CallBody {
  #depth = 0;
  #isInText = false;
  #isEscaped = false;

  read(text: string) {
    let json = '';
    let from = 0;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (this.#isInText) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (code === 0x5c) this.#isEscaped = true;
        else if (code === 0x22) this.#isInText = false;
        else if (code < 0x20) {
          json += text.slice(from, i) + escaped(text[i]);
          from = i + 1;
        }
        continue;
      }
      if (!outside.has(code)) return { taken: i, json: json + text.slice(from, i), isDone: true };
      if (code === 0x22) this.#isInText = true;
      else if (code === 0x7b || code === 0x5b) this.#depth++;
      else if ((code === 0x7d || code === 0x5d) && --this.#depth === 0) {
        return { taken: i + 1, json: json + text.slice(from, i + 1), isDone: true };
      }
    }
    return { taken: text.length, json: json + text.slice(from), isDone: false };
  }

  rest(): string {
    return ''; // all is taken at once
  }
}

/** Outside of its texts JSON has brackets, `: , "`, numbers, true, false, null and white space. */
const outside = new Set(
  Array.from('{}[]:,."+-E \n\r\t0123456789abcdefghijklmnopqrstuvwxyz', (c) => c.charCodeAt(0)),
);

const escaped = (text: string) => JSON.stringify(text).slice(1, -1);

const parameterTag = /^\s*<｜DSML｜parameter\s+name="([^"]*)"(?:\s+string="(true|false)")?\s*>/;
const parameterOpening = '<｜DSML｜parameter';
const parameterEnd = '</｜DSML｜parameter>';
/** A tag that is longer is none. */
const maxTagChars = 2000;

/** DSML parameters: texts stream, other values are given when they are whole and valid. */
export class ParametersBody implements CallBody {
  #numParameters = 0;
  #inside: 'nothing' | 'text' | 'json' = 'nothing';
  /** Of a value that is no text, until it is whole. */
  #value = '';

  read(text: string) {
    let json = '';
    let at = 0;
    for (;;) {
      const rest = text.slice(at);
      const step = this.#inside === 'nothing' ? this.#readTag(rest) : this.#readValue(rest);
      json += step.json;
      at += step.taken;
      if (step.isDone) return { taken: at, json, isDone: true };
      if (step.taken === 0 || step.isHeld) return { taken: at, json, isDone: false };
    }
  }

  rest(text: string): string {
    if (this.#inside === 'nothing') return ''; // half a tag
    return this.#inside === 'text' ? escaped(text) : this.#value + text;
  }

  /** The next parameter's tag, or the end of all. */
  #readTag(rest: string) {
    const found = parameterTag.exec(rest);
    if (found !== null) {
      const [all, name, isText] = found;
      this.#inside = isText === 'false' ? 'json' : 'text';
      const json =
        (this.#numParameters++ === 0 ? '{' : ', ') +
        `${JSON.stringify(name)}: ${this.#inside === 'text' ? '"' : ''}`;
      return { taken: all.length, json, isDone: false, isHeld: false };
    }
    const begun = rest.trimStart();
    const mayBecome =
      rest.length < maxTagChars &&
      (parameterOpening.startsWith(begun) ||
        (begun.startsWith(parameterOpening) && !begun.includes('>')));
    if (mayBecome) return { taken: 0, json: '', isDone: false, isHeld: true };
    const json = this.#numParameters === 0 ? '{}' : '}';
    return { taken: rest.length - begun.length, json, isDone: true, isHeld: false };
  }

  #readValue(rest: string) {
    const end = rest.indexOf(parameterEnd);
    const length = end >= 0 ? end : rest.length - beginningAtEnd(rest, parameterEnd);
    const taken = end >= 0 ? end + parameterEnd.length : length;
    const isText = this.#inside === 'text';
    let json = isText ? escaped(rest.slice(0, length)) : '';
    if (!isText) this.#value += rest.slice(0, length);
    if (end >= 0) {
      json += isText ? '"' : jsonOr(this.#value.trim());
      this.#value = '';
      this.#inside = 'nothing';
    }
    return { taken, json, isDone: false, isHeld: end < 0 };
  }
}

/** JSON as it is; what is none becomes a text, so that the arguments stay JSON. */
function jsonOr(text: string): string {
  try {
    JSON.parse(text);
    return text;
  } catch {
    return JSON.stringify(text);
  }
}

/** How many characters at the end of `text` may be the beginning of `whole`. */
export function beginningAtEnd(text: string, whole: string): number {
  for (let n = Math.min(whole.length - 1, text.length); n > 0; n--) {
    if (whole.startsWith(text.slice(text.length - n))) return n;
  }
  return 0;
}
