/** Conversations in IndexedDB, one record each. Throws what the browser throws. */
import type { Conversation } from './conversation.ts';

export interface Database {
  all(): Promise<unknown[]>;
  /** undefined where there is none. */
  get(id: string): Promise<unknown>;
  put(conversation: Conversation): Promise<void>;
  delete(id: string): Promise<void>;
}

const name = 'sampan';
const version = 1;
const storeName = 'conversations';

export async function openDatabase(): Promise<Database> {
  const opening = indexedDB.open(name, version);
  opening.onupgradeneeded = () => opening.result.createObjectStore(storeName, { keyPath: 'id' });
  const db = await outcome(opening);
  // Another tab wants a newer form of it: it gets it, and this tab works on without saving.
  db.onversionchange = () => db.close();

  async function change(make: (store: IDBObjectStore) => void): Promise<void> {
    const transaction = db.transaction(storeName, 'readwrite');
    make(transaction.objectStore(storeName));
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
  }

  return {
    all: () => outcome(db.transaction(storeName).objectStore(storeName).getAll()),
    get: (id) => outcome(db.transaction(storeName).objectStore(storeName).get(id)),
    put: (conversation) => change((store) => store.put(conversation)),
    delete: (id) => change((store) => store.delete(id)),
  };
}

function outcome<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
