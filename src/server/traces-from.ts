/** Traces as OpenTelemetry's environment variables want them; none where no collector is named. */
import { Traces } from './traces.ts';

type Env = Readonly<Record<string, string | undefined>>;

export function tracesFrom(
  env: Env,
  version: string,
  onDropped: (count: number, reason: string) => void,
): { traces?: Traces } {
  const endpoint = env.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (endpoint === undefined || endpoint === '' || env.OTEL_SDK_DISABLED === 'true') return {};
  const name = env.OTEL_SERVICE_NAME ?? 'sampan';
  const headers = headersOf(env.OTEL_EXPORTER_OTLP_HEADERS ?? '');
  return { traces: new Traces({ endpoint, headers, service: { name, version }, onDropped }) };
}

/** `key=value,key=value`, values percent-encoded. */
function headersOf(text: string): Record<string, string> {
  const pairs = text
    .split(',')
    .map((pair) => pair.split(/=(.*)/s, 2).map((part) => part.trim()))
    .filter((pair): pair is [string, string] => pair.length === 2 && pair[0] !== '');
  return Object.fromEntries(pairs.map(([name, value]) => [name, decoded(value)]));
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
