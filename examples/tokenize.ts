/** Text to tokens and back; a special token that a user typed is text unless you say otherwise. */
import { load } from 'sampan';

await using model = await load('nano');
console.log(model.tokenize('Xin chào'));
console.log(model.detokenize(model.tokenize('你好, sampan')));
console.log(model.tokenize('<think>').length, model.tokenize('<think>', { special: true }).length);
