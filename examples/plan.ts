/** The three cheapest ways to serve DeepSeek-R1 to 20 requests a second; nothing is loaded. */
import { plan } from 'sampan/plan';

const load = { rate: 20, inTokens: 2000, outTokens: 800, ttftMs: 2000, tpotMs: 50 };
const { rows } = plan({ model: 'deepseek-r1', currency: 'USD', ...load });
for (const { chips, chipName, prediction, cost } of rows.slice(0, 3)) {
  const price = cost?.perMillionOutput.toFixed(2);
  const { engine, layout } = prediction;
  console.log(`${chips} × ${chipName}, ${engine}, ${layout}: ${price} USD a million tokens`);
}
