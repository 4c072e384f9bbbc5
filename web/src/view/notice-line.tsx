/** The line at the bottom, and the sentences for screen readers. */
import { useApp } from './app-context.ts';
import { useStore } from './use-store.ts';

export function NoticeLine() {
  const { notices } = useApp();
  const { shown, spoken } = useStore(notices, (state) => state);
  return (
    <>
      <div class="notice-place" role="status">
        {shown !== undefined && (
          <div class="notice" key={shown.id}>
            <span>{shown.text}</span>
            {shown.action !== undefined && (
              <button
                type="button"
                class="quiet"
                onClick={() => {
                  shown.action?.run();
                  notices.dismiss();
                }}
              >
                {shown.action.label}
              </button>
            )}
          </div>
        )}
      </div>
      <div class="visually-hidden" role="status" aria-live="polite">
        {spoken}
      </div>
    </>
  );
}
