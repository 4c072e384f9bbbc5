/**
 * Keeps the end of what grows in view, unless the reader has scrolled up; scrolling back down to
 * the end holds it again. What grows pulls to the end once a frame, so a reader who goes up is
 * believed at the first sign (wheel, finger, key), before the scrolling shows it.
 */
import type { RefObject } from 'preact';
import { useCallback, useLayoutEffect, useRef, useState } from 'preact/hooks';

const nearPixels = 40;
/** For so long after such a sign, being near the end does not mean to want to be there. */
const upMs = 300;
const upKeys = ['ArrowUp', 'PageUp', 'Home'];

export interface StickToBottom {
  readonly frame: RefObject<HTMLDivElement | null>;
  readonly content: RefObject<HTMLDivElement | null>;
  readonly isAway: boolean;
  readonly toBottom: () => void;
}

/** Begins at the end whenever `key` changes. */
export function useStickToBottom(key: unknown): StickToBottom {
  const frame = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const [isAway, setIsAway] = useState(false);
  const sticks = useRef(true);

  const toBottom = useCallback(() => {
    sticks.current = true;
    setIsAway(false);
    if (frame.current) frame.current.scrollTop = frame.current.scrollHeight;
  }, []);

  useLayoutEffect(() => toBottom(), [key]);

  useLayoutEffect(() => {
    const box = frame.current;
    const inner = content.current;
    if (box === null || inner === null) return;
    let lastTop = box.scrollTop;
    let upUntil = 0;
    const isNear = () => box.scrollHeight - box.scrollTop - box.clientHeight < nearPixels;
    const show = () => setIsAway(!sticks.current && !isNear());

    const goesUp = () => {
      if (box.scrollHeight <= box.clientHeight) return;
      sticks.current = false;
      upUntil = performance.now() + upMs;
    };
    const onScroll = () => {
      const isUp = box.scrollTop < lastTop;
      lastTop = box.scrollTop;
      // What shrinks (a fold that closes) takes the end along: near it is still held.
      if (isNear()) sticks.current ||= performance.now() > upUntil;
      else if (isUp) sticks.current = false;
      show();
    };
    const onGrowth = () => {
      if (sticks.current) box.scrollTop = box.scrollHeight;
      show();
    };
    let fingerY = 0;
    const listeners = {
      scroll: onScroll,
      wheel: (event: WheelEvent) => event.deltaY < 0 && goesUp(),
      keydown: (event: KeyboardEvent) => upKeys.includes(event.key) && goesUp(),
      touchstart: (event: TouchEvent) => {
        fingerY = event.touches[0]?.clientY ?? 0;
      },
      touchmove: (event: TouchEvent) => {
        const y = event.touches[0]?.clientY ?? 0;
        if (y > fingerY) goesUp();
        fingerY = y;
      },
    };
    const observer = new ResizeObserver(onGrowth);
    observer.observe(inner);
    observer.observe(box);
    for (const [name, listener] of Object.entries(listeners)) {
      box.addEventListener(name, listener as EventListener, { passive: true });
    }
    return () => {
      observer.disconnect();
      for (const [name, listener] of Object.entries(listeners)) {
        box.removeEventListener(name, listener as EventListener);
      }
    };
  }, []);

  return { frame, content, isAway, toBottom };
}
