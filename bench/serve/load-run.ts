/** A timed load, with the server's memory as its own metrics say it, once a second. */
import { type LoadResult, runLoad } from '../../test/server/load-clients.ts';

export interface LoadRun {
  readonly result: LoadResult;
  readonly residentMb: readonly number[];
}

export async function loadRun(
  url: string,
  plan: { readonly seconds: number; readonly numClients: number; readonly seed: number },
): Promise<LoadRun> {
  const residentMb: number[] = [];
  let until: number | undefined;
  const sample = setInterval(async () => {
    const text = await (await fetch(`${url}/metrics`)).text();
    const bytes = /^process_resident_memory_bytes (\S+)/m.exec(text)?.[1];
    if (until !== undefined) residentMb.push(Math.round(Number(bytes) / 1e6));
  }, 1000);
  try {
    const goesOn = () => {
      until ??= performance.now() + plan.seconds * 1000; // the replies alone come before
      return performance.now() < until;
    };
    return { result: await runLoad({ url, ...plan, maxTokensOf: [200, 17], goesOn }), residentMb };
  } finally {
    clearInterval(sample);
  }
}
