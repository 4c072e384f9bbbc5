/**
 * A reply that goes out while it is written: frames of text from an async iterable. The next frame
 * is taken when the connection has room; while none comes, a keep-alive is sent; a client that
 * leaves, or takes nothing for too long, ends the iterable, which ends what feeds it.
 */
import type { ServerSettings } from './settings.ts';

export interface StreamOptions {
  readonly contentType: string;
  /** Sent while nothing else comes; '' where the format has nothing harmless to send. */
  readonly keepAlive: string;
  /** The last frame where the iterable throws; undefined: nobody is left to be told. */
  onError(cause: unknown): string | undefined;
  /** Called once, however it ended. */
  onEnd(): void;
  /** The reader takes nothing: cuts the connection. */
  onStall(): void;
  readonly signal: AbortSignal;
  readonly settings: Pick<ServerSettings, 'keepAliveMs' | 'stallMs'>;
}

export function streamResponse(frames: AsyncIterable<string>, options: StreamOptions): Response {
  const headers = {
    'content-type': options.contentType,
    'cache-control': 'no-cache',
    'x-accel-buffering': 'no', // nginx would hold it back
  };
  return new Response(frameStream(frames, options), { headers });
}

export function frameStream(
  frames: AsyncIterable<string>,
  { keepAlive, onError, onEnd, onStall, signal, settings }: StreamOptions,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const iterator = frames[Symbol.asyncIterator]();
  /** Asked for and not there yet: a keep-alive goes out meanwhile, then it is waited for again. */
  let pending: Promise<IteratorResult<string>> | undefined;
  let stall: NodeJS.Timeout | undefined;
  let isOver = false;
  const end = () => {
    clearTimeout(stall);
    if (!isOver) onEnd();
    isOver = true;
  };
  const leave = () => {
    if (!isOver) iterator.return?.().catch(() => {});
    end();
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        clearTimeout(stall);
        try {
          pending ??= iterator.next();
          const next =
            keepAlive === '' ? await pending : await within(pending, settings.keepAliveMs);
          if (isOver) return;
          if (next?.done) {
            end();
            return controller.close();
          }
          if (next !== undefined) pending = undefined;
          controller.enqueue(encoder.encode(next?.value ?? keepAlive));
          stall = setTimeout(() => {
            leave();
            onStall();
            controller.close();
          }, settings.stallMs).unref();
        } catch (cause) {
          if (isOver) return;
          const frame = signal.aborted ? undefined : onError(cause);
          if (frame !== undefined) controller.enqueue(encoder.encode(frame));
          end();
          controller.close();
        }
      },
      cancel: leave,
    },
    { highWaterMark: 1 },
  );
}

/** What the promise becomes, or undefined where that takes longer. */
function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms, undefined).unref();
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
